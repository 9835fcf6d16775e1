package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

class SettingsTest {
    private val models = listOf("nano", "standard")

    @Test
    fun storedValues() {
        val expected = Settings("nano", 1.5f, AcceleratorWish.CPU)
        assertEquals(expected, Settings.of("nano", 1.5f, "CPU", models))
    }

    @Test
    fun whatIsNotUsableBecomesTheDefault() {
        assertEquals(Settings(), Settings.of(null, null, null, models))
        assertEquals(Settings(), Settings.of("../etc", Float.NaN, "TPU", models))
        assertEquals(Settings(), Settings.of("", -1f, "cpu", models))
        assertThrows(IllegalArgumentException::class.java) { Settings(saturation = 3.5f) }
    }
}
