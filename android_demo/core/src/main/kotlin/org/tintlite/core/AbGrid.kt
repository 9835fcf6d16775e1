package org.tintlite.core

/**
 * Low-resolution colour of a whole picture: a* and b* in a square of [size] x [size].
 *
 * @property size S', in pixels
 */
public class AbGrid private constructor(public val size: Int, private val values: FloatArray) {
    /** a* at a place. */
    public fun a(x: Int, y: Int): Float = values[2 * (y * size + x)]

    /** b* at a place. */
    public fun b(x: Int, y: Int): Float = values[2 * (y * size + x) + 1]

    /** With what was said of the picture's colours. */
    internal fun with(spots: List<Spot>, spread: Spread): AbGrid = AbGrid(size, spread.of(values, spots, size))

    /**
     * The colour of the picture as it is stored, where this is the colour of the upright picture.
     *
     * @param turn the turn that makes the stored picture upright
     */
    public fun turnedBack(turn: Turn): AbGrid {
        if (turn == Turn.NONE) return this
        val stored = FloatArray(values.size)
        for (y in 0 until size) {
            for (x in 0 until size) {
                val (storedX, storedY) = turn.source(x, y, size, size)
                val to = 2 * (storedY * size + storedX)
                stored[to] = a(x, y)
                stored[to + 1] = b(x, y)
            }
        }
        return AbGrid(size, stored)
    }

    public companion object {
        /**
         * The colour of a network's output.
         *
         * @param output S' x S' x 2 values, row-major, ab = (a*, b*) / 110; clipped here to -1..1
         * @throws EngineProblem.NotFinite a value is no number
         * @throws PictureProblem.BadArray another number of values
         */
        public fun ofOutput(output: FloatArray, size: Int): AbGrid {
            checkArray(output.size, 2 * size * size)
            if (!output.all(Float::isFinite)) throw EngineProblem.NotFinite()
            return AbGrid(size, FloatArray(output.size) { output[it].coerceIn(-1f, 1f) * AB_SCALE })
        }
    }
}
