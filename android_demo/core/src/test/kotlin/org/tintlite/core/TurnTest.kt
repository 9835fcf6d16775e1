package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

class TurnTest {
    private val all = Rotation.entries.flatMap { listOf(Turn(it), Turn(it, mirrored = true)) }

    @Test
    fun everyPixelHasOnePlace() {
        for (turn in all) {
            val (width, height) = turn.sizeOf(4, 3)
            val places = (0 until width * height).map { turn.source(it % width, it / width, 4, 3) }
            assertEquals("$turn", 12, places.toSet().size)
            assertEquals("$turn", true, places.all { (x, y) -> x in 0..3 && y in 0..2 })
        }
    }

    @Test
    fun exifOrientations() {
        // The letter F as a 2 x 3 picture, and how it looks when it is stored in each orientation
        // (Exif 2.3: where row 0 and column 0 of the stored picture lie in the upright one).
        val upright = listOf("##", "# ", "##".replace("##", "# "))
        val stored = mapOf(
            1 to listOf("##", "# ", "# "),
            2 to listOf("##", " #", " #"),
            3 to listOf(" #", " #", "##"),
            4 to listOf("# ", "# ", "##"),
            5 to listOf("###", "#  "),
            6 to listOf("#  ", "###"),
            7 to listOf("  #", "###"),
            8 to listOf("###", "  #"),
        )
        for ((orientation, rows) in stored) {
            val turn = Turn.ofExif(orientation)
            val found = upright.indices.map { y ->
                (0..1).map { x ->
                    val (storedX, storedY) = turn.source(x, y, rows[0].length, rows.size)
                    rows[storedY][storedX]
                }.joinToString("")
            }
            assertEquals("orientation $orientation", upright, found)
        }
        for (unknown in listOf(0, 9, -1, 65_535)) assertEquals(Turn.NONE, Turn.ofExif(unknown))
    }

    @Test
    fun cameras() {
        // A phone held upright: its back camera's sensor lies on its side.
        assertEquals(Turn(Rotation.QUARTER), Turn.ofCamera(90, 0, frontFacing = false))
        assertEquals(Turn(Rotation.NONE), Turn.ofCamera(90, 90, frontFacing = false))
        assertEquals(Turn(Rotation.HALF), Turn.ofCamera(90, 270, frontFacing = false))
        assertEquals(Turn(Rotation.THREE_QUARTERS, true), Turn.ofCamera(270, 0, frontFacing = true))
        assertEquals(Turn(Rotation.NONE, true), Turn.ofCamera(270, 90, frontFacing = true))
        assertEquals(Turn(Rotation.HALF), Turn.ofCamera(0, 180, frontFacing = false))
    }

    @Test
    fun degrees() {
        assertEquals(Rotation.THREE_QUARTERS, Rotation.of(-90))
        assertEquals(Rotation.NONE, Rotation.of(720))
        assertEquals(Rotation.QUARTER, Rotation.of(450))
        assertThrows(IllegalArgumentException::class.java) { Rotation.of(45) }
    }

    @Test
    fun coloursAreTurnedBack() {
        val upright = AbGrid.ofOutput(FloatArray(2 * 9) { it / 18f }, 3)
        for (turn in all) {
            val stored = upright.turnedBack(turn)
            for (y in 0..2) {
                for (x in 0..2) {
                    val (storedX, storedY) = turn.source(x, y, 3, 3)
                    assertEquals("$turn", upright.a(x, y), stored.a(storedX, storedY), 0f)
                    assertEquals("$turn", upright.b(x, y), stored.b(storedX, storedY), 0f)
                }
            }
        }
    }
}
