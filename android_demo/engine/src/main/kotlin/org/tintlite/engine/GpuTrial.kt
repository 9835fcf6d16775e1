package org.tintlite.engine

import org.tintlite.core.AcceleratorKind
import org.tintlite.core.EngineProblem
import java.io.File
import java.io.IOException

/**
 * A file that is there while the GPU is tried: a driver that crashes takes the app with it, once.
 *
 * @param again whether to try the GPU even so
 */
internal class GpuTrial(private val file: File, private val again: Boolean) {
    private var started = false

    /** Whether the app ended during the last trial. */
    val failed: Boolean get() = file.exists()

    /** @throws EngineProblem.NotLoaded the app ended during the last trial, or no file can be made */
    fun start() {
        if (!again && failed) refuse("it ended the app the last time")
        try {
            file.createNewFile()
        } catch (error: IOException) {
            refuse(error.message ?: error.javaClass.simpleName)
        }
        started = true
    }

    /** The app outlived it. */
    fun end() {
        if (started) file.delete()
    }

    private fun refuse(reason: String): Nothing =
        throw EngineProblem.NotLoaded(AcceleratorKind.GPU, reason)
}
