package org.tintlite.demo

import android.content.ContentResolver
import android.content.ContentValues
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.provider.MediaStore
import java.io.File
import java.io.IOException
import org.tintlite.core.ui.PhotoProblem

/** Puts coloured pictures where the person finds them; no permission is needed for either way. */
object PictureSaver {
    /** The folder that new pictures go to, in the shared collection of pictures. */
    const val FOLDER: String = "Pictures/TintLite"

    /** The folder that files of hints go to: among pictures, the collection takes pictures alone. */
    const val HINTS_FOLDER: String = "Documents/TintLite"

    /** Whether pictures go to the shared collection; below API 29 the person names a place. */
    val toCollection: Boolean get() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q

    /** Asks the person for a place to save to; its document goes to [toDocument]. */
    fun placeIntent(name: String, type: String): Intent =
        Intent(Intent.ACTION_CREATE_DOCUMENT)
            .addCategory(Intent.CATEGORY_OPENABLE)
            .setType(type)
            .putExtra(Intent.EXTRA_TITLE, name)

    /**
     * Adds a picture to the shared collection: it appears there when it is whole.
     *
     * @throws PhotoProblem.Unwritable it cannot be added; nothing is left behind
     */
    fun toCollection(resolver: ContentResolver, file: File, name: String, type: String) {
        val pictures = MediaStore.Images.Media.getContentUri(MediaStore.VOLUME_EXTERNAL_PRIMARY)
        add(resolver, pictures, FOLDER, file, name, type)
    }

    /**
     * Adds a file of hints to the shared collection of documents, likewise.
     *
     * @throws PhotoProblem.Unwritable as there
     */
    fun hintsToCollection(resolver: ContentResolver, file: File, name: String) {
        val documents = MediaStore.Files.getContentUri(MediaStore.VOLUME_EXTERNAL_PRIMARY)
        add(resolver, documents, HINTS_FOLDER, file, name, PhotoEncoder.HINTS_TYPE)
    }

    private fun add(
        resolver: ContentResolver,
        collection: Uri,
        folder: String,
        file: File,
        name: String,
        type: String,
    ) {
        val values = ContentValues().apply {
            put(MediaStore.MediaColumns.DISPLAY_NAME, name)
            put(MediaStore.MediaColumns.MIME_TYPE, type)
            put(MediaStore.MediaColumns.RELATIVE_PATH, folder)
            put(MediaStore.MediaColumns.IS_PENDING, 1)
        }
        writing {
            val uri = resolver.insert(collection, values) ?: throw IOException("no shared collection")
            try {
                copy(resolver, file, uri, "w")
                val whole = ContentValues().apply { put(MediaStore.MediaColumns.IS_PENDING, 0) }
                resolver.update(uri, whole, null, null)
            } catch (error: Exception) {
                resolver.delete(uri, null, null)
                throw error
            }
        }
    }

    /**
     * Writes a picture into a document that the person made.
     *
     * @throws PhotoProblem.Unwritable it cannot be written
     */
    fun toDocument(resolver: ContentResolver, file: File, document: Uri) {
        writing { copy(resolver, file, document, "wt") }
    }

    private fun copy(resolver: ContentResolver, file: File, to: Uri, mode: String) {
        val stream = resolver.openOutputStream(to, mode) ?: throw IOException("no such document")
        stream.use { into -> file.inputStream().use { it.copyTo(into) } }
    }

    private inline fun writing(work: () -> Unit) {
        try {
            work()
        } catch (error: IOException) {
            throw PhotoProblem.Unwritable(reasonOf(error))
        } catch (error: RuntimeException) {
            throw PhotoProblem.Unwritable(reasonOf(error)) // a provider's own
        }
    }
}
