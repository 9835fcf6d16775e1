package org.tintlite.engine.none

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.tintlite.core.AcceleratorKind
import org.tintlite.core.AcceleratorWish
import org.tintlite.core.EngineProblem
import org.tintlite.engine.Engines
import org.tintlite.engine.MODELS

/** The app where LiteRT's native library is missing: a message, not the end of the app. */
class NoLibraryTest {
    @get:Rule
    internal val engines = Engines()

    @Test
    fun isSaid() {
        // The class that loads the library fails in another way the second time.
        for (wish in AcceleratorWish.entries + AcceleratorWish.entries) {
            val problem = assertThrows(EngineProblem.NotLoaded::class.java) { engines.open(MODELS[0], wish) }
            assertEquals(AcceleratorKind.CPU, problem.kind)
            assertTrue(problem.message, "native library is missing" in problem.message)
        }
    }
}
