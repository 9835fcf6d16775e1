package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

class PreviewSizeTest {
    private fun sizes(vararg sizes: Pair<Int, Int>) = sizes.map { (w, h) -> PreviewSize(w, h) }

    @Test
    fun `takes the largest up to 720p from a usual phone's list`() {
        val phone = sizes(4000 to 3000, 1920 to 1080, 1280 to 720, 640 to 480, 320 to 240, 176 to 144)
        assertEquals(PreviewSize(1280, 720), PreviewSize.choose(phone))
    }

    @Test
    fun `prefers more of the sensor among equals`() {
        assertEquals(PreviewSize(640, 480), PreviewSize.choose(sizes(960 to 320, 640 to 480, 480 to 640)))
    }

    @Test
    fun `takes the smallest where all are large, and none where there is none`() {
        assertEquals(PreviewSize(1920, 1080), PreviewSize.choose(sizes(4000 to 3000, 1920 to 1080)))
        assertNull(PreviewSize.choose(sizes(0 to 0, -1 to 5)))
        assertNull(PreviewSize.choose(emptyList()))
    }
}
