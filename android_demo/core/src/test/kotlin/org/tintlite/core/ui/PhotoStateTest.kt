package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Test

class PhotoStateTest {
    private val facts = PhotoFacts(40, 30, PicturePlan(1, 40, 30), 12)
    private val trouble = IllegalStateException("trouble")

    private fun after(vararg events: PhotoEvent<String>): PhotoState<String> =
        events.fold<PhotoEvent<String>, PhotoState<String>>(PhotoState.Empty) { state, event -> state.after(event) }

    @Test
    fun `works, shows, and can be saved once the file is written`() {
        assertEquals(PhotoState.Working<String>(1, null), after(PhotoEvent.Started(1)))
        val coloured = arrayOf(PhotoEvent.Started(1), PhotoEvent.Coloured(1, "a", facts))
        assertEquals(PhotoState.Shown(1, "a", facts, saveable = false), after(*coloured))
        assertEquals(PhotoState.Shown(1, "a", facts, saveable = true), after(*coloured, PhotoEvent.Written(1)))
    }

    @Test
    fun `an older job no longer changes the screen`() {
        val second = after(PhotoEvent.Started(1), PhotoEvent.Started(2))
        assertSame(second, second.after(PhotoEvent.Coloured(1, "old", facts)))
        assertSame(second, second.after(PhotoEvent.Written(1)))
        assertSame(second, second.after(PhotoEvent.Broke(1, trouble)))
        assertSame(second, second.after(PhotoEvent.Started(1)))
    }

    @Test
    fun `the last picture stays while the next is on its way`() {
        val first = after(PhotoEvent.Started(1), PhotoEvent.Coloured(1, "a", facts), PhotoEvent.Written(1))
        val second = first.after(PhotoEvent.Started(2))
        assertEquals(PhotoState.Working(2, first as PhotoState.Shown<String>), second)
        assertEquals(PhotoState.Working(3, first), second.after(PhotoEvent.Started(3)))
    }

    @Test
    fun `what breaks says so, and the next picture starts anew`() {
        val broken = after(PhotoEvent.Started(1), PhotoEvent.Broke(1, trouble))
        assertEquals(PhotoState.Failed(1, trouble), broken)
        assertEquals(PhotoState.Working<String>(2, null), broken.after(PhotoEvent.Started(2)))
    }

    @Test
    fun `a picture that cannot be written after all is no longer shown as fine`() {
        val broken = after(
            PhotoEvent.Started(1),
            PhotoEvent.Coloured(1, "a", facts),
            PhotoEvent.Broke(1, trouble),
        )
        assertEquals(PhotoState.Failed(1, trouble), broken)
    }
}
