package org.tintlite.core

import org.junit.Assert.assertArrayEquals
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
        assertTrue("${Seen.all.size} seen", Seen.all.size >= 5)
        for (seen in Seen.all) {
            for (role in listOf("grey", "lightness")) {
                val file = seen.file(role)
                assertEquals(file.name, seen.sha256(role), sha256(file.readBytes()))
            }
        }
    }

    @Test
    fun viewsAreThoseOfTheShippedModels() {
        for (vector in Vector.all) {
            val contract = ModelFile.of(Repository.model(vector.model)).contract
            assertEquals(vector.name, contract.view, vector.view)
        }
    }

    @Test
    fun lightnessOfGreyPictures() {
        for (seen in Vector.all + Seen.all) {
            val picture = GreyPicture(seen.width, seen.height, seen.grey)
            assertClose(seen, lightnessOf(picture, seen.inputSize, seen.view))
        }
    }

    @Test
    fun lightnessOfPicturesInColourThatAreGrey() {
        for (seen in Vector.all + Seen.all) {
            assertClose(seen, lightnessOf(argb(seen), seen.inputSize, seen.view))
        }
    }

    @Test
    fun lightnessOfCameraPlanes() {
        for (seen in Vector.all + Seen.all) {
            assertClose(seen, lightnessOf(lyingPlane(seen), seen.inputSize, seen.view))
        }
    }

    @Test
    fun edgeCasesOfTheToneView() {
        val cases = Json.read(Repository.golden("tone.json").readText()) as List<*>
        assertTrue("${cases.size} cases", cases.size >= 15)
        for (case in cases) {
            val values = floats(case, "lightness")
            checkNotNull(toneView((case as Map<*, *>)["view"])).apply(values)
            assertArrayEquals("${case["name"]}", floats(case, "input"), values, 0f)
        }
    }

    private fun floats(value: Any?, key: String): FloatArray =
        numbers(value, key).map(Double::toFloat).toFloatArray()

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

    private fun argb(seen: Seen): ArgbPicture {
        val grey = seen.grey
        val pixels = IntArray(grey.size) { 0x010101 * (grey[it].toInt() and 0xff) or (0x7f shl 24) }
        return ArgbPicture(seen.width, seen.height, pixels)
    }

    /** The picture as a camera gives it that lies on its side, with padding between its pixels. */
    private fun lyingPlane(seen: Seen): YPlane {
        val turn = Turn(Rotation.QUARTER)
        val (planeWidth, planeHeight) = Pair(seen.height, seen.width)
        val rowStride = 2 * planeWidth + 13
        val bytes = ByteBuffer.allocateDirect(rowStride * planeHeight)
        val grey = seen.grey
        for (y in 0 until seen.height) {
            for (x in 0 until seen.width) {
                val (planeX, planeY) = turn.source(x, y, planeWidth, planeHeight)
                bytes.put(planeY * rowStride + 2 * planeX, grey[y * seen.width + x])
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

    private fun assertClose(seen: Seen, found: FloatArray) {
        val expected = seen.lightness
        val off = expected.indices.maxOf { abs(expected[it] - found[it]) }
        assertTrue("$seen: $off", off <= 1e-6f)
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
