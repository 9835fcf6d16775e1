package org.tintlite.core

import kotlin.math.abs

/**
 * What tells a picture from another one: the ratio of its sides, and its lightness in 8 x 8 pixels.
 *
 * @property width of the picture as it is seen upright, in pixels
 * @property height the same
 * @property levels L* times 2.55, rounded, row by row
 */
public class PictureView internal constructor(
    public val width: Int,
    public val height: Int,
    internal val levels: IntArray,
) {
    /** As files say it: two hexadecimal digits a level. */
    internal val text: String get() = levels.joinToString("") { it.toString(16).padStart(2, '0') }

    /** Whether a picture is this one, perhaps scaled or saved anew. */
    internal fun isAlike(width: Double, height: Double, levels: IntArray): Boolean {
        val ratio = width / height * this.height / this.width
        val apart = levels.indices.sumOf { abs(levels[it] - this.levels[it]) } / levels.size.toDouble()
        return abs(ratio - 1) <= RATIO_APART && apart <= VIEW_APART
    }

    public companion object {
        private const val SIDE = 8
        private const val RATIO_APART = 0.03
        private const val VIEW_APART = 5.0

        /**
         * Looks at a picture.
         *
         * @param source it, as it is stored
         * @param turn the turn that makes it upright
         * @param size upright, in pixels, of the picture that [source] may be a smaller copy of
         * @throws PictureProblem it is empty or too large
         */
        public fun of(
            source: PixelSource,
            turn: Turn = Turn.NONE,
            size: Pair<Int, Int> = turn.sizeOf(source.width, source.height),
        ): PictureView {
            val stars = starsOf(source, SIDE, turn, FloatArray(SIDE * SIDE))
            return PictureView(size.first, size.second, IntArray(stars.size) { Math.rint(stars[it] * 2.55).toInt() })
        }

        /** The levels of [text], or null where it is none. */
        internal fun levelsOf(text: String): IntArray? {
            val digits = text.map { it.digitToIntOrNull(16) ?: return null }
            if (digits.size != 2 * SIDE * SIDE) return null
            return IntArray(SIDE * SIDE) { 16 * digits[2 * it] + digits[2 * it + 1] }
        }
    }
}
