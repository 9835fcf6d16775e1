package org.tintlite.demo

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

/**
 * Lends coloured pictures and their hints, read only, to the app that the person shares them with. Nobody else
 * has the permission, and no file outside of its own folder can be asked for.
 */
class ResultProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        if (mode != "r") throw FileNotFoundException("these pictures can be read only")
        return ParcelFileDescriptor.open(fileOf(uri), ParcelFileDescriptor.MODE_READ_ONLY)
    }

    override fun getType(uri: Uri): String =
        PhotoEncoder.typeOf(uri.lastPathSegment.orEmpty())

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        selectionArgs: Array<String>?,
        sortOrder: String?,
    ): Cursor {
        val file = fileOf(uri)
        val all = mapOf(
            OpenableColumns.DISPLAY_NAME to file.name,
            OpenableColumns.SIZE to file.length(),
        )
        val columns = (projection ?: all.keys.toTypedArray()).filter(all::containsKey)
        return MatrixCursor(columns.toTypedArray()).apply { addRow(columns.map(all::get)) }
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri = throw readOnly()

    override fun delete(uri: Uri, selection: String?, selectionArgs: Array<String>?): Int =
        throw readOnly()

    override fun update(
        uri: Uri,
        values: ContentValues?,
        selection: String?,
        selectionArgs: Array<String>?,
    ): Int = throw readOnly()

    private fun readOnly() = UnsupportedOperationException("these pictures can be read only")

    /** Exactly one path segment, and a file that lies in the folder itself. */
    private fun fileOf(uri: Uri): File {
        val context = checkNotNull(context)
        val folder = folder(context).canonicalFile
        val file = File(folder, uri.pathSegments.orEmpty().singleOrNull().orEmpty()).canonicalFile
        if (file.parentFile == folder && file.isFile) return file
        throw FileNotFoundException("no such picture")
    }

    companion object {
        private fun folder(context: Context) = File(context.cacheDir, "shared")

        /**
         * Makes copies of files that can be shared under names of their own; former copies go,
         * so that an app that was given one cannot come back for the next.
         *
         * @param files by their names
         * @return their addresses, in this order
         * @throws java.io.IOException one cannot be copied
         */
        fun lend(context: Context, files: Map<String, File>): List<Uri> {
            val folder = folder(context)
            folder.deleteRecursively()
            folder.mkdirs()
            return files.map { (name, file) ->
                writeWhole(File(folder, name)) { to -> file.inputStream().use { it.copyTo(to) } }
                Uri.Builder()
                    .scheme("content")
                    .authority("${context.packageName}.result")
                    .appendPath(name)
                    .build()
            }
        }
    }
}
