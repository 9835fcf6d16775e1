package org.tintlite.core.ui

import org.tintlite.core.Colour
import org.tintlite.core.Lab
import kotlin.math.cos
import kotlin.math.sin

/** Colours of things that are in many photos; [rgb] is 0xRRGGBB, or null for grey. */
public enum class Swatch(public val rgb: Int?) {
    LIGHT_SKIN(0xe3b396),
    DARK_SKIN(0x8d5a3c),
    HAIR(0x6b4a2f),
    WOOD(0x8a5f35),
    SKY(0x7fb0dd),
    LEAVES(0x5f8a3c),
    RED_CLOTH(0x9c2b33),
    BLUE_CLOTH(0x2f4f86),
    GREY(null),
}

/** Colours that are picked freely. */
public object Palette {
    /** The most of hue: a whole turn, in degrees. */
    public const val HUES: Int = 360

    /** The most of chroma. */
    public const val MAX_CHROMA: Int = 100

    /** Darker or lighter than that, all colours would look alike. */
    private val LIGHTNESS = 30f..85f

    /**
     * A colour as it comes out at a place, or nearly so where that is black or white.
     *
     * @param hue in degrees from red by yellow, green and blue, the angle in a* and b*
     * @param chroma 0 to [MAX_CHROMA]; as much as sRGB holds is taken
     * @param lightness L* of the place, 0..100
     * @return 0xRRGGBB
     */
    public fun picked(hue: Int, chroma: Int, lightness: Float): Int {
        val angle = Math.toRadians(hue.toDouble())
        val l = lightness.coerceIn(LIGHTNESS)
        val lab = Lab(l, (chroma * cos(angle)).toFloat(), (chroma * sin(angle)).toFloat())
        return Colour.toArgb(lab) and 0xffffff
    }
}
