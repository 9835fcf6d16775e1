package org.tintlite.demo

import android.content.Context
import android.net.Uri
import java.io.File
import java.io.IOException
import org.tintlite.core.ModelFile
import org.tintlite.core.ModelProblem

/** Where models come from. Every file is checked whole before a byte of it is run. */
class ModelShelf(private val context: Context) {
    private val own = ownFile(context)

    /**
     * A model by its name: one of [SHIPPED], or [OWN].
     *
     * @throws ModelProblem it cannot be read or is refused
     */
    fun read(name: String): ModelFile = reading {
        if (name == OWN) own.inputStream() else context.assets.open("models/$name.tflite")
    }

    /**
     * Takes a model that the person chose; a refused one leaves the former one in place.
     *
     * @throws ModelProblem it cannot be read or is refused
     */
    fun install(uri: Uri): ModelFile {
        val model = reading {
            context.contentResolver.openInputStream(uri) ?: throw IOException("no such document")
        }
        try {
            writeWhole(own) { it.write(model.copyBytes()) }
        } catch (error: IOException) {
            throw ModelProblem.Unreadable(reasonOf(error))
        }
        return model
    }

    private inline fun reading(open: () -> java.io.InputStream): ModelFile =
        try {
            open().use(ModelFile::read)
        } catch (error: IOException) {
            throw ModelProblem.Unreadable(reasonOf(error))
        } catch (error: SecurityException) {
            throw ModelProblem.Unreadable(reasonOf(error))
        }

    companion object {
        /** The models inside the app. */
        val SHIPPED: Set<String> = setOf("standard", "nano")

        /** The person's own model. */
        const val OWN: String = "own"

        /** Where that lies. It stays out of backups, while the settings that name it do not. */
        fun ownFile(context: Context): File = File(context.noBackupFilesDir, "own.tflite")
    }
}
