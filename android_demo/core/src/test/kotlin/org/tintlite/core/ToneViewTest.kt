package org.tintlite.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import kotlin.math.abs
import kotlin.random.Random

class ToneViewTest {
    private val view = ToneView(0.01, 0.99, 20.0)

    private fun seen(lightness: FloatArray): FloatArray = lightness.copyOf().also(view::apply)

    /** The contract's words, in double precision and by a full sort. */
    private fun formula(lightness: FloatArray): DoubleArray {
        val ordered = lightness.map(Float::toDouble).sorted()
        val last = ordered.size - 1
        val low = ordered[(0.01 * last + 0.5).toInt()]
        val high = ordered[(0.99 * last + 0.5).toInt()]
        val spread = maxOf(high - low, 20.0)
        return DoubleArray(lightness.size) {
            2 * ((lightness[it] - (low + high) / 2) / spread + 0.5).coerceIn(0.0, 1.0) - 1
        }
    }

    @Test
    fun theFormulaOfTheContract() {
        val random = Random(1)
        for (size in listOf(1, 2, 3, 50, 51, 100, 101, 6400)) {
            // As many different values as pixels, and few that occur often.
            for (step in listOf(0.001f, 7f)) {
                val lightness = FloatArray(size) { (random.nextFloat() * 100 / step).toInt() * step }
                val expected = formula(lightness)
                val found = seen(lightness)
                val off = found.indices.maxOf { abs(found[it] - expected[it]) }
                assertTrue("$size by $step: $off", off < 2e-6)
            }
        }
        for (order in listOf<(Int) -> Float>({ it / 64f }, { 100 - it / 64f }, { abs(it - 3200) / 32f })) {
            val sorted = FloatArray(6400, order)
            val expected = formula(sorted)
            val found = seen(sorted)
            assertTrue(found.indices.all { abs(found[it] - expected[it]) < 2e-6 })
        }
    }

    @Test
    fun greyCardsAreAllTheSame() {
        for (level in 0..255) {
            val card = FloatArray(64) { Colour.lightness(level) }
            assertArrayEquals("level $level", FloatArray(64), seen(card), 0f)
        }
    }

    @Test
    fun fadingChangesNothing() {
        val random = Random(2)
        val lightness = FloatArray(6400) { random.nextFloat() * 100 }
        val faded = FloatArray(6400) { 40 + 0.3f * lightness[it] }
        assertArrayEquals(seen(lightness), seen(faded), 2e-6f)
    }

    @Test
    fun numbersOutOfRange() {
        val bad = listOf(
            Triple(-0.1, 0.99, 20.0), Triple(0.5, 0.5, 20.0), Triple(0.0, 1.1, 20.0),
            Triple(Double.NaN, 0.99, 20.0), Triple(0.01, Double.NaN, 20.0),
            Triple(0.01, 0.99, Double.NaN), Triple(0.01, 0.99, 0.5), Triple(0.01, 0.99, 1e300),
        )
        for ((low, high, leastRange) in bad) {
            assertThrows(IllegalArgumentException::class.java) { ToneView(low, high, leastRange) }
        }
    }
}
