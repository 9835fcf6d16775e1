package org.tintlite.core

/**
 * A picture while somebody says its colours: what the network saw of it and what it said are kept, so
 * that a new hint costs spreading alone. On any thread.
 *
 * @property networkMs input, run and readback of the network together, in milliseconds
 */
public class HintSession internal constructor(
    private val lightness: FloatArray,
    private val size: Int,
    private val own: AbGrid,
    private val turn: Turn,
    public val networkMs: Double,
) {
    private val guide by lazy { Spread.guideOf(lightness, size, own.size) }

    /**
     * The colour of the picture as it is seen upright, with what was said of it.
     *
     * @param hints in places of the upright picture, at most [MAX_HINTS]
     */
    public fun ab(hints: List<Hint>): AbGrid {
        require(hints.size <= MAX_HINTS) { "a picture takes $MAX_HINTS hints at most, not ${hints.size}" }
        if (hints.isEmpty()) return own
        return own.with(hints.map(::spot), Spread(guide, own.size, own.size))
    }

    /** The same for the picture as it is stored. */
    public fun storedAb(hints: List<Hint>): AbGrid = ab(hints).turnedBack(turn)

    /** The network's own colour at a place, as sRGB 0xRRGGBB. */
    public fun ownColour(x: Double, y: Double): Int {
        val column = cell(x, own.size)
        val row = cell(y, own.size)
        val lab = Lab(lightnessAt(x, y), own.a(column, row), own.b(column, row))
        return Colour.toArgb(lab) and 0xffffff
    }

    /** L* of the picture at a place, 0..100. */
    public fun lightnessAt(x: Double, y: Double): Float = lightness[cell(y, size) * size + cell(x, size)]

    private fun spot(hint: Hint): Spot {
        val (a, b) = hint.abAt(lightnessAt(hint.x, hint.y))
        val reach = hint.radius * own.size
        return Spot(hint.y * own.size, hint.x * own.size, reach, reach, a, b)
    }

    private fun cell(share: Double, count: Int): Int = (share * count).toInt().coerceIn(0, count - 1)
}
