package org.tintlite.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import kotlin.math.floor
import kotlin.random.Random

class ShrinkTest {
    private fun grey(width: Int, height: Int): GreyPicture =
        GreyPicture(width, height, Random(width * 1000 + height).nextBytes(width * height))

    /** Plain double arithmetic, cell by cell. */
    private fun areaAverages(picture: GreyPicture, size: Int): IntArray = IntArray(size * size) { place ->
        var sum = 0.0
        val (cellY, cellX) = Pair(place / size, place % size)
        fun overlap(i: Int, cell: Int, n: Int): Double =
            minOf(i + 1.0, (cell + 1.0) * n / size) - maxOf(i.toDouble(), cell.toDouble() * n / size)
        for (y in 0 until picture.height) {
            val down = overlap(y, cellY, picture.height)
            if (down <= 0) continue
            for (x in 0 until picture.width) {
                val across = overlap(x, cellX, picture.width)
                if (across > 0) sum += across * down * (picture.levels[y * picture.width + x].toInt() and 0xff)
            }
        }
        floor(sum * size * size / (picture.width.toDouble() * picture.height) + 0.501).toInt()
    }

    @Test
    fun areaAverages() {
        for ((width, height) in listOf(33 to 47, 32 to 32, 64 to 96, 201 to 40, 333 to 32)) {
            val picture = grey(width, height)
            assertArrayEquals("$width x $height", areaAverages(picture, 32), Shrink.planes(picture, 32).single())
        }
    }

    @Test
    fun tiesGoUp() {
        val picture = GreyPicture(64, 64, ByteArray(64 * 64) { (it % 2).toByte() })
        assertArrayEquals(IntArray(32 * 32) { 1 }, Shrink.planes(picture, 32).single())
    }

    @Test
    fun longStripsAndShortOnes() {
        // More than a strip of rows, and a row longer than a strip.
        for ((width, height) in listOf(40 to 5000, 65_535 to 33)) {
            val flat = GreyPicture(width, height, ByteArray(width * height) { 77 })
            assertArrayEquals(IntArray(32 * 32) { 77 }, Shrink.planes(flat, 32).single())
        }
    }

    @Test
    fun growsBetweenNeighbours() {
        val ramp = GreyPicture(2, 1, byteArrayOf(0, 100))
        val row = Shrink.planes(ramp, 4).single().take(4)
        assertEquals(listOf(0, 25, 75, 100), row)
        assertArrayEquals(IntArray(16) { 9 }, Shrink.planes(GreyPicture(1, 1, byteArrayOf(9)), 4).single())
    }

    @Test
    fun channelsKeepTheirPlaces() {
        val pixels = IntArray(40 * 40) { 0x00102030 }
        val planes = Shrink.planes(ArgbPicture(40, 40, pixels), 32)
        assertEquals(listOf(0x10, 0x20, 0x30), planes.map { it.distinct().single() })
    }

    @Test
    fun squareIsTurned() {
        val stored = grey(50, 60)
        for (turn in (1..8).map(Turn::ofExif)) {
            val (width, height) = turn.sizeOf(stored.width, stored.height)
            val upright = ByteArray(width * height) {
                val (x, y) = turn.source(it % width, it / width, stored.width, stored.height)
                stored.levels[y * stored.width + x]
            }
            val expected = lightnessOf(GreyPicture(width, height, upright), 32, null)
            assertArrayEquals("$turn", expected, lightnessOf(stored, 32, null, turn), 0f)
        }
    }

    @Test
    fun badPictures() {
        assertThrows(PictureProblem.Empty::class.java) { lightnessOf(Fake(0, 10), 32, null) }
        assertThrows(PictureProblem.Empty::class.java) { lightnessOf(Fake(10, 0), 32, null) }
        assertThrows(PictureProblem.TooLarge::class.java) { lightnessOf(Fake(20_000, 20_000), 32, null) }
        assertThrows(PictureProblem.TooLarge::class.java) { lightnessOf(Fake(65_536, 1), 32, null) }
        assertThrows(PictureProblem.TooLarge::class.java) {
            lightnessOf(Fake(Int.MAX_VALUE, Int.MAX_VALUE), 32, null)
        }
        assertThrows(PictureProblem.BadArray::class.java) {
            lightnessOf(grey(5, 5), 32, null, into = FloatArray(5))
        }
        assertThrows(PictureProblem.BadArray::class.java) { GreyPicture(5, 5, ByteArray(24)) }
        assertThrows(PictureProblem.BadArray::class.java) { ArgbPicture(5, 5, IntArray(26)) }
    }

    private class Fake(override val width: Int, override val height: Int) : PixelSource {
        override fun readRows(top: Int, rows: Int, into: IntArray) = error("is not read")
    }
}
