package org.tintlite.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import java.nio.ByteBuffer
import kotlin.random.Random

class YPlaneTest {
    private val width = 7
    private val height = 5
    private val levels = Random(1).nextBytes(width * height)

    private fun plane(rowStride: Int, pixelStride: Int, turn: Turn = Turn.NONE, range: LumaRange = LumaRange.FULL): YPlane {
        // The last row ends with its last pixel, as Camera2's do.
        val bytes = ByteBuffer.allocateDirect((height - 1) * rowStride + (width - 1) * pixelStride + 1)
        for (y in 0 until height) {
            for (x in 0 until width) {
                bytes.put(y * rowStride + x * pixelStride, levels[y * width + x])
            }
        }
        return YPlane(bytes, width, height, rowStride, pixelStride, range, turn)
    }

    @Test
    fun strides() {
        for ((rowStride, pixelStride) in listOf(7 to 1, 64 to 1, 13 to 2, 29 to 3, 1000 to 7)) {
            val picture = plane(rowStride, pixelStride).copyTo()
            assertArrayEquals("$rowStride, $pixelStride", levels, picture.levels)
        }
    }

    @Test
    fun turns() {
        val corner = levels[0]
        // Where the stored picture's first pixel goes: (column from the left, row from the top).
        val places = mapOf(
            Turn(Rotation.NONE) to Pair(0, 0),
            Turn(Rotation.QUARTER) to Pair(height - 1, 0),
            Turn(Rotation.HALF) to Pair(width - 1, height - 1),
            Turn(Rotation.THREE_QUARTERS) to Pair(0, width - 1),
            Turn(Rotation.NONE, mirrored = true) to Pair(width - 1, 0),
            Turn(Rotation.QUARTER, mirrored = true) to Pair(0, 0),
        )
        for ((turn, place) in places) {
            val upright = plane(16, 2, turn).copyTo()
            assertEquals(turn.sizeOf(width, height), Pair(upright.width, upright.height))
            assertEquals("$turn", corner, upright.levels[place.second * upright.width + place.first])
            val (x, y) = Pair(2, 3)
            val (storedX, storedY) = turn.source(x, y, width, height)
            assertEquals("$turn", levels[storedY * width + storedX], upright.levels[y * upright.width + x])
        }
    }

    @Test
    fun stripsAreRowsOfTheWhole() {
        val plane = plane(20, 2, Turn(Rotation.QUARTER))
        val whole = plane.copyTo().levels
        val strip = ByteArray(2 * plane.width)
        plane.readGrey(3, 2, strip)
        assertArrayEquals(whole.copyOfRange(3 * plane.width, 5 * plane.width), strip)
        val pixels = IntArray(plane.width)
        plane.readRows(6, 1, pixels)
        for (x in pixels.indices) {
            val level = whole[6 * plane.width + x].toInt() and 0xff
            assertEquals((0xff shl 24) or (level shl 16) or (level shl 8) or level, pixels[x])
        }
    }

    @Test
    fun limitedRange() {
        val bytes = ByteBuffer.wrap(byteArrayOf(0, 16, 126, 235.toByte(), 255.toByte()))
        val plane = YPlane(bytes, 5, 1, 5, 1, LumaRange.LIMITED)
        assertArrayEquals(byteArrayOf(0, 0, 128.toByte(), -1, -1), plane.copyTo().levels)
    }

    @Test
    fun badPlanes() {
        val bytes = ByteBuffer.allocate(100)
        assertThrows(PictureProblem.Empty::class.java) { YPlane(bytes, 0, 5, 10, 1) }
        assertThrows(PictureProblem.Empty::class.java) { YPlane(bytes, 5, -1, 10, 1) }
        assertThrows(PictureProblem.TooLarge::class.java) { YPlane(bytes, 70_000, 1, 70_000, 1) }
        for ((rowStride, pixelStride) in listOf(9 to 1, 10 to 0, 10 to -1, -10 to 1, 18 to 2, 0 to 1)) {
            assertThrows("$rowStride, $pixelStride", PictureProblem.BadPlane::class.java) {
                YPlane(bytes, 10, 2, rowStride, pixelStride)
            }
        }
        assertThrows(PictureProblem.BadPlane::class.java) { YPlane(bytes, 10, 11, 10, 1) }
        assertThrows(PictureProblem.BadPlane::class.java) {
            YPlane(bytes, 60_000, 2_900, Int.MAX_VALUE, 1)
        }
        bytes.limit(50)
        assertThrows(PictureProblem.BadPlane::class.java) { YPlane(bytes, 10, 10, 10, 1) }
        YPlane(bytes, 10, 5, 10, 1)
        assertThrows(PictureProblem.BadArray::class.java) {
            YPlane(bytes, 10, 5, 10, 1).copyTo(ByteArray(49))
        }
    }
}
