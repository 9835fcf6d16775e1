package org.tintlite.demo

import java.io.File
import java.io.FileOutputStream
import java.io.IOException

/**
 * Writes a file that appears under its name only when it is whole.
 *
 * @throws IOException it cannot be written; nothing is left behind
 */
fun writeWhole(file: File, write: (FileOutputStream) -> Unit) {
    val part = File(file.path + ".part")
    try {
        FileOutputStream(part).use {
            write(it)
            it.fd.sync()
        }
        if (!part.renameTo(file)) throw IOException("cannot rename to ${file.name}")
    } finally {
        part.delete()
    }
}

/** What an exception of the system says, for a person. */
fun reasonOf(error: Throwable): String = error.message ?: error.javaClass.simpleName
