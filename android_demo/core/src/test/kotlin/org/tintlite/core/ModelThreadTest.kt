package org.tintlite.core

import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.Collections
import java.util.concurrent.ExecutionException
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit

class ModelThreadTest {
    private val opened = ArrayList<Pair<EngineWish, FakeEngine>>()
    private val cpu = EngineWish("nano", AcceleratorWish.CPU)
    private val broken = EngineWish("broken", AcceleratorWish.CPU)
    private val thread = ModelThread { wish ->
        if (wish == broken) throw ModelProblem.Foreign()
        FakeEngine(AcceleratorKind.CPU, answer = FakeEngine.flat(0.5f)).also { opened.add(wish to it) }
    }
    private val picture = GreyPicture(8, 8, ByteArray(64) { (4 * it).toByte() })

    private fun <T> Future<T>.now(): T = get(30, TimeUnit.SECONDS)

    @After
    fun close() = thread.close()

    @Test
    fun oneEngineForOneWish() {
        repeat(3) { thread.submit(cpu) { engine, _ -> engine.run(FloatArray(64)) }.now() }
        assertEquals(listOf(cpu), opened.map { it.first })
        val gpu = cpu.copy(accelerator = AcceleratorWish.GPU)
        thread.submit(gpu) { _, predictor -> predictor.predict(picture) }.now()
        assertEquals(listOf(cpu, gpu), opened.map { it.first })
        assertTrue("the old one is closed", opened[0].second.closed)
        assertTrue("the new one is not", !opened[1].second.closed)
    }

    @Test
    fun oneThreadOwnsTheModel() {
        val answers = Collections.synchronizedList(ArrayList<Future<FloatArray>>())
        val callers = List(4) {
            Thread { answers.add(thread.submit(cpu) { engine, _ -> engine.run(FloatArray(64)) }) }
        }
        callers.forEach(Thread::start)
        callers.forEach(Thread::join)
        assertEquals(4, answers.map { it.now() }.size)
        thread.close()
        assertThrows(RejectedExecutionException::class.java) { thread.submit(cpu) { _, _ -> } }
        val (_, engine) = opened.single()
        while (!engine.closed) Thread.sleep(1)
        assertEquals(4, engine.inputs.size)
        assertEquals(setOf("tintlite-model"), engine.threads)
        thread.close()
    }

    @Test
    fun problemsAreTold() {
        val refused = assertThrows(ExecutionException::class.java) { thread.submit(broken) { _, _ -> }.now() }
        assertTrue(refused.cause is ModelProblem.Foreign)
        val problem = EngineProblem.NotFinite()
        val failed = assertThrows(ExecutionException::class.java) {
            thread.submit(cpu) { _, _ -> throw problem }.now()
        }
        assertSame(problem, failed.cause)
        assertEquals("and work goes on", 32, thread.submit(cpu) { engine, _ -> engine.run(FloatArray(64)).size }.now())
    }

    @Test
    fun predictions() {
        val prediction = thread.submit(cpu) { _, predictor -> predictor.predict(picture) }.now()
        assertEquals(55f, prediction.ab.a(3, 3), 0f)
        assertTrue(prediction.networkMs > 0)
        val expected = lightnessOf(picture, 8, null)
        assertTrue(opened.single().second.inputs.single().contentEquals(expected))
    }

    @Test
    fun predictionsThroughTheViewOfTheModel() {
        val view = ToneView(0.01, 0.99, 20.0)
        val engine = FakeEngine(AcceleratorKind.CPU, answer = FakeEngine.flat(0.5f)).also { it.view = view }
        Predictor(engine).predict(picture)
        assertTrue(engine.inputs.single().contentEquals(lightnessOf(picture, 8, view)))
        assertTrue(!engine.inputs.single().contentEquals(lightnessOf(picture, 8, null)))
    }

    @Test
    fun predictionsOfLyingPictures() {
        val turn = Turn(Rotation.QUARTER, mirrored = true)
        val slope = FloatArray(32) { it / 32f }
        val engine = FakeEngine(AcceleratorKind.CPU) { slope }
        val found = Predictor(engine).predict(picture, turn).ab
        assertTrue(engine.inputs.single().contentEquals(lightnessOf(picture, 8, null, turn)))
        val (x, y) = turn.source(1, 2, 4, 4)
        assertEquals(AbGrid.ofOutput(slope, 4).a(1, 2), found.a(x, y), 0f)
    }
}
