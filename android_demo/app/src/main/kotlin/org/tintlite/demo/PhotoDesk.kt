package org.tintlite.demo

import android.app.ActivityManager
import android.content.Context
import android.net.Uri
import android.os.Handler
import android.os.Looper
import java.io.IOException
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import org.tintlite.core.EngineWish
import org.tintlite.core.Hint
import org.tintlite.core.HintsFile
import org.tintlite.core.MAX_HINTS_BYTES
import org.tintlite.core.PictureView
import org.tintlite.core.Problem
import org.tintlite.core.ui.HintBoard
import org.tintlite.core.ui.PhotoFacts
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
    private val colourer by lazy { PhotoColourer(application.modelThread, application.monitor) }
    private var colouredWith: Pair<EngineWish, Float>? = null

    /** Whether what is shown was coloured as is wished now, but for its hints. */
    private var settled = false

    /** What is shown. */
    var state: PhotoState<ShownPhoto> = PhotoState.Empty
        private set(value) {
            field = value
            onChange?.invoke()
        }

    /** What was said of the photo's colours. */
    var board: HintBoard = HintBoard()
        private set(value) {
            field = value
            onChange?.invoke()
        }

    /** The newest photo that was coloured, also while it is coloured anew. */
    val shown: PhotoState.Shown<ShownPhoto>?
        get() = state as? PhotoState.Shown<ShownPhoto> ?: (state as? PhotoState.Working<ShownPhoto>)?.before

    /** Told of every new [state] and [board], on the main thread. */
    var onChange: (() -> Unit)? = null

    /** What the chosen photo is called, or null; kept by the screen for a new process. */
    @Volatile
    var name: String? = null
        private set

    /** The name under which the coloured photo is saved. */
    @Volatile
    var savedName: String = SavedName.ofPhoto(null, "jpg")
        private set

    /** The name under which its hints are saved. */
    val savedHintsName: String get() = SavedName.ofHints(name)

    /** The file of its hints, or null where nothing was said. */
    val hintsFile: java.io.File? get() = files.hints.takeIf { it.exists() }

    /** The coloured photo, once [PhotoState.Shown.saveable] says so. */
    val result: java.io.File get() = files.result

    /** Colours a photo that another app gives. */
    fun open(uri: Uri) {
        board = HintBoard()
        colour {
            files.take(uri)
            name = files.nameOf(uri)
            emptyList()
        }
    }

    /** In a new process: colours the photo again that was there in the former one, by its hints. */
    fun restore(name: String?) {
        if (state != PhotoState.Empty) return
        colour { photo ->
            this.name = name
            formerHints(photo())
        }
    }

    /** Colours the photo anew where the settings are not those that it was coloured with. */
    fun refresh() {
        if (state != PhotoState.Empty && colouredWith != chosen()) colourByBoard()
    }

    /** Changes what is said of the photo's colours; it is coloured by that. */
    fun change(change: (HintBoard) -> HintBoard) {
        val former = board.hints
        board = change(board)
        if (board.hints == former) return
        // Where it is still being coloured by other settings, what is shown is outdated.
        val photo = shown?.takeIf { settled }
        if (photo == null) colourByBoard() else repaint(photo, board.hints)
    }

    /**
     * The hints in a file that another app gives. Not on the main thread.
     *
     * @param of the photo that they must belong to
     * @throws org.tintlite.core.HintsProblem they do not, or it is no such file
     * @throws PhotoProblem.Unreadable the other app does not give it
     */
    fun readHints(uri: Uri, of: PhotoState.Shown<ShownPhoto>): List<Hint> =
        HintsFile.read(files.bytesOf(uri, MAX_HINTS_BYTES), viewOf(of.pictures, of.facts))

    private fun chosen(): Pair<EngineWish, Float> =
        application.settings.wish() to application.settings.settings.saturation

    private fun colourByBoard() {
        val hints = board.hints
        colour { hints }
    }

    /**
     * Colours the photo from the beginning.
     *
     * @param prepare sees to it that the original is there, and gives its hints; it is given what
     *   decodes the original, and runs even where the job is outdated
     */
    private fun colour(prepare: (photo: () -> DecodedPhoto) -> List<Hint>) {
        val chosen = chosen()
        colouredWith = chosen
        settled = false
        start { job ->
            val decoded = lazy { PhotoDecoder.decode(files.original, heapBytes()) }
            val hints = prepare { decoded.value }
            if (newest.get() != job) return@start
            val photo = decoded.value
            val (wish, saturation) = chosen
            val coloured = colourer.colour(photo, wish, saturation, hints) { newest.get() != job }
            val (pictures, facts) = coloured ?: return@start
            keep(hints, pictures, facts)
            savedName = SavedName.ofPhoto(name, PhotoEncoder.extensionOf(photo.bitmap))
            main.post { settle(job, hints) }
            tell(PhotoEvent.Coloured(job, pictures, facts))
            write(job, photo)
        }
    }

    /** Colours the photo by other hints: first what is shown, then the whole picture. */
    private fun repaint(shown: PhotoState.Shown<ShownPhoto>, hints: List<Hint>) {
        val (_, saturation) = chosen()
        start { job ->
            if (newest.get() != job) return@start
            val pictures = colourer.shown(shown.pictures, saturation, hints)
            keep(hints, pictures, shown.facts)
            tell(PhotoEvent.Coloured(job, pictures, shown.facts))
            if (newest.get() != job) return@start
            val photo = PhotoDecoder.decode(files.original, heapBytes())
            colourer.compose(photo, pictures.session, saturation, hints) { newest.get() != job }
            if (newest.get() == job) write(job, photo)
        }
    }

    private fun start(work: (job: Int) -> Unit) {
        val job = newest.incrementAndGet()
        state = state.after(PhotoEvent.Started(job))
        worker.execute {
            try {
                work(job)
            } catch (problem: Exception) {
                tell(PhotoEvent.Broke(job, problem))
            }
        }
    }

    private fun settle(job: Int, hints: List<Hint>) {
        if (newest.get() != job) return
        settled = true
        if (hints != board.hints) board = HintBoard(hints) // of the former process
    }

    private fun write(job: Int, photo: DecodedPhoto) {
        try {
            PhotoEncoder.write(photo.bitmap, photo.turn, files.original, files.result)
        } catch (_: OutOfMemoryError) {
            throw PhotoProblem.NoMemory()
        }
        photo.bitmap.recycle() // 48 MB that the collector would find late
        tell(PhotoEvent.Written(job))
    }

    /** The hints lie beside the photo, as a file that can be saved and is there in a new process. */
    private fun keep(hints: List<Hint>, pictures: ShownPhoto, facts: PhotoFacts) {
        if (hints.isEmpty()) {
            files.hints.delete()
            return
        }
        try {
            val bytes = HintsFile.write(hints, viewOf(pictures, facts))
            writeWhole(files.hints) { it.write(bytes) }
        } catch (error: IOException) {
            throw PhotoProblem.Unwritable(reasonOf(error))
        }
    }

    private fun viewOf(pictures: ShownPhoto, facts: PhotoFacts): PictureView =
        PictureView.of(BitmapPixels(pictures.pair.before), size = Pair(facts.width, facts.height))

    private fun formerHints(photo: DecodedPhoto): List<Hint> =
        try {
            val view = PictureView.of(BitmapPixels(photo.bitmap), photo.turn, Pair(photo.width, photo.height))
            hintsFile?.let { HintsFile.read(it.readBytes(), view) }.orEmpty()
        } catch (_: Problem) {
            emptyList() // half a file would not cost the photo
        } catch (_: IOException) {
            emptyList()
        }

    private fun tell(event: PhotoEvent<ShownPhoto>) {
        main.post { state = state.after(event) }
    }

    private fun heapBytes(): Long {
        val manager = application.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
        return manager.memoryClass.toLong() shl 20
    }
}
