package org.tintlite.core

import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * One slot between a camera and the network: the newest frame waits, older ones are dropped. Safe
 * between threads.
 *
 * @param T the kind of frame
 * @param drop called with each frame that will not be taken, to close or reuse it
 */
public class FrameGate<T : Any>(private val drop: (T) -> Unit = {}) : AutoCloseable {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private var waiting: T? = null
    private var closed = false
    private var staleFrames = 0L

    /** How many frames were dropped so far because a newer one came. */
    public val dropped: Long get() = lock.withLock { staleFrames }

    /** Puts a frame into the slot; the frame that waited there is dropped. */
    public fun offer(frame: T) {
        val unwanted = lock.withLock {
            if (closed) return@withLock frame
            val stale = waiting
            if (stale != null) staleFrames++
            waiting = frame
            changed.signalAll()
            stale
        }
        if (unwanted != null) drop(unwanted)
    }

    /** Takes the newest frame, or null at once where there is none. */
    public fun poll(): T? = lock.withLock { takeWaiting() }

    /**
     * Takes the newest frame; waits for one.
     *
     * @return null once the gate is closed
     * @throws InterruptedException the thread was interrupted
     */
    public fun take(): T? = lock.withLock {
        while (waiting == null && !closed) changed.await()
        takeWaiting()
    }

    /** Drops what waits and what comes later; wakes who waits in [take]. */
    override fun close() {
        val rest = lock.withLock {
            closed = true
            changed.signalAll()
            takeWaiting()
        }
        if (rest != null) drop(rest)
    }

    private fun takeWaiting(): T? = waiting.also { waiting = null }
}
