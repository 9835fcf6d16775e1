package org.tintlite.core.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.tintlite.core.PictureProblem

class PicturePlanTest {
    private val heap = 256L shl 20

    @Test
    fun `twelve megapixels are kept whole on a heap of 256 MB`() {
        assertEquals(PicturePlan(1, 4000, 3000), PicturePlan.ofHeap(4000, 3000, heap))
        assertTrue(PicturePlan.ofHeap(3000, 4000, heap).whole)
    }

    @Test
    fun `fifty megapixels are halved there, and kept on a larger heap`() {
        val plan = PicturePlan.ofHeap(8160, 6120, heap)
        assertEquals(PicturePlan(2, 4080, 3060), plan)
        assertFalse(plan.whole)
        assertTrue(PicturePlan.ofHeap(8160, 6120, 1L shl 30).whole)
    }

    @Test
    fun `no plan takes more than a quarter of the heap`() {
        for (megabytes in listOf(48L, 96L, 192L, 256L, 512L)) {
            for ((width, height) in listOf(1 to 1, 640 to 480, 65_535 to 1, 65_535 to 2000, 13_000 to 13_000)) {
                val plan = PicturePlan.ofHeap(width, height, megabytes shl 20)
                val bytes = plan.width.toLong() * plan.height * 4
                assertTrue("$plan on $megabytes MB", bytes <= (megabytes shl 20) / 4)
            }
        }
    }

    @Test
    fun `refuses what has no size or one beyond all decoding`() {
        assertThrows(PictureProblem.Empty::class.java) { PicturePlan.ofHeap(0, 100, heap) }
        assertThrows(PictureProblem.Empty::class.java) { PicturePlan.ofHeap(-1, -1, heap) }
        assertThrows(PictureProblem.TooLarge::class.java) { PicturePlan.ofHeap(60_000, 60_000, heap) }
    }
}
