package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.tintlite.core.Hint
import org.tintlite.core.MAX_HINTS

class HintBoardTest {
    private val red = Hint(0.2, 0.3, 0xff0000)
    private val grey = Hint(0.8, 0.6, null)
    private val both = HintBoard().changed(listOf(red)).changed(listOf(red, grey))

    @Test
    fun `a colour that is chosen becomes a hint`() {
        val asked = HintBoard().ask(0.2, 0.3, 0.1, 0.1)
        assertEquals(Asked(0.2, 0.3, null), asked.asked)
        assertEquals(HintBoard().changed(listOf(red)), asked.said(0xff0000))
        assertNull(asked.said(0xff0000).asked)
        assertEquals(listOf(Hint(0.2, 0.3, null)), asked.said(null).hints)
    }

    @Test
    fun `a place near a hint is that hint's, the nearest one's`() {
        assertEquals(Asked(0.2, 0.3, 0), both.ask(0.29, 0.3, 0.1, 0.1).asked)
        assertEquals(Asked(0.31, 0.3, null), both.ask(0.31, 0.3, 0.1, 0.1).asked)
        assertEquals(1, both.ask(0.55, 0.5, 1.0, 1.0).asked?.index)
        assertEquals(listOf(red, grey.copy(rgb = 0x123456)), both.ask(1).said(0x123456).hints)
    }

    @Test
    fun `a place beside the picture lies on its edge`() {
        assertEquals(Asked(0.0, 1.0, null), HintBoard().ask(-0.1, 1.7, 0.01, 0.01).asked)
    }

    @Test
    fun `a hint can be deleted`() {
        assertEquals(listOf(grey), both.ask(0).removed().hints)
        assertEquals(both, both.ask(0.5, 0.0, 0.1, 0.1).removed())
    }

    @Test
    fun `each change can be taken back`() {
        val after = both.ask(0).removed().ask(0).said(0x00ff00)
        val boards = generateSequence(after) { it.undone().takeIf { _ -> it.mayUndo } }.toList()
        assertEquals(
            listOf(listOf(grey.copy(rgb = 0x00ff00)), listOf(grey), listOf(red, grey), listOf(red), emptyList()),
            boards.map { it.hints },
        )
        assertFalse(boards.last().mayUndo)
        assertSame(boards.last(), boards.last().undone())
    }

    @Test
    fun `what changes nothing cannot be taken back`() {
        assertEquals(both, both.ask(0).closed())
        assertEquals(both, both.ask(0).said(0xff0000))
        assertSame(both, both.said(0xff0000)) // nothing was asked
    }

    @Test
    fun `a full board takes no more but changes what it has`() {
        val full = HintBoard(List(MAX_HINTS) { red })
        assertTrue(full.full)
        assertEquals(full, full.ask(0.9, 0.9, 0.1, 0.1).said(null))
        assertEquals(MAX_HINTS, full.ask(7).said(null).hints.size)
        assertEquals(grey.rgb, full.ask(7).said(null).hints[7].rgb)
    }
}
