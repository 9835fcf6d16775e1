package org.tintlite.core

import kotlin.math.floor

/**
 * What a network of contract 2 is shown of a picture's lightness: its levels stretched, as
 * `edge_runtime/model/tone.py`, in the same float32 arithmetic. The picture keeps its own lightness.
 *
 * @property low the part of the pixels below the level that becomes -1
 * @property high the part of the pixels below the level that becomes 1
 * @property leastRange the least distance of the two levels, in L*
 * @throws IllegalArgumentException not 0 <= low < high <= 1, or a least range that is not 1 to 100
 */
public data class ToneView(val low: Double, val high: Double, val leastRange: Double) {
    init {
        require(0 <= low && low < high && high <= 1 && leastRange in 1.0..100.0) {
            "a tone view has 0 <= low < high <= 1 and a least range of 1 to 100"
        }
    }

    /**
     * Turns the lightness of a whole picture into the network's input, in place.
     *
     * @param lightness L*, 0..100, of at least one pixel; becomes -1..1
     */
    public fun apply(lightness: FloatArray) {
        val ordered = lightness.copyOf()
        val darkest = level(ordered, low)
        val brightest = level(ordered, high)
        val centre = (darkest + brightest) * 0.5f
        val spread = maxOf(brightest - darkest, leastRange.toFloat())
        for (i in lightness.indices) {
            val stretched = (lightness[i] - centre) / spread + 0.5f
            lightness[i] = 2 * stretched.coerceIn(0f, 1f) - 1
        }
    }

    private fun level(values: FloatArray, part: Double): Float =
        select(values, floor(part * (values.size - 1) + 0.5).toInt())
}

/** The value that would be at [place] if all were sorted (Hoare's FIND); reorders [values]. */
private fun select(values: FloatArray, place: Int): Float {
    var left = 0
    var right = values.size - 1
    while (left < right) {
        val middle = values[(left + right) ushr 1]
        var up = left
        var down = right
        while (up <= down) {
            while (values[up] < middle) up++
            while (values[down] > middle) down--
            if (up <= down) {
                val value = values[up]
                values[up++] = values[down]
                values[down--] = value
            }
        }
        if (place <= down) right = down else if (place >= up) left = up else return values[place]
    }
    return values[place]
}
