package org.tintlite.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.atomic.AtomicInteger
import kotlin.math.abs
import kotlin.math.cos
import kotlin.math.floor
import kotlin.math.pow
import kotlin.math.sin
import kotlin.random.Random

class ComposerTest {
    private fun ab(size: Int, strength: Float = 0.5f): AbGrid {
        val random = Random(size)
        return AbGrid.ofOutput(FloatArray(2 * size * size) { (random.nextFloat() - 0.5f) * 2 * strength }, size)
    }

    private fun colours(width: Int, height: Int): ArgbPicture {
        val random = Random(7)
        return ArgbPicture(width, height, IntArray(width * height) { random.nextInt() })
    }

    private fun composed(source: PixelSource, ab: AbGrid, threads: Int = 1, saturation: Float = 1f): IntArray {
        val result = ArgbPicture(source.width, source.height, IntArray(source.width * source.height))
        Composer(ab, source.width, source.height, saturation).compose(source, result, threads)
        return result.pixels
    }

    @Test
    fun withoutColourAllIsGreyAsItWas() {
        val levels = ByteArray(256) { it.toByte() }
        val none = AbGrid.ofOutput(FloatArray(2 * 4 * 4), 4)
        val found = composed(GreyPicture(256, 1, levels), none)
        assertArrayEquals(IntArray(256) { (0xff shl 24) or (0x010101 * it) }, found)
        val muted = composed(GreyPicture(256, 1, levels), ab(4), saturation = 0f)
        assertArrayEquals(found, muted)
    }

    @Test
    fun formulasInDoublePrecision() {
        val (width, height, size) = Triple(37, 23, 5)
        val picture = colours(width, height)
        val ab = ab(size)
        for (saturation in listOf(0.3f, 1.5f, 3f)) {
            val found = composed(picture, ab, saturation = saturation)
            val outside = mutableListOf<Double>()
            for (y in 0 until height) {
                for (x in 0 until width) {
                    val a = saturation * bilinear(x, y, width, height, size, ab::a)
                    val b = saturation * bilinear(x, y, width, height, size, ab::b)
                    val expected = rgb(picture.pixels[y * width + x], a, b)
                    val inside = linearRgb(picture.pixels[y * width + x], a, b).all { it in 0.0..1.0 }
                    for (channel in 0..2) {
                        val level = (found[y * width + x] shr (16 - 8 * channel)) and 0xff
                        val off = abs(level - expected[channel])
                        if (inside) assertTrue("$x, $y", off <= 0.54) else outside += off
                    }
                }
            }
            // Where red, green or blue is near 0, a little chroma is many levels of it.
            outside.sort()
            if (saturation > 1) assertTrue("${outside.size} outside", outside.size > 100)
            if (outside.isNotEmpty()) assertTrue(outside[outside.size * 95 / 100] <= 1)
        }
    }

    @Test
    fun lightnessAndHueAreKeptOutOfGamut() {
        val levels = ByteArray(256) { it.toByte() }
        for (degrees in 0 until 360 step 12) {
            val a = cos(Math.toRadians(degrees.toDouble()))
            val b = sin(Math.toRadians(degrees.toDouble()))
            val far = AbGrid.ofOutput(floatArrayOf(a.toFloat(), b.toFloat()), 1)
            val found = composed(GreyPicture(256, 1, levels), far, saturation = 2f)
            assertEquals(0xff000000.toInt(), found[0])
            assertEquals(0xffffffff.toInt(), found[255])
            for (level in 0..255) {
                val lab = found[level].let { Colour.toLab((it shr 16) and 0xff, (it shr 8) and 0xff, it and 0xff) }
                assertEquals("$degrees degrees, $level", Colour.lightness(level), lab.l, 0.6f)
                val across = a * lab.b - b * lab.a
                // Half a level of blue is 2.5 units of b* where it is dark.
                assertTrue("$degrees degrees, $level: $across", abs(across) <= 3)
            }
            assertTrue("$degrees degrees: no colour", found.any { (it and 0xff) != ((it shr 16) and 0xff) })
        }
    }

