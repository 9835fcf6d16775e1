package org.tintlite.demo

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ColorSpace
import android.media.ExifInterface
import java.io.File
import java.io.IOException
import org.tintlite.core.Turn
import org.tintlite.core.ui.PhotoProblem
import org.tintlite.core.ui.PicturePlan

/**
 * A photo's pixels, as they are stored in its file.
 *
 * @property bitmap mutable, ARGB_8888, sRGB
 * @property turn how it must be turned to be upright
 * @property plan at which size it was decoded
 * @property width the upright width in the file, in pixels
 * @property height the upright height in the file, in pixels
 */
class DecodedPhoto(
    val bitmap: Bitmap,
    val turn: Turn,
    val plan: PicturePlan,
    val width: Int,
    val height: Int,
)

/** Decodes photos. The size is read and judged before any pixel is. */
object PhotoDecoder {
    /**
     * @param heapBytes what the system grants the app
     * @throws PhotoProblem it is gone, no picture, or too much for the memory left
     * @throws org.tintlite.core.PictureProblem its size is none, or beyond what is decoded at all
     */
    fun decode(file: File, heapBytes: Long): DecodedPhoto {
        if (!file.exists()) throw PhotoProblem.Gone()
        val bounds = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeFile(file.path, bounds)
        if (bounds.outWidth < 0 || bounds.outHeight < 0) throw PhotoProblem.NotAPicture()
        val plan = PicturePlan.ofHeap(bounds.outWidth, bounds.outHeight, heapBytes)
        val options = BitmapFactory.Options().apply {
            inSampleSize = plan.sample
            inMutable = true
            inPreferredConfig = Bitmap.Config.ARGB_8888
            inPreferredColorSpace = ColorSpace.get(ColorSpace.Named.SRGB)
        }
        val bitmap = try {
            BitmapFactory.decodeFile(file.path, options)
        } catch (_: OutOfMemoryError) {
            throw PhotoProblem.NoMemory()
        } ?: throw PhotoProblem.NotAPicture()
        val turn = Turn.ofExif(exifOf(file)?.orientation ?: ExifInterface.ORIENTATION_NORMAL)
        val (width, height) = turn.sizeOf(bounds.outWidth, bounds.outHeight)
        return DecodedPhoto(bitmap, turn, plan, width, height)
    }

    /** A file's EXIF, or null where its format has none that the system reads. */
    fun exifOf(file: File): ExifInterface? =
        try {
            ExifInterface(file.path)
        } catch (_: IOException) {
            null
        } catch (_: RuntimeException) {
            null // damaged EXIF of a hostile file must not cost the picture
        }

    private val ExifInterface.orientation: Int
        get() = getAttributeInt(ExifInterface.TAG_ORIENTATION, ExifInterface.ORIENTATION_NORMAL)
}
