package org.tintlite.core

/** The most hints that a picture takes; as in Python. */
public const val MAX_HINTS: Int = 500

/**
 * One said colour of a picture.
 *
 * @property x where, as a share of the width of the picture as it is seen upright, 0..1
 * @property y the same of its height
 * @property rgb sRGB as 0xRRGGBB, or null to keep the place grey; its lightness does not matter, for
 *   the picture keeps its own
 * @property radius of the spot that has this colour, as a share of the width across and of the height
 *   down, 0..1; 0 for a point
 * @throws IllegalArgumentException outside of the picture, or no colour
 */
public data class Hint(val x: Double, val y: Double, val rgb: Int?, val radius: Double = 0.0) {
    init {
        requireShare("x", x, ": that is outside of the picture")
        requireShare("y", y, ": that is outside of the picture")
        requireShare("radius", radius, "")
        require(rgb == null || rgb in 0..0xffffff) { "a hint's colour is 0xRRGGBB or null" }
    }

    /** As files say it: `#8c1d2f`, or `grey`. */
    public val colour: String
        get() = rgb?.let { "#" + it.toString(16).padStart(6, '0') } ?: KEEP_GREY

    /** a* and b* where the picture has the lightness [l]: less chroma where sRGB does not hold it. */
    internal fun abAt(l: Float): Pair<Float, Float> {
        if (rgb == null) return Pair(0f, 0f)
        val said = Colour.toLab((rgb shr 16) and 0xff, (rgb shr 8) and 0xff, rgb and 0xff)
        return Colour.held(Lab(l, said.a, said.b))
    }

    internal companion object {
        const val KEEP_GREY = "grey"

        private fun requireShare(name: String, value: Double, outside: String) {
            require(value in 0.0..1.0) { "the $name of a hint is 0 to 1, not $value$outside" }
        }
    }
}
