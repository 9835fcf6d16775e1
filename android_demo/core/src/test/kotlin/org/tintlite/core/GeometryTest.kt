package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

class GeometryTest {
    @Test
    fun letterboxes() {
        // A landscape picture in a portrait view, and the other way round.
        assertEquals(Box(0f, 700f, 1080f, 1510f), fitCenter(4000, 3000, 1080, 2210))
        assertEquals(Box(756.25f, 0f, 1643.75f, 1000f), fitCenter(71, 80, 2400, 1000))
        assertEquals(Box(0f, 0f, 300f, 200f), fitCenter(30, 20, 300, 200))
    }

    @Test
    fun nothingToShow() {
        assertEquals(Box(50f, 20f, 50f, 20f), fitCenter(0, 10, 100, 40))
        assertEquals(Box(0f, 0f, 0f, 0f), fitCenter(10, 10, 0, 0))
        assertEquals(Box(0f, 20f, 0f, 20f), fitCenter(10, 10, -5, 40))
    }

    @Test
    fun dividerFollowsTheFinger() {
        val box = fitCenter(200, 100, 300, 300)
        val divider = Divider()
        assertEquals(150f, divider.x(box), 0f)
        for (x in listOf(0f, 30f, 299f)) assertEquals(x, divider.at(x, box).x(box), 1e-4f)
        assertEquals(0f, divider.at(-80f, box).fraction, 0f)
        assertEquals(1f, divider.at(9000f, box).fraction, 0f)
        val narrow = fitCenter(100, 200, 300, 300)
        assertEquals(0f, divider.at(60f, narrow).fraction, 0f)
        assertEquals(0.25f, divider.at(112.5f, narrow).fraction, 1e-6f)
    }

    @Test
    fun dividerSplitsThePicture() {
        val box = Box(10f, 20f, 110f, 60f)
        val divider = Divider(0.3f)
        assertEquals(Box(10f, 20f, 40f, 60f), divider.before(box))
        assertEquals(Box(40f, 20f, 110f, 60f), divider.after(box))
        assertEquals(30, divider.percent)
    }

    @Test
    fun dividerStaysInPlace() {
        assertEquals(Divider(0.4f), Divider(0.4f).at(7f, Box(5f, 5f, 5f, 5f)))
        assertEquals(Divider(0.4f), Divider(0.4f).at(Float.NaN, Box(0f, 0f, 5f, 5f)))
        assertEquals(1f, Divider(0.98f).moved(0.05f).fraction, 0f)
        assertEquals(0f, Divider(0.02f).moved(-0.05f).fraction, 0f)
        for (bad in listOf(-0.1f, 1.1f, Float.NaN)) {
            assertThrows(IllegalArgumentException::class.java) { Divider(bad) }
        }
    }
}
