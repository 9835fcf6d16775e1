package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.io.IOException
import java.io.InputStream
import kotlin.random.Random

class ModelFileTest {
    private val nano = Repository.model("nano")

    @Test
    fun shippedModels() {
        val sums = File(Repository.root, "edge_runtime/models/SHA256SUMS").readLines()
        assertEquals(2, sums.size)
        for (line in sums) {
            val (sha256, file) = line.split(Regex("\\s+\\*?"))
            val model = ModelFile.of(Repository.model(file.removeSuffix(".tflite")))
            assertEquals(sha256, model.sha256)
            assertEquals(file.removeSuffix(".tflite"), model.contract.name)
            assertEquals(model.inputSize / 2, model.outputSize)
            assertTrue(model.contract.recipe, model.contract.recipe.startsWith("int8"))
            assertTrue(model.contract.licence.isNotEmpty())
            assertTrue(model.contract.result.isNotEmpty())
        }
    }

    @Test
    fun readsStreams() {
        assertEquals(nano.size, ModelFile.read(nano.inputStream()).size)
        assertTrue(nano.contentEquals(ModelFile.of(nano).copyBytes()))
    }

    @Test
    fun unreadable() {
        val broken = object : InputStream() {
            override fun read(): Int = throw IOException("no more")
        }
        val problem = assertThrows(ModelProblem.Unreadable::class.java) { ModelFile.read(broken) }
        assertEquals("no more", problem.reason)
    }

    @Test
    fun endlessStream() {
        val endless = object : InputStream() {
            override fun read(): Int = 0

            override fun read(into: ByteArray, start: Int, length: Int): Int = length
        }
        assertThrows(ModelProblem.TooLarge::class.java) { ModelFile.read(endless) }
    }

    @Test
    fun foreign() {
        for (bytes in listOf(ByteArray(0), ByteArray(7), ByteArray(5000), "PK\u0003\u0004 a zip".toByteArray())) {
            assertThrows(ModelProblem.Foreign::class.java) { ModelFile.of(bytes) }
        }
    }

    @Test
    fun truncated() {
        for (size in listOf(8, 9, 60, 1000, nano.size / 2, nano.size - 1)) {
            assertThrows("$size bytes", ModelProblem.Truncated::class.java) {
                ModelFile.of(nano.copyOf(size))
            }
        }
        assertThrows(ModelProblem.Truncated::class.java) { ModelFile.of(nano + 0) }
    }

    @Test
    fun withoutContract() {
        val renamed = replaced(nano, METADATA_NAME, "SOMEONE_CONTRACT!")
        assertThrows(ModelProblem.WithoutContract::class.java) { ModelFile.of(renamed) }
    }

    @Test
    fun stripped() {
        for (member in listOf("\"size\": ", "\"sha256\": ")) {
            val without = replaced(nano, member, member.replace("s", "S"))
            assertThrows(ModelProblem.WithoutSeal::class.java) { ModelFile.of(without) }
        }
    }

    @Test
    fun edited() {
        val random = Random(4)
        repeat(20) {
            val at = random.nextInt(nano.size / 4, nano.size - 4)
            val changed = nano.copyOf().also { it[at] = (it[at] + 1).toByte() }
            assertThrows("byte $at", ModelProblem::class.java) { ModelFile.of(changed) }
        }
        val recipe = replaced(nano, "\"int8_qat\"", "\"int8_ptq\"")
        assertThrows(ModelProblem.Edited::class.java) { ModelFile.of(recipe) }
    }

    @Test
    fun anotherVersion() {
        val own = if (ModelFile.of(nano).contract.view == null) 1 else 2
        val newer = sealed(replaced(nano, "\"contract_version\": $own", "\"contract_version\": 7"))
        val problem = assertThrows(ModelProblem.AnotherVersion::class.java) { ModelFile.of(newer) }
        assertEquals("7", problem.found)
    }

    @Test
    fun anotherNetwork() {
        val other = sealed(replaced(nano, "\"input_size\": 160", "\"input_size\": 192"))
        assertThrows(ModelProblem.AnotherNetwork::class.java) { ModelFile.of(other) }
    }

    @Test
    fun badContract() {
        val bad = mapOf(
            "\"input_size\": 160" to "\"input_size\": 1e9",
            "\"int8_qat\"" to "\"int8_qax\"",
            "\"ab_scale\": 110.0" to "\"ab_scale\": 100.0",
            "\"name\": \"nano\"" to "\"name\": \"na\\n\"",
            "\"licence\": " to "\"license\": ",
            "\"result\": {" to "\"result\": [",
        )
        for ((old, new) in bad) {
            assertThrows(new, ModelProblem.BadContract::class.java) {
                ModelFile.of(sealed(replaced(nano, old, new)))
            }
        }
    }

    @Test
    fun hostileTables() {
        // Whatever the tables say, and even sealed: a typed refusal, or the file as it was.
        val random = Random(8)
        val start = String(nano, Charsets.ISO_8859_1).indexOf(METADATA_NAME)
        val places = (0 until 64) + (maxOf(start - 300, 64) until start + 60) + (nano.size - 600 until nano.size)
        repeat(4000) {
            val changed = nano.copyOf()
            repeat(random.nextInt(1, 4)) {
                changed[places.random(random)] = HOSTILE.random(random)
            }
            try {
                ModelFile.of(if (it % 2 == 0) changed else resealed(changed))
            } catch (_: ModelProblem) {
            }
        }
    }

    private fun resealed(model: ByteArray): ByteArray =
        try {
            sealed(model)
        } catch (_: ModelProblem) {
            model
        }

    private companion object {
        val HOSTILE = listOf<Byte>(0, 1, 4, 0x7f, -1, -128, -4)

        fun replaced(model: ByteArray, old: String, new: String): ByteArray {
            require(old.length == new.length)
            val at = String(model, Charsets.ISO_8859_1).indexOf(old)
            require(at >= 0) { "no $old" }
            return model.copyOf().also { new.toByteArray(Charsets.ISO_8859_1).copyInto(it, at) }
        }
    }
}
