package org.tintlite.core

import kotlin.math.abs
import kotlin.math.exp

/**
 * A hint in the cells of ab.
 *
 * @property row where, in cells; the first one reaches from 0 to 1
 * @property column the same across
 * @property rows how far its spot reaches from there, in cells
 * @property columns the same across
 */
internal class Spot(
    val row: Double,
    val column: Double,
    val rows: Double,
    val columns: Double,
    val a: Float,
    val b: Float,
)

/** Spreads said colours over a picture, as `edge_runtime/colour/spread.py`; formulas: tests/golden/README.md. */
internal class Spread(private val guide: FloatArray, private val height: Int, private val width: Int) {
    /**
     * The colours of a picture with what was said of them.
     *
     * @param own the network's a* and b* of each cell, in turns, row by row
     * @param side S', the cells of the square that the network sees
     * @return as [own], which is left alone
     */
    fun of(own: FloatArray, spots: List<Spot>, side: Int): FloatArray {
        val cells = height * width
        val total = FloatArray(cells) { OWN }
        val change = FloatArray(2 * cells)
        for (spot in spots) add(spot, own, DISTANCE * side, total, change)
        return FloatArray(2 * cells) { own[it] + change[it] / total[it / 2] }
    }

    private fun add(spot: Spot, own: FloatArray, unit: Double, total: FloatArray, change: FloatArray) {
        val there = minOf(spot.row.toInt(), height - 1) * width + minOf(spot.column.toInt(), width - 1)
        val ways = waysFrom(there)
        for (cell in total.indices) {
            val down = cell / width + 0.5 - spot.row
            val across = cell % width + 0.5 - spot.column
            val inside = abs(down) < 1 && abs(across) < 1 || spot.covers(down, across)
            val apart = square(down / unit) + square(across / unit) +
                square((guide[cell] - guide[there]) / LIGHTNESS) + square(ways[cell] / WAY) +
                square((own[2 * cell] - own[2 * there]) / AB) +
                square((own[2 * cell + 1] - own[2 * there + 1]) / AB)
            val alike = (1 - FAR) * exp(-apart / 2) + FAR / (1 + apart)
            val weight = (if (inside) 1 / NEAR else alike / (1 + NEAR - alike)).toFloat()
            // Inside a spot it is the difference to each cell's own colour that is made up for.
            val from = if (inside) cell else there
            total[cell] += weight
            change[2 * cell] += weight * (spot.a - own[2 * from])
            change[2 * cell + 1] += weight * (spot.b - own[2 * from + 1])
        }
    }

    private fun Spot.covers(down: Double, across: Double): Boolean =
        rows > 0 && columns > 0 && square(down / rows) + square(across / columns) <= 1

    /** The least sums of what the guide goes up and down from a cell, in [ROUNDS] rounds of rows. */
    private fun waysFrom(cell: Int): FloatArray {
        val ways = FloatArray(guide.size) { ENDLESS }
        ways[cell] = 0f
        repeat(ROUNDS) {
            for (row in 0 until height) goOn(ways, row, row - 1)
            for (row in height - 2 downTo 0) goOn(ways, row, row + 1)
        }
        return ways
    }

    private fun goOn(ways: FloatArray, row: Int, from: Int) {
        val start = row * width
        if (from >= 0) for (x in 0 until width) ways.step(from * width + x, start + x)
        for (x in 1 until width) ways.step(start + x - 1, start + x)
        for (x in width - 2 downTo 0) ways.step(start + x + 1, start + x)
    }

    private fun FloatArray.step(from: Int, to: Int) {
        this[to] = minOf(this[to], this[from] + abs(guide[to] - guide[from]))
    }

    private fun square(value: Double): Double = value * value

    companion object {
        private const val DISTANCE = 0.56
        private const val LIGHTNESS = 12.0
        private const val WAY = 25.0
        private const val AB = 12.0
        private const val FAR = 0.05
        private const val NEAR = 0.001
        private const val OWN = 0.08f
        private const val ROUNDS = 2
        private const val ENDLESS = 1e6f
        private val BLUR = floatArrayOf(1 / 16f, 4 / 16f, 6 / 16f, 4 / 16f, 1 / 16f)

        /** For every model, so that colours reach as far on a faded print as on a good one. */
        private val VIEW = ToneView(0.01, 0.99, 20.0)

        /**
         * The lightness by which colours are spread: through the tone view, 0..100, and blurred.
         *
         * @param lightness L* of the picture in a square of [size]; stays as it is
         * @param cells S', the side of the square of ab
         */
        fun guideOf(lightness: FloatArray, size: Int, cells: Int): FloatArray {
            val seen = lightness.copyOf()
            VIEW.apply(seen)
            for (i in seen.indices) seen[i] = (seen[i] + 1) * 50
            return blurred(if (size == cells) seen else resized(seen, size, cells), cells)
        }

        /** Means of areas, along both sides; there are no more cells than old places. */
        private fun resized(values: FloatArray, size: Int, cells: Int): FloatArray {
            val rows = FloatArray(cells * size)
            for (i in 0 until cells) {
                meanOver(i, size, cells) { from, part ->
                    for (x in 0 until size) rows[i * size + x] += values[from * size + x] * part
                }
            }
            val means = FloatArray(cells * cells)
            for (i in 0 until cells) {
                meanOver(i, size, cells) { from, part ->
                    for (y in 0 until cells) means[y * cells + i] += rows[y * size + from] * part
                }
            }
            return means
        }

        /** The old places that new place [i] covers, and what each counts. */
        private inline fun meanOver(i: Int, size: Int, cells: Int, add: (from: Int, part: Float) -> Unit) {
            val begin = i * size
            val end = begin + size // in parts of which an old place has `cells`, a new one `size`
            for (from in begin / cells..(end - 1) / cells) {
                val part = minOf(end, (from + 1) * cells) - maxOf(begin, from * cells)
                add(from, part / size.toFloat())
            }
        }

        private fun blurred(values: FloatArray, cells: Int): FloatArray {
            val last = cells - 1
            val across = FloatArray(values.size) { place ->
                val row = place / cells * cells
                blur { values[row + (place % cells + it).coerceIn(0, last)] }
            }
            return FloatArray(values.size) { place ->
                blur { across[(place / cells + it).coerceIn(0, last) * cells + place % cells] }
            }
        }

        private inline fun blur(value: (Int) -> Float): Float {
            var sum = 0f
            for (i in -2..2) sum += BLUR[i + 2] * value(i)
            return sum
        }
    }
}
