package org.tintlite.engine.cpu

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.tintlite.core.AcceleratorKind
import org.tintlite.core.AcceleratorWish
import org.tintlite.core.EngineProblem
import org.tintlite.core.EngineWish
import org.tintlite.core.GreyPicture
import org.tintlite.core.ModelThread
import org.tintlite.core.PictureProblem
import org.tintlite.core.Predictor
import org.tintlite.engine.Engines
import org.tintlite.engine.LiteRtEngines
import org.tintlite.engine.MODELS
import org.tintlite.engine.composed
import org.tintlite.engine.largestDifference
import org.tintlite.engine.vectorsOf
import org.tintlite.engine.withoutNumbers
import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.math.abs

/** The app's engine with the shipped models where there is a CPU alone. */
class CpuEngineTest {
    @get:Rule
    internal val engines = Engines()

    @Test
    fun abIsPythons() {
        for (model in MODELS) {
            val engine = engines.open(model, AcceleratorWish.CPU)
            assertEquals(AcceleratorKind.CPU, engine.accelerator)
            assertNull(engine.note)
            for (vector in vectorsOf(model)) {
                val off = largestDifference(vector.ab, engine.run(vector.lightness))
                println("$vector: ab is off by $off at most")
                assertTrue("$vector: $off", off <= 1e-6f)
            }
        }
    }

    @Test
    fun fromGreyToColours() {
        for (model in MODELS) {
            val predictor = Predictor(engines.open(model, AcceleratorWish.CPU))
            for (vector in vectorsOf(model)) {
                val picture = GreyPicture(vector.width, vector.height, vector.grey)
                val found = composed(vector, predictor.predict(picture).ab)
                val expected = vector.rgb
                var equal = 0
                for (i in expected.indices) {
                    val level = (found[i / 3] shr (16 - 8 * (i % 3))) and 0xff
                    val off = abs(level - (expected[i].toInt() and 0xff))
                    assertTrue("$vector: off by $off at $i", off <= 1)
                    if (off == 0) equal++
                }
                println("$vector: ${expected.size - equal} of ${expected.size} levels differ")
                assertTrue("$vector: $equal of ${expected.size}", equal >= 0.999 * expected.size)
            }
        }
    }

    @Test
    fun noGpuIsSaid() {
        val engine = engines.open(MODELS[0], AcceleratorWish.AUTO)
        assertEquals(AcceleratorKind.CPU, engine.accelerator)
        val note = engine.note
        assertTrue("$note", note is EngineProblem.NotLoaded && note.kind == AcceleratorKind.GPU)
        assertThrows(EngineProblem.NotLoaded::class.java) { engines.open(MODELS[0], AcceleratorWish.GPU) }
    }

    @Test
    fun whatIsNoNumberIsRefused() {
        for (wish in AcceleratorWish.entries) {
            assertThrows(EngineProblem.NotFinite::class.java) { engines.open(withoutNumbers(MODELS[0]), wish) }
        }
    }

    @Test
    fun gpuThatEndedTheAppIsLeftAlone() {
        val trial = File(engines.folder, "gpu-trial").also { it.writeText("") }
        repeat(2) {
            val note = engines.open(MODELS[0], AcceleratorWish.AUTO).note
            assertTrue("$note", note is EngineProblem.NotLoaded && "ended the app" in note.reason)
        }
        // Until a person asks for it; and it is survived.
        assertThrows(EngineProblem.NotLoaded::class.java) { engines.open(MODELS[0], AcceleratorWish.GPU) }
        assertEquals(false, trial.exists())
        val note = engines.open(MODELS[0], AcceleratorWish.AUTO).note
        assertTrue("$note", note is EngineProblem.NotLoaded && "ended the app" !in note.reason)
    }

    @Test
    fun wrongUse() {
        val engine = engines.open(MODELS[0], AcceleratorWish.CPU)
        assertThrows(PictureProblem.BadArray::class.java) { engine.run(FloatArray(7)) }
        engine.close()
        engine.close()
        val lightness = FloatArray(engine.inputSize * engine.inputSize)
        assertThrows(EngineProblem.Closed::class.java) { engine.run(lightness) }
    }

    @Test
    fun onTheModelThread() {
        val opener = LiteRtEngines(engines.folder)
        val thread = ModelThread { wish -> opener.open(MODELS.first { it.contract.name == wish.model }, wish.accelerator) }
        for (model in MODELS + MODELS) {
            val wish = EngineWish(model.contract.name, AcceleratorWish.CPU)
            val vector = vectorsOf(model).first()
            repeat(2) {
                val ab = thread.submit(wish) { engine, _ -> engine.run(vector.lightness) }
                assertArrayEquals(vector.ab, ab.get(100, TimeUnit.SECONDS), 1e-6f)
            }
        }
        thread.close()
    }

    @Test
    fun folderHoldsTheModelAtHandAlone() {
        MODELS.forEach { engines.open(it, AcceleratorWish.CPU) }
        assertEquals(listOf("${MODELS.last().sha256}.tflite"), engines.folder.list()!!.toList())
    }

    @Test
    fun folderThatCannotBeMade() {
        val file = File(engines.folder, "file").also { it.writeText("in the way") }
        assertThrows(EngineProblem.NotLoaded::class.java) {
            LiteRtEngines(File(file, "folder")).open(MODELS[0], AcceleratorWish.CPU)
        }
    }
}
