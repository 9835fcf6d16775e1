package org.tintlite.core.ui

/**
 * A size of camera frames, in pixels.
 *
 * @property width along the sensor's rows
 * @property height across them
 */
public data class PreviewSize(val width: Int, val height: Int) {
    private val pixels: Long get() = width.toLong() * height

    public companion object {
        /** Above this the joining of colours, not the network, would set the pace. */
        public const val MAX_PIXELS: Long = 1280L * 720

        /**
         * The largest size of at most [MAX_PIXELS]; of equally large ones the one nearest to 4:3,
         * which uses most of a sensor. Where all are larger, the smallest.
         *
         * @return null when there is none at all
         */
        public fun choose(sizes: List<PreviewSize>): PreviewSize? {
            val usable = sizes.filter { it.width > 0 && it.height > 0 }
            return usable.filter { it.pixels <= MAX_PIXELS }
                .maxWithOrNull(compareBy({ it.pixels }, { -it.fromFourByThree() }))
                ?: usable.minByOrNull { it.pixels }
        }

        private fun PreviewSize.fromFourByThree(): Long = Math.abs(3L * width - 4L * height)
    }
}