    @Test
    fun stripsAndThreadsChangeNothing() {
        // 300 columns: strips of 218 rows, the last one shorter.
        val picture = colours(300, 700)
        val ab = ab(20)
        val whole = composed(picture, ab)
        assertArrayEquals(whole, composed(picture, ab, threads = 3))
        for (y in listOf(0, 217, 218, 436, 699)) {
            val row = ArgbPicture(300, 1, picture.pixels.copyOfRange(y * 300, (y + 1) * 300))
            val placed = object : PixelSource {
                override val width = 300
                override val height = 700

                override fun readRows(top: Int, rows: Int, into: IntArray) {
                    for (i in 0 until rows) row.pixels.copyInto(into, i * 300)
                }
            }
            val found = composed(placed, ab)
            assertArrayEquals(whole.copyOfRange(y * 300, (y + 1) * 300), found.copyOfRange(y * 300, (y + 1) * 300))
        }
    }

    @Test
    fun greyAndColourPathsAgree() {
        val levels = Random(3).nextBytes(90 * 70)
        val pixels = IntArray(levels.size) { 0x010101 * (levels[it].toInt() and 0xff) }
        val ab = ab(10)
        assertArrayEquals(
            composed(GreyPicture(90, 70, levels), ab),
            composed(ArgbPicture(90, 70, pixels), ab),
        )
    }

    @Test
    fun thinPictures() {
        for ((width, height) in listOf(1 to 1, 1 to 500, 500 to 1, 3 to 2)) {
            val found = composed(colours(width, height), ab(80))
            assertTrue(found.all { it ushr 24 == 0xff })
        }
    }

    @Test
    fun twelveMegapixelsInPlace() {
        // The tests run on a heap of 256 MB, as a phone gives: 48 MB of it are the picture itself.
        val heap = Runtime.getRuntime().maxMemory()
        assertTrue("a heap of $heap bytes proves nothing", heap <= 256L * 1024 * 1024)
        val picture = colours(4000, 3000)
        val before = picture.pixels[123_456]
        val rows = AtomicInteger()
        Composer(ab(80), 4000, 3000).compose(picture, picture, threads = 2) { rows.set(it) }
        assertEquals(3000, rows.get())
        assertTrue(before != picture.pixels[123_456])
        val lightness = lightnessOf(picture, 160, null)
        assertTrue(lightness.all { it in -1f..1f })
    }

    @Test
    fun stopsWhenAsked() {
        val picture = colours(1000, 1000)
        val steps = ArrayList<Int>()
        Composer(ab(8), 1000, 1000).compose(
            picture,
            ArgbPicture(1000, 1000, IntArray(1_000_000)),
            stop = { steps.size == 2 },
            progress = { steps.add(it) },
        )
        assertEquals(listOf(65, 130), steps)
    }

    @Test
    fun problemsOfThreadsAreTold() {
        val problem = IllegalStateException("the disk is full")
        val failing = object : PixelSink {
            override fun writeRows(top: Int, rows: Int, from: IntArray) = throw problem
        }
        val found = assertThrows(IllegalStateException::class.java) {
            Composer(ab(8), 1000, 1000).compose(colours(1000, 1000), failing, threads = 2)
        }
        assertSame(problem, found)
    }

