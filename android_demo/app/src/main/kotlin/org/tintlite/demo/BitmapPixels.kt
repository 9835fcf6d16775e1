package org.tintlite.demo

import android.graphics.Bitmap
import org.tintlite.core.PixelSink
import org.tintlite.core.PixelSource

/**
 * The pixels of a mutable bitmap, as they are stored. Transparency stays as it is.
 *
 * Rows of its own may be read and written by several threads at once.
 */
class BitmapPixels(private val bitmap: Bitmap) : PixelSource, PixelSink {
    override val width: Int get() = bitmap.width
    override val height: Int get() = bitmap.height

    override fun readRows(top: Int, rows: Int, into: IntArray) {
        bitmap.getPixels(into, 0, width, 0, top, width, rows)
    }

    override fun writeRows(top: Int, rows: Int, from: IntArray) {
        if (bitmap.hasAlpha()) {
            val old = IntArray(rows * width)
            readRows(top, rows, old)
            for (i in old.indices) from[i] = (from[i] and RGB) or (old[i] and RGB.inv())
        }
        bitmap.setPixels(from, 0, width, 0, top, width, rows)
    }

    private companion object {
        const val RGB = 0x00ffffff
    }
}
