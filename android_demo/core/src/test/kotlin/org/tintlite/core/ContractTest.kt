package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class ContractTest {
    private val fields = mapOf(
        "name" to "\"nano\"", "version" to "\"1.0\"", "input_size" to "160",
        "recipe" to "\"int8_qat\"", "training_set" to "\"photos\"", "licence" to "\"Apache-2.0\"",
        "result" to "{\"psnr_db\": 24, \"cf\": 0.5}", "lightness_scale" to "50.0",
        "ab_scale" to "110.0", "contract_version" to "1", "size" to "\"0\"", "more" to "[null, true]",
    )

    private val second = mapOf(
        "contract_version" to "2", "lightness_scale" to null,
        "view" to "{\"low\": 0.01, \"high\": 0.99, \"least_range\": 20.0}",
    ).toList().toTypedArray()

    private fun json(vararg changes: Pair<String, String?>): ByteArray {
        val values = fields + changes
        return values.filterValues { it != null }
            .map { (name, value) -> "\"$name\": $value" }
            .joinToString(", ", "{", "}").toByteArray()
    }

    @Test
    fun readsAllFields() {
        val contract = Contract.fromJson(json())
        val result = mapOf("psnr_db" to 24.0, "cf" to 0.5)
        val expected = Contract("nano", "1.0", 160, "int8_qat", "photos", "Apache-2.0", result)
        assertEquals(expected, contract)
    }

    @Test
    fun readsTheViewOfVersionTwo() {
        val view = ToneView(0.01, 0.99, 20.0)
        val first = Contract.fromJson(json())
        assertEquals(first.copy(view = view), Contract.fromJson(json(*second)))
        val whole = "{\"more\": 7, \"low\": 0, \"high\": 1, \"least_range\": 20}"
        val read = Contract.fromJson(json(*second, "view" to whole))
        assertEquals(ToneView(0.0, 1.0, 20.0), read.view)
        val named = json("view" to second.last().second)
        assertEquals("version 1 has none", first, Contract.fromJson(named))
    }

    @Test
    fun badViews() {
        val bad = listOf(
            null, "null", "7", "\"0.01\"", "[0.01, 0.99, 20]", "{}", "{\"low\": 0.01, \"high\": 0.99}",
            "{\"low\": \"0.01\", \"high\": 0.99, \"least_range\": 20}",
            "{\"low\": false, \"high\": true, \"least_range\": 20}",
            "{\"low\": 0.01, \"high\": 0.99, \"least_range\": 1e999}",
            "{\"low\": -0.01, \"high\": 0.99, \"least_range\": 20}",
            "{\"low\": 0.99, \"high\": 0.01, \"least_range\": 20}",
            "{\"low\": 0.5, \"high\": 0.5, \"least_range\": 20}",
            "{\"low\": 0.01, \"high\": 1.01, \"least_range\": 20}",
            "{\"low\": 0.01, \"high\": 0.99, \"least_range\": 0}",
            "{\"low\": 0.01, \"high\": 0.99, \"least_range\": 1e-300}",
            "{\"low\": 0.01, \"high\": 0.99, \"least_range\": 1e300}",
        )
        for (view in bad) {
            val problem = assertThrows("$view", ModelProblem.BadContract::class.java) {
                Contract.fromJson(json(*second, "view" to view))
            }
            assertTrue(problem.message, "view" in problem.message)
        }
        for (field in listOf("lightness_scale", "ab_scale")) {
            val changes = if (field == "ab_scale") second else emptyArray()
            assertThrows(field, ModelProblem.BadContract::class.java) {
                Contract.fromJson(json(*changes, field to null))
            }
        }
    }

    @Test
    fun versionIsReadFirst() {
        for (version in listOf("0", "3", "-1", "[1]", "\"1\"", "null", "true", "1.5")) {
            assertThrows(version, ModelProblem.AnotherVersion::class.java) {
                Contract.fromJson(json("contract_version" to version, "name" to null))
            }
        }
        assertThrows(ModelProblem.AnotherVersion::class.java) {
            Contract.fromJson(json("contract_version" to null))
        }
    }

    @Test
    fun badFields() {
        val bad = listOf(
            "name" to null, "name" to "7", "name" to "\"a\\u0007b\"", "name" to "\"a\\u202eb\"",
            "input_size" to "31", "input_size" to "1025", "input_size" to "160.0",
            "input_size" to "true", "input_size" to "99999999999999999999",
            "recipe" to "\"int4\"", "lightness_scale" to "100", "ab_scale" to "\"110\"",
            "result" to "[]", "result" to "{\"a\": \"b\"}", "result" to "{\"a\": 1e999}",
            "result" to "{\"\\n\": 1}",
        )
        for (change in bad) {
            assertThrows("$change", ModelProblem.BadContract::class.java) {
                Contract.fromJson(json(change))
            }
        }
    }

    @Test
    fun notJson() {
        val texts = listOf(
            "", "{", "[]", "7", "{} {}", "{\"a\" 1}", "{\"a\": 01}", "{\"a\": \"\\x\"}", "{'a': 1}",
            "{\"a\": \"\\u12\"}", "{\"a\": nul}", "{\"a\": \"\n\"}", "[".repeat(60_000), "{\"a\":".repeat(9000),
        )
        for (text in texts) {
            assertThrows(text.take(20), ModelProblem.BadContract::class.java) {
                Contract.fromJson(text.toByteArray())
            }
        }
        assertThrows(ModelProblem.BadContract::class.java) { Contract.fromJson(ByteArray(70_000)) }
    }

    @Test
    fun escapes() {
        val contract = Contract.fromJson(json("licence" to "\"a\\\"b\\\\c\\/\\u00e9\""))
        assertEquals("a\"b\\c/é", contract.licence)
    }
}
