package org.tintlite.core

import kotlin.math.floor

/** Bilinear growth of a plane of 8-bit levels with half-pixel centres. */
internal object Linear {
    fun grow(levels: IntArray, width: Int, height: Int, toWidth: Int, toHeight: Int): IntArray {
        val columns = Neighbours(width, toWidth)
        val rows = Neighbours(height, toHeight)
        val wide = DoubleArray(height * toWidth)
        for (y in 0 until height) {
            for (x in 0 until toWidth) {
                wide[y * toWidth + x] = columns.between(x) { levels[y * width + it].toDouble() }
            }
        }
        return IntArray(toWidth * toHeight) { place ->
            val x = place % toWidth
            // Slightly more than a half: what is a tie but for float32's rounding goes up as well.
            floor(rows.between(place / toWidth) { wide[it * toWidth + x] } + 0.501).toInt()
        }
    }

    /** The two old pixels between which each new pixel lies, and the second one's part. */
    private class Neighbours(private val from: Int, to: Int) {
        private val low = IntArray(to)
        private val part = DoubleArray(to)

        init {
            for (i in 0 until to) {
                val centre = ((i + 0.5) * from / to - 0.5).coerceIn(0.0, from - 1.0)
                low[i] = floor(centre).toInt()
                part[i] = centre - low[i]
            }
        }

        inline fun between(i: Int, old: (Int) -> Double): Double =
            old(low[i]) * (1 - part[i]) + old(minOf(low[i] + 1, from - 1)) * part[i]
    }
}
