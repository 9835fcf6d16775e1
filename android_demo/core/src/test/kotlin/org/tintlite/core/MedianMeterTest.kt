package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Test

class MedianMeterTest {
    @Test
    fun median() {
        val meter = MedianMeter(3)
        assertNull(meter.median)
        meter.add(5.0)
        assertEquals(5.0, meter.median)
        meter.add(9.0)
        assertEquals(7.0, meter.median)
        meter.add(1000.0)
        assertEquals(9.0, meter.median)
        meter.add(4.0)
        assertEquals("the first is forgotten", 9.0, meter.median)
        meter.clear()
        assertNull(meter.median)
        assertThrows(IllegalArgumentException::class.java) { MedianMeter(0) }
    }

    private fun assertEquals(expected: Double, found: Double?) = assertEquals(expected, found!!, 0.0)

    private fun assertEquals(why: String, expected: Double, found: Double?) =
        assertEquals(why, expected, found!!, 0.0)
}
