package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class SavedNameTest {
    @Test
    fun `names as the command line does`() {
        assertEquals("aunt.colour.jpg", SavedName.ofPhoto("aunt.jpg", "jpg"))
        assertEquals("IMG.2024.colour.png", SavedName.ofPhoto("IMG.2024.webp", "png"))
        assertEquals("Großtante im Garten.colour.jpg", SavedName.ofPhoto("Großtante im Garten.heic", "jpg"))
        assertEquals("IMG.2024.hints.json", SavedName.ofHints("IMG.2024.webp"))
        assertEquals("tintlite-20261125-081500.colour.jpg", SavedName.ofFrame("20261125-081500"))
    }

    @Test
    fun `has a name where there was none`() {
        for (name in listOf(null, "", ".", "..", "   ", "a/b/", ".jpg")) {
            assertEquals("picture.colour.jpg", SavedName.ofPhoto(name, "jpg"))
        }
    }

    @Test
    fun `no name leads out of a folder or breaks a file system`() {
        val hostile = listOf("../../etc/passwd", "..\\..\\boot.ini", "a\u0000b\nc.jpg", "x".repeat(500), "<a>:b?.jpg")
        for (name in hostile) {
            val saved = SavedName.ofPhoto(name, "jpg")
            assertFalse(saved, saved.any { it.isISOControl() || it in "/\\<>:\"|?*" })
            assertFalse(saved, saved.startsWith("."))
            assertTrue(saved, saved.length <= 100)
        }
    }

    @Test
    fun `does not cut a character in two`() {
        val saved = SavedName.ofPhoto("x".repeat(79) + "\uD83D\uDE00.jpg", "jpg")
        assertEquals("x".repeat(79) + ".colour.jpg", saved)
    }
}
