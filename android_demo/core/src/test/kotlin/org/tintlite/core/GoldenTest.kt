package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.nio.ByteBuffer
import kotlin.math.abs
import kotlin.math.roundToInt

/** What Python made of the golden pictures (tests/golden), Kotlin makes too. */
class GoldenTest {
    @Test
    fun filesAreTheOnesOfTheManifest() {
        assertTrue("${Vector.all.size} vectors", Vector.all.size >= 10)
        for (vector in Vector.all) {
            for (role in listOf("grey", "lightness", "ab", "rgb")) {
                val file = vector.file(role)
                assertEquals(file.name, vector.sha256(role), sha256(file.readBytes()))
            }
        }
    }

    @Test
    fun lightnessOfGreyPictures() {
        for (vector in Vector.all) {
            val picture = GreyPicture(vector.width, vector.height, vector.grey)
            assertClose(vector, vector.lightness, lightnessOf(picture, vector.inputSize))
        }
    }

    @Test
    fun lightnessOfPicturesInColourThatAreGrey() {
        for (vector in Vector.all) {
            assertClose(vector, vector.lightness, lightnessOf(argb(vector), vector.inputSize))
        }
    }

    @Test
    fun lightnessOfCameraPlanes() {
        for (vector in Vector.all) {
            val plane = lyingPlane(vector)
            assertClose(vector, vector.lightness, lightnessOf(plane, vector.inputSize))
        }
    }

    @Test
    fun coloursOfGreyPictures() {
        for (vector in Vector.all) {
            val picture = GreyPicture(vector.width, vector.height, vector.grey)
            assertSameColours(vector, compose(vector, picture))
        }
    }

    @Test
    fun coloursOfPicturesInColourThatAreGrey() {
        for (vector in Vector.all) assertSameColours(vector, compose(vector, argb(vector)))
    }

    @Test
    fun lightnessOfGreyLevels() {
        val expected = Json.read(Repository.golden("lightness.json").readText()) as List<*>
        assertEquals(256, expected.size)
        for ((level, lightness) in expected.withIndex()) {
            val found = Colour.lightness(level).toDouble()
            // A unit of the last place of float32 at 100 is 8e-6.
            assertEquals("level $level", (lightness as JsonNumber).double, found, 1.6e-5)
        }
    }

    @Test
    fun coloursOfLab() {
        val colours = Json.read(Repository.golden("lab.json").readText()) as List<*>
        assertTrue("${colours.size} colours", colours.size >= 200)
        var equal = 0
        for (colour in colours) {
            val (l, a, b) = numbers(colour, "lab")
            val expected = numbers(colour, "rgb").map { it.roundToInt() }
            val argb = Colour.toArgb(Lab(l.toFloat(), a.toFloat(), b.toFloat()))
            val found = listOf(argb shr 16, argb shr 8, argb).map { it and 0xff }
            for ((one, other) in expected.zip(found)) {
                assertTrue("$colour is not $found", abs(one - other) <= 1)
                if (one == other) equal++
            }
        }
        assertTrue("$equal equal", equal >= 0.99 * 3 * colours.size)
    }

    private fun numbers(colour: Any?, key: String): List<Double> =
        ((colour as Map<*, *>)[key] as List<*>).map { (it as JsonNumber).double }

    private fun argb(vector: Vector): ArgbPicture {
        val grey = vector.grey
        val pixels = IntArray(grey.size) { 0x010101 * (grey[it].toInt() and 0xff) or (0x7f shl 24) }
        return ArgbPicture(vector.width, vector.height, pixels)
    }

    /** The picture as a camera gives it that lies on its side, with padding between its pixels. */
    private fun lyingPlane(vector: Vector): YPlane {
        val turn = Turn(Rotation.QUARTER)
        val (planeWidth, planeHeight) = Pair(vector.height, vector.width)
        val rowStride = 2 * planeWidth + 13
        val bytes = ByteBuffer.allocateDirect(rowStride * planeHeight)
        val grey = vector.grey
        for (y in 0 until vector.height) {
            for (x in 0 until vector.width) {
                val (planeX, planeY) = turn.source(x, y, planeWidth, planeHeight)
                bytes.put(planeY * rowStride + 2 * planeX, grey[y * vector.width + x])
            }
        }
        return YPlane(bytes, planeWidth, planeHeight, rowStride, 2, turn = turn)
    }

    private fun compose(vector: Vector, source: PixelSource): IntArray {
        val ab = AbGrid.ofOutput(vector.ab, vector.outputSize)
        val result = ArgbPicture(vector.width, vector.height, IntArray(vector.width * vector.height))
        Composer(ab, vector.width, vector.height, vector.saturation).compose(source, result)
        return result.pixels
    }

    private fun assertClose(vector: Vector, expected: FloatArray, found: FloatArray) {
        val off = expected.indices.maxOf { abs(expected[it] - found[it]) }
        assertTrue("$vector: $off", off <= 1e-6f)
    }

    private fun assertSameColours(vector: Vector, found: IntArray) {
        val expected = vector.rgb
        var equal = 0
        for (i in found.indices) {
            assertEquals(0xff, found[i] ushr 24)
            for (channel in 0..2) {
                val level = (found[i] shr (16 - 8 * channel)) and 0xff
                val off = abs(level - (expected[3 * i + channel].toInt() and 0xff))
                assertTrue("$vector: off by $off at $i", off <= 1)
                if (off == 0) equal++
            }
        }
        assertTrue("$vector: $equal of ${expected.size} equal", equal >= 0.999 * expected.size)
    }
}
