package org.tintlite.demo

import java.util.concurrent.ExecutionException
import org.tintlite.core.EngineWish
import org.tintlite.core.ModelThread
import org.tintlite.core.Predictor

/**
 * Does some work on the model's thread and waits for it.
 *
 * @throws org.tintlite.core.Problem as the work or the opening of the engine throws it
 */
fun <T> ModelThread.run(wish: EngineWish, work: (Predictor) -> T): T =
    try {
        submit(wish) { _, predictor -> work(predictor) }.get()
    } catch (error: ExecutionException) {
        throw error.cause ?: error
    }
