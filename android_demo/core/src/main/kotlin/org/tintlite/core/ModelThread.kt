package org.tintlite.core

import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.Future

/** Which engine some work needs. */
public data class EngineWish(val model: String, val accelerator: AcceleratorWish)

/**
 * The one thread that owns the model: engines are opened, run and closed on it and nowhere else.
 *
 * @param open opens the engine of a wish; called on the thread, and again only for another wish
 */
public class ModelThread(private val open: (EngineWish) -> Engine) : AutoCloseable {
    private val thread: ExecutorService = Executors.newSingleThreadExecutor { work ->
        Thread(work, "tintlite-model").apply { isDaemon = true }
    }
    private var wish: EngineWish? = null
    private var engine: Engine? = null
    private var predictor: Predictor? = null

    /**
     * Does some work with the engine of a wish, after all work that was submitted before.
     *
     * @return gives what the work gives; where the engine cannot be opened, or the work throws,
     *   `get` throws an `ExecutionException` with that as its cause
     * @throws java.util.concurrent.RejectedExecutionException after [close]
     */
    public fun <T> submit(wish: EngineWish, work: (Engine, Predictor) -> T): Future<T> =
        thread.submit<T> {
            ready(wish)
            work(checkNotNull(engine), checkNotNull(predictor))
        }

    /** Ends after the work at hand: the engine is closed on its thread, later work is refused. */
    override fun close() {
        if (thread.isShutdown) return
        thread.execute(::closeEngine)
        thread.shutdown()
    }

    private fun ready(wish: EngineWish) {
        if (this.wish == wish && engine != null) return
        closeEngine()
        val opened = open(wish)
        engine = opened
        predictor = Predictor(opened)
        this.wish = wish
    }

    private fun closeEngine() {
        engine?.close()
        engine = null
        predictor = null
        wish = null
    }
}
