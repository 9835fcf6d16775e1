package org.tintlite.core

/**
 * The median of the last few durations: one slow frame does not move it. Safe between threads.
 *
 * @param window how many durations count
 */
public class MedianMeter(private val window: Int = 31) {
    private val durations = ArrayDeque<Double>()

    init {
        require(window > 0) { "a window of at least one" }
    }

    /** Adds a duration in milliseconds. */
    @Synchronized
    public fun add(milliseconds: Double) {
        if (durations.size == window) durations.removeFirst()
        durations.addLast(milliseconds)
    }

    /** The median in milliseconds, or null before the first duration. */
    @get:Synchronized
    public val median: Double?
        get() {
            if (durations.isEmpty()) return null
            val sorted = durations.sorted()
            val middle = sorted.size / 2
            return if (sorted.size % 2 == 1) sorted[middle] else (sorted[middle - 1] + sorted[middle]) / 2
        }

    /** Forgets all durations, as after another model was chosen. */
    @Synchronized
    public fun clear() {
        durations.clear()
    }
}
