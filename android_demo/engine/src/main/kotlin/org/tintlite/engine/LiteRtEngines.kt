package org.tintlite.engine

import com.google.ai.edge.litert.Environment
import org.tintlite.core.AcceleratorKind
import org.tintlite.core.AcceleratorWish
import org.tintlite.core.Engine
import org.tintlite.core.EngineProblem
import org.tintlite.core.ModelFile
import org.tintlite.core.chooseEngine
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.StandardCopyOption

/**
 * Opens models on LiteRT. All of it on one thread, that of `ModelThread`.
 *
 * @param folder of its own, private to the app and kept: LiteRT reads models from files, so the
 *   checked bytes are written there, under their SHA-256, and what a GPU's driver makes of them beside
 *   them; what belongs to other models is deleted
 */
public class LiteRtEngines(private val folder: File) {
    private var environment: Environment? = null

    /**
     * Opens a model: the GPU alone first, on failure the CPU, as `chooseEngine` says; run once
     * before it is given away, so that the first picture does not wait for the compiler. Where the
     * app ended while it tried the GPU, the GPU is left alone until a person asks for it.
     *
     * @throws EngineProblem the accelerator that was asked for cannot be used
     */
    public fun open(model: ModelFile, wish: AcceleratorWish): Engine {
        val file = written(model)
        val trial = GpuTrial(File(folder, GPU_TRIAL), wish == AcceleratorWish.GPU)
        val cache = gpuCache(model)
        if (trial.failed) cache.deleteRecursively() // it may be what ended the app
        try {
            return chooseEngine(wish, model.inputSize) { kind ->
                if (kind == AcceleratorKind.GPU) trial.start()
                LiteRtEngine.open(environment(kind), file, model, kind, cache)
            }
        } finally {
            trial.end()
        }
    }

    private fun environment(kind: AcceleratorKind): Environment =
        environment ?: loading(kind) { Environment.create() }.also { environment = it }

    private fun gpuCache(model: ModelFile) = File(folder, "${model.sha256}.gpu")

    private fun written(model: ModelFile): File {
        val file = File(folder, "${model.sha256}.tflite")
        try {
            folder.mkdirs()
            val part = File.createTempFile("model", ".part", folder)
            try {
                part.writeBytes(model.copyBytes())
                Files.move(part.toPath(), file.toPath(), StandardCopyOption.REPLACE_EXISTING)
            } finally {
                part.delete()
            }
            val kept = setOf(file, gpuCache(model), File(folder, GPU_TRIAL))
            folder.listFiles { other -> other !in kept }?.forEach(File::deleteRecursively)
        } catch (error: IOException) {
            throw EngineProblem.NotLoaded(
                AcceleratorKind.CPU,
                error.message ?: error.javaClass.simpleName,
            )
        }
        return file
    }

    private companion object {
        const val GPU_TRIAL = "gpu-trial"
    }
}
