package org.tintlite.demo

import android.content.Context
import android.net.Uri
import android.provider.OpenableColumns
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import org.tintlite.core.ui.MAX_PHOTO_BYTES
import org.tintlite.core.ui.PhotoProblem

/**
 * The photo at hand as files in the cache: the chosen one, copied once, and its coloured result.
 *
 * The copy outlives the process and the permission for the original, and can be read as often as
 * needed: sizes, orientation, pixels, and again for another saturation.
 */
class PhotoFiles(private val context: Context) {
    private val folder = File(context.cacheDir, "photo")

    /** The copy of the chosen photo. */
    val original: File = File(folder, "original")

    /** The coloured photo, JPEG or PNG. */
    val result: File = File(folder, "result")

    /** What was said of the photo's colours; not there where nothing was. */
    val hints: File = File(folder, "hints.json")

    /** What another app calls the document, or null where it does not say. */
    fun nameOf(uri: Uri): String? =
        try {
            val columns = arrayOf(OpenableColumns.DISPLAY_NAME)
            context.contentResolver.query(uri, columns, null, null, null)?.use { rows ->
                if (rows.moveToFirst() && !rows.isNull(0)) rows.getString(0) else null
            }
        } catch (_: RuntimeException) {
            null // other apps' providers throw what they like; a name is not worth a failure
        }

    /**
     * Copies the chosen photo; the former photo and its result go.
     *
     * @throws PhotoProblem.FileTooLarge more than [MAX_PHOTO_BYTES]
     * @throws PhotoProblem.Unreadable the other app does not give it
     */
    fun take(uri: Uri) {
        folder.mkdirs()
        original.delete()
        result.delete()
        hints.delete()
        read(uri) { from -> writeWhole(original) { to -> copyLimited(from, to) } }
    }

    /**
     * A document of another app, which may be a file of hints.
     *
     * @return its bytes, [most] and one at most
     * @throws PhotoProblem.Unreadable the other app does not give it
     */
    fun bytesOf(uri: Uri, most: Int): ByteArray = read(uri) { from ->
        val bytes = ByteArray(most + 1)
        var size = 0
        while (size < bytes.size) {
            val count = from.read(bytes, size, bytes.size - size)
            if (count < 0) break
            size += count
        }
        bytes.copyOf(size)
    }

    private inline fun <T> read(uri: Uri, use: (InputStream) -> T): T =
        try {
            val stream = context.contentResolver.openInputStream(uri)
                ?: throw PhotoProblem.Unreadable("no such document")
            stream.use(use)
        } catch (error: IOException) {
            throw PhotoProblem.Unreadable(reasonOf(error))
        } catch (error: RuntimeException) {
            throw PhotoProblem.Unreadable(reasonOf(error)) // a provider's; SecurityException often
        }

    private fun copyLimited(from: InputStream, to: OutputStream) {
        val part = ByteArray(1 shl 16)
        var total = 0L
        while (true) {
            val count = from.read(part)
            if (count < 0) return
            total += count
            if (total > MAX_PHOTO_BYTES) throw PhotoProblem.FileTooLarge()
            to.write(part, 0, count)
        }
    }
}
