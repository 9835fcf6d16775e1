package org.tintlite.demo

import android.app.ActivityManager
import android.content.Context
import android.net.Uri
import android.os.Handler
import android.os.Looper
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import org.tintlite.core.EngineWish
import org.tintlite.core.ui.PhotoEvent
import org.tintlite.core.ui.PhotoProblem
import org.tintlite.core.ui.PhotoState
import org.tintlite.core.ui.SavedName
import org.tintlite.core.ui.after

/**
 * The photo at hand and what is done with it. Lives as long as the process, so that a rotation of
 * the screen neither loses nor repeats work. To be used on the main thread.
 */
class PhotoDesk(private val application: DemoApplication) {
    private val files = PhotoFiles(application)
    private val main = Handler(Looper.getMainLooper())
    private val worker = Executors.newSingleThreadExecutor { Thread(it, "tintlite-photo") }
    private val newest = AtomicInteger()
    private var colouredWith: Pair<EngineWish, Float>? = null

    /** What is shown. */
    var state: PhotoState<PhotoPair> = PhotoState.Empty
        private set(value) {
            field = value
            onChange?.invoke()
        }

    /** Told of every new [state], on the main thread. */
    var onChange: (() -> Unit)? = null

    /** What the chosen photo is called, or null; kept by the screen for a new process. */
    @Volatile
    var name: String? = null
        private set

    /** The name under which the coloured photo is saved. */
    @Volatile
    var savedName: String = SavedName.ofPhoto(null, "jpg")
        private set

    /** The coloured photo, once [PhotoState.Shown.saveable] says so. */
    val result: java.io.File get() = files.result

    /** Colours a photo that another app gives. */
    fun open(uri: Uri) {
        start {
            files.take(uri)
            name = files.nameOf(uri)
        }
    }

    /** In a new process: colours the photo again that was there in the former one. */
    fun restore(name: String?) {
        if (state == PhotoState.Empty) start { this.name = name }
    }

    /** Colours the photo anew where the settings are not those that it was coloured with. */
    fun refresh() {
        if (state != PhotoState.Empty && colouredWith != chosen()) start {}
    }

    private fun chosen(): Pair<EngineWish, Float> =
        application.settings.wish() to application.settings.settings.saturation

    /** [prepare] sees to it that the original is there; it runs even where the job is outdated. */
    private fun start(prepare: () -> Unit) {
        val job = newest.incrementAndGet()
        val chosen = chosen()
        colouredWith = chosen
        state = state.after(PhotoEvent.Started(job))
        worker.execute {
            try {
                work(job, chosen, prepare)
            } catch (problem: Exception) {
                tell(PhotoEvent.Broke(job, problem))
            }
        }
    }

    private fun work(job: Int, chosen: Pair<EngineWish, Float>, prepare: () -> Unit) {
        prepare()
        if (newest.get() != job) return
        val photo = PhotoDecoder.decode(files.original, heapBytes())
        val (wish, saturation) = chosen
        val colourer = PhotoColourer(application.modelThread, application.monitor)
        val coloured = colourer.colour(photo, wish, saturation) { newest.get() != job }
        val (pair, facts) = coloured ?: return
        savedName = SavedName.ofPhoto(name, PhotoEncoder.extensionOf(photo.bitmap))
        tell(PhotoEvent.Coloured(job, pair, facts))
        try {
            PhotoEncoder.write(photo.bitmap, photo.turn, files.original, files.result)
        } catch (_: OutOfMemoryError) {
            throw PhotoProblem.NoMemory()
        }
        photo.bitmap.recycle() // 48 MB that the collector would find late
        tell(PhotoEvent.Written(job))
    }

    private fun tell(event: PhotoEvent<PhotoPair>) {
        main.post { state = state.after(event) }
    }

    private fun heapBytes(): Long {
        val manager = application.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
        return manager.memoryClass.toLong() shl 20
    }
}
