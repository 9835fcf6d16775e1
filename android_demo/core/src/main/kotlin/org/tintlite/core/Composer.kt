package org.tintlite.core

import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import kotlin.math.floor

/**
 * Joins a picture's own lightness with low-resolution ab into full-resolution sRGB, strip by strip,
 * as `edge_runtime/colour/compose.py` does: no float copy of the whole picture is ever made. Two times
 * `S' * width` floats and a strip of 64 thousand pixels a thread are all that it holds.
 *
 * @param ab the colour of the whole picture
 * @param width of the picture, in pixels
 * @param height of the picture, in pixels
 * @param saturation factor on a* and b*, 0 to [MAX_SATURATION]
 * @throws PictureProblem the picture is empty or too large
 * @throws IllegalArgumentException the saturation is out of range
 */
public class Composer(ab: AbGrid, private val width: Int, private val height: Int, saturation: Float = 1f) {
    private val abSize = ab.size

    // In units of f: f(X) = f(Y) + a* / 500, f(Z) = f(Y) - b* / 200 (CIE 15:2004, 8.2.1).
    private val stepsX: FloatArray
    private val stepsZ: FloatArray

    init {
        checkPictureSize(width, height)
        require(saturation in 0f..MAX_SATURATION) { "a saturation is 0 to $MAX_SATURATION" }
        val columns = Columns(width, abSize)
        stepsX = columns.widen { x, y -> ab.a(x, y) * saturation * (1 / 500f) }
        stepsZ = columns.widen { x, y -> ab.b(x, y) * saturation * (-1 / 200f) }
    }

    /**
     * Colours a picture.
     *
     * @param source the picture whose lightness is kept; its size is the composer's
     * @param sink takes the coloured rows; may write to the very picture that [source] reads
     * @param threads how many strips are worked on at once; reading and writing then happen on
     *   several threads too
     * @param stop asked before each strip: where it says true, the rest is left undone
     * @param progress told after each strip how many rows are done
     * @throws PictureProblem.BadArray the source has another size
     */
    public fun compose(
        source: PixelSource,
        sink: PixelSink,
        threads: Int = 1,
        stop: () -> Boolean = { false },
        progress: (rows: Int) -> Unit = {},
    ) {
        checkArray(source.width, width)
        checkArray(source.height, height)
        val rows = maxOf(1, STRIP_PIXELS / width)
        if (threads <= 1 || rows >= height) {
            val strip = Strip(rows)
            forStrips(height, rows) { top, count ->
                if (stop()) return
                strip.compose(source, sink, top, count)
                progress(top + count)
            }
        } else {
            composeAtOnce(source, sink, rows, threads, stop, progress)
        }
    }

    private fun composeAtOnce(
        source: PixelSource,
        sink: PixelSink,
        rows: Int,
        threads: Int,
        stop: () -> Boolean,
        progress: (Int) -> Unit,
    ) {
        val pool = Executors.newFixedThreadPool(threads)
        try {
            val lock = Any()
            var next = 0
            var done = 0
            val work = Callable {
                val strip = Strip(rows)
                while (true) {
                    val top = synchronized(lock) { next.also { next += rows } }
                    if (top >= height || stop()) break
                    val count = minOf(rows, height - top)
                    strip.compose(source, sink, top, count)
                    synchronized(lock) {
                        done += count
                        progress(done)
                    }
                }
            }
            pool.invokeAll(List(threads) { work }).forEach { it.get() }
        } catch (error: ExecutionException) {
            throw error.cause ?: error
        } finally {
            pool.shutdown()
        }
    }

    /** What one thread needs for a strip. */
    private inner class Strip(rows: Int) {
        private val pixels = IntArray(rows * width)
        private val grey = ByteArray(rows * width)
        private val fx = FloatArray(width)
        private val fz = FloatArray(width)

        fun compose(source: PixelSource, sink: PixelSink, top: Int, count: Int) {
            val greySource = source as? GreySource
            if (greySource != null) greySource.readGrey(top, count, grey) else source.readRows(top, count, pixels)
            for (row in 0 until count) {
                blendRows(top + row)
                val start = row * width
                if (greySource != null) greyRow(start) else colourRow(start)
            }
            sink.writeRows(top, count, pixels)
        }

        /** Half-pixel centres: row y of `height` lies at (y + 0.5) * abSize / height - 0.5. */
        private fun blendRows(y: Int) {
            val centre = ((y + 0.5) * (abSize / height.toDouble()) - 0.5).coerceIn(0.0, abSize - 1.0)
            val low = floor(centre).toInt()
            val high = minOf(low + 1, abSize - 1)
            val part = (centre - low).toFloat()
            val rest = 1 - part
            for (x in 0 until width) {
                fx[x] = stepsX[low * width + x] * rest + stepsX[high * width + x] * part
                fz[x] = stepsZ[low * width + x] * rest + stepsZ[high * width + x] * part
            }
        }

        private fun greyRow(start: Int) {
            for (x in 0 until width) {
                val level = grey[start + x].toInt() and 0xff
                pixels[start + x] = colour(Colour.F[level], x)
            }
        }

        private fun colourRow(start: Int) {
            for (x in 0 until width) {
                val pixel = pixels[start + x]
                val red = (pixel shr 16) and 0xff
                val green = (pixel shr 8) and 0xff
                val blue = pixel and 0xff
                pixels[start + x] = if (red == green && green == blue) {
                    colour(Colour.F[red], x)
                } else {
                    colour(Colour.f(Colour.luminance(red, green, blue)), x)
                }
            }
        }

        private fun colour(fy: Float, x: Int): Int = Colour.argb(fy + fx[x], fy, fy + fz[x])
    }

    private companion object {
        const val STRIP_PIXELS = 1 shl 16
    }
}

/** The columns of ab between which each column of a picture lies (half-pixel centres). */
private class Columns(private val width: Int, private val abSize: Int) {
    private val low = IntArray(width)
    private val part = FloatArray(width)

    init {
        val scale = abSize / width.toDouble()
        for (x in 0 until width) {
            val centre = ((x + 0.5) * scale - 0.5).toFloat()
            val cell = floor(centre).toInt()
            low[x] = cell.coerceIn(0, abSize - 1)
            part[x] = if (cell < 0 || cell >= abSize - 1) 0f else centre - cell
        }
    }

    inline fun widen(value: (x: Int, y: Int) -> Float): FloatArray {
        val line = FloatArray(abSize)
        val wide = FloatArray(abSize * width)
        for (y in 0 until abSize) {
            for (x in 0 until abSize) line[x] = value(x, y)
            for (x in 0 until width) {
                val high = minOf(low[x] + 1, abSize - 1)
                wide[y * width + x] = line[low[x]] * (1 - part[x]) + line[high] * part[x]
            }
        }
        return wide
    }
}