    @Test
    fun badInput() {
        val grid = ab(8)
        assertThrows(PictureProblem.Empty::class.java) { Composer(grid, 0, 5) }
        assertThrows(PictureProblem.TooLarge::class.java) { Composer(grid, 60_000, 60_000) }
        for (saturation in listOf(-0.1f, 3.1f, Float.NaN)) {
            assertThrows(IllegalArgumentException::class.java) { Composer(grid, 5, 5, saturation) }
        }
        val picture = colours(6, 5)
        assertThrows(PictureProblem.BadArray::class.java) { Composer(grid, 5, 5).compose(picture, picture) }
        for (bad in listOf(Float.NaN, Float.POSITIVE_INFINITY)) {
            val output = FloatArray(2 * 8 * 8).also { it[77] = bad }
            assertThrows(EngineProblem.NotFinite::class.java) { AbGrid.ofOutput(output, 8) }
        }
        assertThrows(PictureProblem.BadArray::class.java) { AbGrid.ofOutput(FloatArray(7), 8) }
    }

    @Test
    fun outputIsClipped() {
        val grid = AbGrid.ofOutput(floatArrayOf(-7f, 0.5f), 1)
        assertEquals(-110f, grid.a(0, 0), 0f)
        assertEquals(55f, grid.b(0, 0), 0f)
    }

    private fun bilinear(x: Int, y: Int, width: Int, height: Int, size: Int, value: (Int, Int) -> Float): Double {
        fun centre(i: Int, n: Int) = ((i + 0.5) * size / n - 0.5).coerceIn(0.0, size - 1.0)
        val (cx, cy) = Pair(centre(x, width), centre(y, height))
        val (x0, y0) = Pair(floor(cx).toInt(), floor(cy).toInt())
        val (x1, y1) = Pair(minOf(x0 + 1, size - 1), minOf(y0 + 1, size - 1))
        val (px, py) = Pair(cx - x0, cy - y0)
        return (value(x0, y0) * (1 - px) + value(x1, y0) * px) * (1 - py) +
            (value(x0, y1) * (1 - px) + value(x1, y1) * px) * py
    }

    /** Levels before rounding, by the formulas of tests/golden/README.md, the share by halving. */
    private fun rgb(pixel: Int, a: Double, b: Double): List<Double> {
        fun held(share: Double) = linearRgb(pixel, share * a, share * b).all { it > -1e-9 && it < 1 + 1e-9 }
        var inside = if (held(1.0)) 1.0 else 0.0
        var outside = 1.0
        repeat(40) {
            val share = (inside + outside) / 2
            if (held(share)) inside = share else outside = share
        }
        return linearRgb(pixel, inside * a, inside * b).map { encode(it.coerceIn(0.0, 1.0)) * 255 }
    }

    private fun linearRgb(pixel: Int, a: Double, b: Double): List<Double> {
        val m = listOf(
            listOf(0.412453, 0.357580, 0.180423),
            listOf(0.212671, 0.715160, 0.072169),
            listOf(0.019334, 0.119193, 0.950227),
        )
        val linear = listOf(16, 8, 0).map { linear(((pixel shr it) and 0xff) / 255.0) }
        val y = (0..2).sumOf { m[1][it] * linear[it] }
        val fy = if (y > 216 / 24389.0) Math.cbrt(y) else (24389 / 27.0 * y + 16) / 116
        fun undo(f: Double) = if (f > 6 / 29.0) f.pow(3) else (116 * f - 16) * 27 / 24389
        val xyz = listOf(undo(fy + a / 500), y, undo(fy - b / 200)).mapIndexed { row, value -> value * m[row].sum() }
        return solve(m, xyz)
    }

    private fun linear(e: Double) = if (e <= 0.04045) e / 12.92 else ((e + 0.055) / 1.055).pow(2.4)

    private fun encode(v: Double) = if (v <= 0.0031308) v * 12.92 else 1.055 * v.pow(1 / 2.4) - 0.055

    /** Cramer's rule. */
    private fun solve(m: List<List<Double>>, v: List<Double>): List<Double> {
        fun determinant(m: List<List<Double>>): Double =
            m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
        return (0..2).map { column ->
            determinant(m.mapIndexed { row, line -> line.mapIndexed { i, value -> if (i == column) v[row] else value } }) /
                determinant(m)
        }
    }
}
