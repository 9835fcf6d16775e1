package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Test
import org.tintlite.core.Turn

class TurnMatrixTest {
    @Test
    fun `draws each stored pixel where the turn says that it comes from`() {
        val (width, height) = 4 to 3
        for (exif in 1..8) {
            val turn = Turn.ofExif(exif)
            val m = turn.matrix(width, height, 1f)
            val (uprightWidth, uprightHeight) = turn.sizeOf(width, height)
            for (y in 0 until uprightHeight) {
                for (x in 0 until uprightWidth) {
                    val (storedX, storedY) = turn.source(x, y, width, height)
                    val drawnX = m[0] * (storedX + 0.5f) + m[1] * (storedY + 0.5f) + m[2]
                    val drawnY = m[3] * (storedX + 0.5f) + m[4] * (storedY + 0.5f) + m[5]
                    assertEquals("EXIF $exif", x + 0.5f, drawnX, 0f)
                    assertEquals("EXIF $exif", y + 0.5f, drawnY, 0f)
                }
            }
        }
    }

    @Test
    fun `scales after the turn and leaves the last row alone`() {
        val m = Turn.ofExif(6).matrix(4000, 3000, 0.5f)
        assertEquals(listOf(0f, -0.5f, 1500f, 0.5f, 0f, 0f, 0f, 0f, 1f), m.map { it + 0f })
    }
}
