package org.tintlite.demo

import android.graphics.Bitmap
import android.graphics.Matrix
import android.media.ExifInterface
import java.io.File
import java.io.IOException
import org.tintlite.core.Turn
import org.tintlite.core.ui.PhotoProblem
import org.tintlite.core.ui.matrix

/** Writes coloured pictures: JPEG, or PNG where the picture has transparency. */
object PhotoEncoder {
    /** The type of a file of hints. */
    const val HINTS_TYPE: String = "application/json"

    private const val JPEG_QUALITY = 95

    /** The ending of the name of a bitmap's file. */
    fun extensionOf(bitmap: Bitmap): String = if (bitmap.hasAlpha()) "png" else "jpg"

    /** The type of a file that is saved or shared, by the ending of its name. */
    fun typeOf(name: String): String = when (name.substringAfterLast('.')) {
        "png" -> "image/png"
        "json" -> HINTS_TYPE
        else -> "image/jpeg"
    }

    /**
     * Writes a bitmap upright: a JPEG says by EXIF how it is turned, and takes along what the
     * original's EXIF says of time and camera; a PNG is turned.
     *
     * @param bitmap as it is stored, to be turned by [turn]
     * @param original the file whose EXIF is taken over, or null
     * @throws PhotoProblem.Unwritable it cannot be written; nothing is left behind
     */
    fun write(bitmap: Bitmap, turn: Turn, original: File?, file: File) {
        try {
            if (bitmap.hasAlpha()) {
                val upright = upright(bitmap, turn)
                writeWhole(file) { upright.compressOrThrow(Bitmap.CompressFormat.PNG, 100, it) }
            } else {
                val plain = File(file.path + ".plain")
                try {
                    writeWhole(plain) {
                        bitmap.compressOrThrow(Bitmap.CompressFormat.JPEG, JPEG_QUALITY, it)
                    }
                    copyExif(original, plain)
                    if (!plain.renameTo(file)) throw IOException("cannot rename to ${file.name}")
                } finally {
                    plain.delete()
                }
            }
        } catch (error: IOException) {
            throw PhotoProblem.Unwritable(reasonOf(error))
        }
    }

    private fun Bitmap.compressOrThrow(
        format: Bitmap.CompressFormat,
        quality: Int,
        to: java.io.OutputStream,
    ) {
        if (!compress(format, quality, to)) throw IOException("the encoder failed")
    }

    private fun upright(bitmap: Bitmap, turn: Turn): Bitmap {
        if (turn == Turn.NONE) return bitmap
        val matrix = Matrix().apply { setValues(turn.matrix(bitmap.width, bitmap.height, 1f)) }
        return Bitmap.createBitmap(bitmap, 0, 0, bitmap.width, bitmap.height, matrix, false)
    }

    private fun copyExif(original: File?, to: File) {
        val from = original?.let(PhotoDecoder::exifOf) ?: return
        val values = EXIF_TAGS.mapNotNull { tag -> from.getAttribute(tag)?.let { tag to it } }
        if (values.isEmpty()) return
        val exif = ExifInterface(to.path)
        for ((tag, value) in values) exif.setAttribute(tag, value)
        exif.saveAttributes()
    }

    /** The place is left out on purpose: a shared picture should not tell where one lives. */
    private val EXIF_TAGS = listOf(
        ExifInterface.TAG_ORIENTATION,
        ExifInterface.TAG_DATETIME,
        ExifInterface.TAG_DATETIME_ORIGINAL,
        ExifInterface.TAG_DATETIME_DIGITIZED,
        ExifInterface.TAG_MAKE,
        ExifInterface.TAG_MODEL,
        ExifInterface.TAG_ARTIST,
        ExifInterface.TAG_COPYRIGHT,
        ExifInterface.TAG_IMAGE_DESCRIPTION,
    )
}
