package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class ChooseEngineTest {
    private val opened = ArrayList<FakeEngine>()

    private fun choose(wish: AcceleratorWish, gpu: (FloatArray) -> FloatArray): Engine =
        chooseEngine(wish, 8) { kind ->
            val answer = if (kind == AcceleratorKind.CPU) FakeEngine.flat(0.2f) else gpu
            FakeEngine(kind, answer = answer).also(opened::add)
        }

    private fun noGpu(wish: AcceleratorWish): Engine = chooseEngine(wish, 8) { kind ->
        if (kind == AcceleratorKind.GPU) throw EngineProblem.NotLoaded(kind, "no driver")
        FakeEngine(kind, answer = FakeEngine.flat(0.2f)).also(opened::add)
    }

    private fun left(): List<AcceleratorKind> = opened.filterNot { it.closed }.map { it.accelerator }

    @Test
    fun gpuThatAgrees() {
        for (wish in listOf(AcceleratorWish.AUTO, AcceleratorWish.GPU)) {
            opened.clear()
            val engine = choose(wish, FakeEngine.flat(0.209f))
            assertEquals(AcceleratorKind.GPU, engine.accelerator)
            assertNull(engine.note)
            assertEquals(listOf(AcceleratorKind.GPU), left())
            assertEquals("run once before it is given away", 1, opened.last().inputs.size)
        }
    }

    @Test
    fun cpuWhereThereIsNoGpu() {
        val engine = noGpu(AcceleratorWish.AUTO)
        assertEquals(AcceleratorKind.CPU, engine.accelerator)
        assertEquals("no driver", (engine.note as EngineProblem.NotLoaded).reason)
        assertEquals(listOf(AcceleratorKind.CPU), left())
        engine.close()
        assertEquals(emptyList<AcceleratorKind>(), left())
        assertThrows(EngineProblem.Closed::class.java) { engine.run(FloatArray(64)) }
    }

    @Test
    fun gpuOrNothing() {
        assertThrows(EngineProblem.NotLoaded::class.java) { noGpu(AcceleratorWish.GPU) }
        assertEquals(emptyList<AcceleratorKind>(), left())
    }

    @Test
    fun gpuWithOtherColours() {
        for (answer in listOf(FakeEngine.flat(0.25f), FakeEngine.flat(Float.NaN))) {
            opened.clear()
            val engine = choose(AcceleratorWish.AUTO, answer)
            assertEquals(AcceleratorKind.CPU, engine.accelerator)
            assertTrue(engine.note is EngineProblem.OtherColours)
            assertEquals(listOf(AcceleratorKind.CPU), left())
        }
        val problem = assertThrows(EngineProblem.OtherColours::class.java) {
            choose(AcceleratorWish.GPU, FakeEngine.flat(0.25f))
        }
        assertEquals(5.5, problem.distance, 0.01)
        assertEquals(2.2, problem.allowed, 0.01)
        assertTrue(problem.message, "5.5 units" in problem.message)
    }

    @Test
    fun gpuThatFailsAtItsFirstRun() {
        val problem = EngineProblem.RunFailed("lost")
        val engine = choose(AcceleratorWish.AUTO) { throw problem }
        assertEquals(AcceleratorKind.CPU, engine.accelerator)
        assertSame(problem, engine.note)
        assertEquals(listOf(AcceleratorKind.CPU), left())
    }

    @Test
    fun cpuAlone() {
        val engine = choose(AcceleratorWish.CPU) { error("is not asked") }
        assertEquals(AcceleratorKind.CPU, engine.accelerator)
        assertNull(engine.note)
        assertEquals("run once before it is given away", 1, opened.single().inputs.size)
    }

    @Test
    fun cpuThatFailsIsClosed() {
        for (wish in AcceleratorWish.entries) {
            assertThrows(EngineProblem.NotFinite::class.java) {
                chooseEngine(wish, 8) { kind ->
                    FakeEngine(kind) { throw EngineProblem.NotFinite() }.also(opened::add)
                }
            }
            assertEquals(emptyList<AcceleratorKind>(), left())
        }
    }

    @Test
    fun patternHasAllTones() {
        val pattern = pattern(160)
        assertTrue(pattern.all { it in -1f..1f })
        assertTrue(pattern.max() - pattern.min() > 1.2f)
        assertTrue(pattern.toSet().size > 10_000)
    }
}
