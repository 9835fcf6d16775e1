package org.tintlite.core.ui

import org.tintlite.core.PictureProblem
import org.tintlite.core.checkPictureSize

/**
 * At which size a picture is decoded, so that it fits the memory of the device.
 *
 * @property sample every how many pixels, a power of two: `BitmapFactory.Options.inSampleSize`
 * @property width the stored width that comes of it, in pixels; a decoder may round up
 * @property height the stored height that comes of it, in pixels; a decoder may round up
 */
public data class PicturePlan(val sample: Int, val width: Int, val height: Int) {
    /** Whether every pixel of the picture is kept. */
    public val whole: Boolean get() = sample == 1

    public companion object {
        private const val BYTES_PER_PIXEL = 4

        /**
         * The plan for a picture that is coloured and saved.
         *
         * One bitmap of it lives at a time, beside strips and the network: a quarter of the heap
         * that the system grants an app is left for it, which is 16 megapixels of 256 MB.
         *
         * @param heapBytes what `ActivityManager.getMemoryClass` grants, in bytes
         * @throws PictureProblem the size is none, or beyond what is decoded at all
         */
        public fun ofHeap(width: Int, height: Int, heapBytes: Long): PicturePlan {
            checkPictureSize(width, height)
            val pixels = maxOf(1, heapBytes / 4 / BYTES_PER_PIXEL)
            var plan = PicturePlan(1, width, height)
            while (plan.width.toLong() * plan.height > pixels) {
                val sample = plan.sample * 2
                plan = PicturePlan(sample, maxOf(1, width / sample), maxOf(1, height / sample))
            }
            return plan
        }
    }
}
