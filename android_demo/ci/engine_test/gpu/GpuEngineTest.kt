package org.tintlite.engine.gpu

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.tintlite.core.AcceleratorKind
import org.tintlite.core.AcceleratorWish
import org.tintlite.engine.Engines
import org.tintlite.engine.MODELS
import org.tintlite.engine.distance
import org.tintlite.engine.largestDifference
import org.tintlite.engine.vectorsOf
import java.io.File

/** The app's engine with the shipped models on a GPU: here a driver that computes in software. */
class GpuEngineTest {
    @get:Rule
    internal val engines = Engines()

    @Test
    fun coloursAreThoseOfTheCpu() {
        for (model in MODELS) {
            val engine = engines.open(model, AcceleratorWish.AUTO)
            assertEquals("${engine.note}", AcceleratorKind.GPU, engine.accelerator)
            assertNull(engine.note)
            for (vector in vectorsOf(model)) {
                val found = engine.run(vector.lightness)
                val distance = distance(vector.ab, found)
                val strength = distance(vector.ab, FloatArray(found.size))
                println("$vector: %.2f units of a* and b* off the CPU, of %.1f".format(distance, strength))
                assertTrue("$vector: $distance", distance <= maxOf(1.0, 0.1 * strength))
                // The GPU computes in float what the CPU computes in int8: alike, never the same.
                val off = largestDifference(vector.ab, found)
                assertTrue("$vector: the CPU's very values", off > 1e-6f)
            }
        }
    }

    @Test
    fun gpuAlone() {
        val engine = engines.open(MODELS[0], AcceleratorWish.GPU)
        assertEquals(AcceleratorKind.GPU, engine.accelerator)
        val own = setOf("tflite", "gpu").map { "${MODELS[0].sha256}.$it" }
        assertEquals(own.sorted(), engines.folder.list()!!.sorted())
    }

    @Test
    fun whatTheDriverCompiledIsKeptForTheNextStart() {
        val model = MODELS[0]
        val lightness = vectorsOf(model).first().lightness
        val first = engines.open(model, AcceleratorWish.GPU).run(lightness)
        val folder = File(engines.folder, "${model.sha256}.gpu")
        val file = folder.listFiles()!!.single()
        assertTrue("${file.length()} bytes", file.length() > 1000)
        val made = file.lastModified()
        assertArrayEquals(first, engines.open(model, AcceleratorWish.GPU).run(lightness), 0f)
        assertEquals("made anew", made, file.lastModified())
        // A driver that ended the app may have done so by what was kept.
        File(engines.folder, "gpu-trial").writeText("")
        file.writeText("damaged")
        assertArrayEquals(first, engines.open(model, AcceleratorWish.GPU).run(lightness), 0f)
        assertTrue("${file.length()} bytes", file.length() > 1000)
        // Another model's goes.
        engines.open(MODELS[1], AcceleratorWish.CPU)
        assertFalse(folder.exists())
    }
}
