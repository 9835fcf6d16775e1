package org.tintlite.core

import kotlin.math.abs

/**
 * How much chroma sRGB holds at each lightness and direction, as in `edge_runtime/colour/gamut.py`: found
 * once, by halving in double precision, and kept in a table.
 */
internal object Gamut {
    /** Steps of the table: L* from 0 to 100, and directions once round a grey. */
    private const val LEVELS = 128
    private const val DIRECTIONS = 256

    private const val MOST = 256.0 // |a*| + |b*|, more than any display has
    private const val HALVINGS = 16

    /**
     * The largest |a*| + |b*| in gamut, a row a lightness. Directions go in straight lines from
     * (a*, b*) = (1, 0) by (0, 1), (-1, 0) and (0, -1) round.
     */
    private val LONGEST = FloatArray((LEVELS + 1) * (DIRECTIONS + 1)) { place ->
        val fy = (place / (DIRECTIONS + 1) * (100.0 / LEVELS) + 16) / 116
        val turn = place % (DIRECTIONS + 1) * (4.0 / DIRECTIONS)
        val a = abs(turn - 2) - 1
        val b = 1 - abs((turn + 1) % 4 - 2)
        var longest = 0.0
        var part = MOST
        repeat(HALVINGS) {
            part /= 2
            val tried = longest + part
            if (Colour.holds(fy + tried * a / 500, fy, fy - tried * b / 200)) longest = tried
        }
        longest.toFloat()
    }

    /** By how much to multiply a* and b* of a colour that is out of gamut: CIE's f of X, Y and Z. */
    fun share(fx: Float, fy: Float, fz: Float): Float {
        val a = (fx - fy) * 500
        val b = (fz - fy) * -200
        val length = abs(a) + abs(b)
        var column = (if (b >= 0) 1 - a / length else 3 + a / length) * (DIRECTIONS / 4)
        var row = (116 * fy - 16) * (LEVELS / 100f)
        val left = minOf(column.toInt(), DIRECTIONS - 1)
        val top = minOf(row.toInt(), LEVELS - 1)
        column -= left
        row -= top
        fun between(place: Int) = (1 - column) * LONGEST[place] + column * LONGEST[place + 1]
        val corner = top * (DIRECTIONS + 1) + left
        val longest = (1 - row) * between(corner) + row * between(corner + DIRECTIONS + 1)
        return minOf(longest / length, 1f)
    }
}
