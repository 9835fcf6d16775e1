package org.tintlite.demo

import android.graphics.Bitmap
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import java.util.concurrent.Semaphore
import org.tintlite.core.Composer
import org.tintlite.core.EngineWish
import org.tintlite.core.FrameGate
import org.tintlite.core.GreyPicture
import org.tintlite.core.MedianMeter
import org.tintlite.core.ModelThread
import org.tintlite.core.YPlane

/**
 * Colours a camera's frames, always the newest: what comes while one is being coloured waits in
 * one slot, and is dropped for the next.
 *
 * @param onFrame gets each coloured frame on the main thread; it is overwritten three frames later
 * @param onProblem told on the main thread why no more frames come
 */
class LiveColourer(
    private val modelThread: ModelThread,
    private val monitor: EngineMonitor,
    private val wish: EngineWish,
    private val saturation: Float,
    private val onFrame: (PhotoPair) -> Unit,
    private val onProblem: (Exception) -> Unit,
) : AutoCloseable {
    private val main = Handler(Looper.getMainLooper())
    private val spare = ArrayDeque<ByteArray>()
    private val gate = FrameGate<GreyPicture> { keep(it.levels) }
    private val pairs = arrayOfNulls<PhotoPair>(PAIRS)
    private val onScreen = Semaphore(1)
    private val intervals = MedianMeter()
    private val thread = Thread(::work, "tintlite-live")

    @Volatile
    private var closed = false

    /** Frames on the screen in a second, or null before the second frame. */
    val framesPerSecond: Double? get() = intervals.median?.let { 1000 / maxOf(it, 1.0) }

    /** Starts to colour. */
    fun start() = thread.start()

    /** Copies a camera's plane, which may be closed afterwards. On the camera's thread. */
    fun offer(plane: YPlane) {
        val size = plane.width * plane.height
        val levels = synchronized(spare) { spare.removeFirstOrNull() }?.takeIf { it.size == size }
        gate.offer(plane.copyTo(levels ?: ByteArray(size)))
    }

    override fun close() {
        closed = true
        gate.close()
        onScreen.release() // who waits for the screen need not wait any longer
    }

    private fun keep(levels: ByteArray) {
        synchronized(spare) { if (spare.size < PAIRS) spare.addLast(levels) }
    }

    private fun work() {
        try {
            var count = 0
            var last = 0L
            while (!closed) {
                val frame = gate.take() ?: return
                val pair = pairFor(frame, count++ % PAIRS)
                colour(frame, pair)
                keep(frame.levels)
                onScreen.acquire()
                val now = SystemClock.elapsedRealtime()
                if (last != 0L) intervals.add((now - last).toDouble())
                last = now
                main.post {
                    if (!closed) onFrame(pair)
                    onScreen.release()
                }
            }
        } catch (problem: Exception) {
            main.post { if (!closed) onProblem(problem) }
        }
    }

    private fun colour(frame: GreyPicture, pair: PhotoPair) {
        val prediction = modelThread.run(wish) { predictor ->
            predictor.predict(frame).also { monitor.ran(it.networkMs) }
        }
        Composer(prediction.ab, frame.width, frame.height, saturation)
            .compose(frame, BitmapPixels(pair.after), THREADS)
        val row = IntArray(frame.width)
        for (y in 0 until frame.height) {
            for (x in row.indices) {
                row[x] = OPAQUE or GREY * (frame.levels[y * frame.width + x].toInt() and 0xff)
            }
            pair.before.setPixels(row, 0, frame.width, 0, y, frame.width, 1)
        }
    }

    private fun pairFor(frame: GreyPicture, place: Int): PhotoPair {
        val pair = pairs[place]
        if (pair?.after?.width == frame.width && pair.after.height == frame.height) return pair
        return PhotoPair(bitmapFor(frame), bitmapFor(frame)).also { pairs[place] = it }
    }

    private fun bitmapFor(frame: GreyPicture): Bitmap =
        Bitmap.createBitmap(frame.width, frame.height, Bitmap.Config.ARGB_8888)
            .apply { setHasAlpha(false) }

    private companion object {
        /** One is drawn, one waits for the screen, one is being coloured. */
        const val PAIRS = 3
        const val OPAQUE = 0xff shl 24
        const val GREY = 0x010101
        val THREADS = Runtime.getRuntime().availableProcessors().coerceIn(1, 4)
    }
}
