package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.tintlite.core.Colour
import org.tintlite.core.Lab
import kotlin.math.atan2
import kotlin.math.hypot

class PaletteTest {
    private fun lab(rgb: Int): Lab = Colour.toLab(rgb shr 16, (rgb shr 8) and 0xff, rgb and 0xff)

    @Test
    fun `a picked colour has its hue and the lightness of its place`() {
        for (hue in 0 until Palette.HUES step 45) {
            val (l, a, b) = lab(Palette.picked(hue, 25, 60f))
            assertEquals(60f, l, 1f)
            assertEquals(25.0, hypot(a.toDouble(), b.toDouble()), 1.5)
            val turn = Math.toDegrees(atan2(b.toDouble(), a.toDouble())) - hue
            assertEquals(0.0, Math.IEEEremainder(turn, 360.0), 3.0)
        }
    }

    @Test
    fun `a colour can be picked in the dark and in the light`() {
        for (lightness in listOf(0f, 100f)) {
            val (_, a, _) = lab(Palette.picked(0, Palette.MAX_CHROMA, lightness))
            assertTrue("$lightness: $a", a > 15)
        }
        val (_, a, b) = lab(Palette.picked(200, 0, 50f))
        assertEquals(0f, a, 0.1f)
        assertEquals(0f, b, 0.1f)
    }

    @Test
    fun `swatches differ`() {
        assertEquals(Swatch.entries.size, Swatch.entries.map { it.rgb }.toSet().size)
    }
}
