package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class CameraStateTest {
    private val resumed = CameraEvent.Resumed(allowed = true, asked = true, mayAskAgain = true, cameras = 1)

    private fun CameraState.afterAll(vararg events: CameraEvent) =
        events.fold(this) { state, event -> state.after(event) }

    @Test
    fun `runs from the first frame on`() {
        assertEquals(CameraState.Opening, CameraState.Opening.after(resumed))
        assertEquals(CameraState.Running, CameraState.Opening.afterAll(resumed, CameraEvent.Frame))
        assertEquals(CameraState.Running, CameraState.Running.after(CameraEvent.Frame))
    }

    @Test
    fun `says which permission question was answered how`() {
        val no = resumed.copy(allowed = false, asked = true, mayAskAgain = false)
        assertEquals(CameraState.NoPermission(asked = true, mayAskAgain = false), CameraState.Opening.after(no))
        assertEquals(CameraState.Opening, CameraState.Opening.afterAll(no, resumed))
    }

    @Test
    fun `the question is put once, and again only where an answer may still come`() {
        assertTrue(CameraState.NoPermission(asked = false, mayAskAgain = false).mayBeAsked())
        assertTrue(CameraState.NoPermission(asked = true, mayAskAgain = true).mayBeAsked())
        assertFalse(CameraState.NoPermission(asked = true, mayAskAgain = false).mayBeAsked())
    }

    @Test
    fun `no camera comes before no permission, which could not help`() {
        val none = resumed.copy(allowed = false, cameras = 0)
        assertEquals(CameraState.NoCamera, CameraState.Opening.after(none))
    }

    @Test
    fun `a late frame does not hide why the camera is gone`() {
        val taken = CameraState.Running.afterAll(CameraEvent.Disconnected, CameraEvent.Frame)
        assertEquals(CameraState.InUse, taken)
        assertFalse(taken.needsCamera())
    }

    @Test
    fun `each fault has its words, and each can be tried again`() {
        val shown = mapOf(
            CameraFault.IN_USE to CameraState.InUse,
            CameraFault.DISCONNECTED to CameraState.InUse,
            CameraFault.DISABLED to CameraState.Disabled,
            CameraFault.BROKEN to CameraState.Failed(4),
        )
        assertEquals(CameraFault.entries.toSet(), shown.keys)
        for ((fault, state) in shown) {
            val after = CameraState.Running.after(CameraEvent.Error(fault, 4))
            assertEquals(state, after)
            assertTrue(after.mayRetry())
            assertEquals(CameraState.Opening, after.after(CameraEvent.Retry))
            assertEquals(CameraState.Opening, after.after(resumed))
        }
    }

    @Test
    fun `the first reason stays when errors follow each other`() {
        val taken = CameraState.Running.afterAll(
            CameraEvent.Error(CameraFault.IN_USE, 1),
            CameraEvent.Error(CameraFault.BROKEN, 5),
            CameraEvent.Disconnected,
            CameraEvent.Paused,
        )
        assertEquals(CameraState.InUse, taken)
    }

    @Test
    fun `in the background a running camera is closed and opened again`() {
        val paused = CameraState.Running.after(CameraEvent.Paused)
        assertEquals(CameraState.Opening, paused)
        assertEquals(CameraState.Running, paused.afterAll(resumed, CameraEvent.Frame))
    }

    @Test
    fun `trying again helps nothing where there is no camera or no permission`() {
        assertEquals(CameraState.NoCamera, CameraState.NoCamera.after(CameraEvent.Retry))
        val denied = CameraState.NoPermission(asked = true, mayAskAgain = false)
        assertEquals(denied, denied.after(CameraEvent.Retry))
        assertFalse(denied.mayRetry())
    }

    @Test
    fun `knows both of the system's lists of numbers, which differ`() {
        val device = (1..5).map(CameraFault::ofDevice)
        val inUse = CameraFault.IN_USE
        assertEquals(listOf(inUse, inUse, CameraFault.DISABLED, CameraFault.BROKEN, CameraFault.BROKEN), device)
        val access = (1..5).map(CameraFault::ofAccess)
        assertEquals(listOf(CameraFault.DISABLED, CameraFault.DISCONNECTED, CameraFault.BROKEN, inUse, inUse), access)
        assertEquals(CameraFault.BROKEN, CameraFault.ofDevice(99))
        assertEquals(CameraFault.BROKEN, CameraFault.ofAccess(1000))
    }
}
