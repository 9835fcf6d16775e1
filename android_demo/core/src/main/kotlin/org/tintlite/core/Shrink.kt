package org.tintlite.core

/**
 * Scales a picture to the square that the network looks at, whatever its shape, as
 * `edge_runtime/colour/shrink.py` does in `shrink_exactly`: by area averages where it shrinks, linearly
 * where it grows; encoded sRGB levels are averaged, lightness comes after.
 */
internal object Shrink {
    private const val STRIP_PIXELS = 1 shl 16

    /**
     * @return the levels of [channels] planes (1: grey, 3: red, green, blue), S x S each, row-major
     */
    fun planes(source: PixelSource, size: Int): List<IntArray> {
        checkPictureSize(source.width, source.height)
        val width = minOf(source.width, size)
        val height = minOf(source.height, size)
        // INTER_AREA turns into something else when only one side shrinks: one kind at a time.
        val areas = areas(source, width, height)
        return areas.map { grow(it, width, height, size) }
    }

    private fun areas(source: PixelSource, width: Int, height: Int): List<IntArray> {
        val rows = maxOf(1, STRIP_PIXELS / source.width)
        if (source is GreySource) {
            val area = AreaAverage(source.width, source.height, width, height)
            val strip = ByteArray(rows * source.width)
            forStrips(source.height, rows) { top, count ->
                source.readGrey(top, count, strip)
                area.add(count) { strip[it].toInt() and 0xff }
            }
            return listOf(area.levels)
        }
        val channels = List(3) { AreaAverage(source.width, source.height, width, height) }
        val strip = IntArray(rows * source.width)
        forStrips(source.height, rows) { top, count ->
            source.readRows(top, count, strip)
            channels[0].add(count) { (strip[it] shr 16) and 0xff }
            channels[1].add(count) { (strip[it] shr 8) and 0xff }
            channels[2].add(count) { strip[it] and 0xff }
        }
        return channels.map { it.levels }
    }

    private fun grow(levels: IntArray, width: Int, height: Int, size: Int): IntArray =
        if (width == size && height == size) levels else Linear.grow(levels, width, height, size, size)
}

internal inline fun forStrips(height: Int, rows: Int, work: (top: Int, count: Int) -> Unit) {
    for (top in 0 until height step rows) work(top, minOf(rows, height - top))
}

/**
 * Area averages of a plane of levels that comes row by row, in whole numbers: no rounding until
 * the last step. Pixel i covers [i n, (i + 1) n) and cell x covers [x w, (x + 1) w) of a line of
 * w n parts, so that their overlaps are whole numbers.
 */
private class AreaAverage(
    private val width: Int,
    private val height: Int,
    private val toWidth: Int,
    private val toHeight: Int,
) {
    val levels = IntArray(toWidth * toHeight)
    private val sums = LongArray(toWidth)
    private val row = LongArray(toWidth)
    private var y = 0
    private var cellY = 0

    inline fun add(rows: Int, level: (Int) -> Int) {
        for (i in 0 until rows) {
            sumAlong(i * width, level)
            spreadDown()
        }
    }

    inline fun sumAlong(start: Int, level: (Int) -> Int) {
        row.fill(0)
        var cell = 0
        var left = 0L // parts of the line, from 0 to width * toWidth
        for (x in 0 until width) {
            val value = level(start + x)
            val right = left + toWidth
            while (left < right) {
                val stop = minOf(right, (cell + 1L) * width)
                row[cell] += value * (stop - left)
                left = stop
                if (left == (cell + 1L) * width) cell++
            }
        }
    }

    fun spreadDown() {
        var top = y.toLong() * toHeight
        val bottom = top + toHeight
        while (top < bottom) {
            val stop = minOf(bottom, (cellY + 1L) * height)
            for (x in 0 until toWidth) sums[x] += row[x] * (stop - top)
            top = stop
            if (top == (cellY + 1L) * height) finishCells()
        }
        y++
    }

    private fun finishCells() {
        val area = width.toLong() * height
        for (x in 0 until toWidth) {
            // floor(average + 0.501): slightly more than a half, as in Python.
            levels[cellY * toWidth + x] = ((1000 * sums[x] + 501 * area) / (1000 * area)).toInt()
        }
        sums.fill(0)
        cellY++
    }
}
