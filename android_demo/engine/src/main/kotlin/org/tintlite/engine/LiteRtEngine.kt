package org.tintlite.engine

import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.Environment
import com.google.ai.edge.litert.LiteRtException
import com.google.ai.edge.litert.TensorBuffer
import org.tintlite.core.AcceleratorKind
import org.tintlite.core.Engine
import org.tintlite.core.EngineProblem
import org.tintlite.core.ModelFile
import org.tintlite.core.PictureProblem
import org.tintlite.core.Problem
import org.tintlite.core.ToneView
import java.io.File

/**
 * A network on LiteRT's compiled model, on one accelerator alone: beside the CPU, LiteRT would not
 * say what runs where. Its buffers are made once. One thread at a time.
 */
internal class LiteRtEngine private constructor(
    private val compiled: CompiledModel,
    model: ModelFile,
    override val accelerator: AcceleratorKind,
) : Engine {
    private val inputs: List<TensorBuffer> = compiled.createInputBuffers()
    private val outputs: List<TensorBuffer> = compiled.createOutputBuffers()
    private var closed = false

    override val inputSize: Int = model.inputSize

    override val outputSize: Int = model.outputSize

    override val view: ToneView? = model.contract.view

    override val note: Problem? = null

    override fun run(lightness: FloatArray): FloatArray {
        if (closed) throw EngineProblem.Closed()
        val expected = inputSize * inputSize
        if (lightness.size != expected) throw PictureProblem.BadArray(lightness.size, expected)
        val ab = try {
            inputs.single().writeFloat(lightness)
            compiled.run(inputs, outputs)
            outputs.single().readFloat()
        } catch (error: LiteRtException) {
            throw EngineProblem.RunFailed(firstLine(error))
        }
        // A GPU's buffer may be longer than what it holds.
        val output = if (ab.size > outputLength) ab.copyOf(outputLength) else ab
        if (output.size < outputLength) {
            throw EngineProblem.RunFailed("it gave ${output.size} values of $outputLength")
        }
        if (!output.all(Float::isFinite)) throw EngineProblem.NotFinite()
        return output
    }

    private val outputLength: Int get() = outputSize * outputSize * 2

    override fun close() {
        if (closed) return
        closed = true
        (inputs + outputs).forEach(TensorBuffer::close)
        compiled.close()
    }

    companion object {
        /**
         * Compiles a model.
         *
         * @param file holds the bytes of [model]
         * @param gpuCache a folder of this model, where what a GPU's driver compiled is kept; the
         *   environment's own cache is for NPUs alone
         * @throws EngineProblem.NotLoaded LiteRT cannot, or its native library is not there
         */
        fun open(
            environment: Environment,
            file: File,
            model: ModelFile,
            kind: AcceleratorKind,
            gpuCache: File,
        ): LiteRtEngine {
            val accelerator = when (kind) {
                AcceleratorKind.CPU -> Accelerator.CPU
                AcceleratorKind.GPU -> Accelerator.GPU
            }
            return loading(kind) {
                val options = CompiledModel.Options(accelerator)
                if (kind == AcceleratorKind.GPU && (gpuCache.mkdirs() || gpuCache.isDirectory)) {
                    options.gpuOptions = CompiledModel.GpuOptions(
                        serializationDir = gpuCache.path,
                        modelCacheKey = model.sha256,
                        serializeProgramCache = true,
                    )
                }
                val compiled = CompiledModel.create(file.path, options, environment)
                try {
                    LiteRtEngine(compiled, model, kind)
                } catch (error: LiteRtException) {
                    compiled.close()
                    throw error
                }
            }
        }
    }
}

/** Turns what LiteRT throws while it loads into a [EngineProblem.NotLoaded]. */
internal inline fun <T> loading(kind: AcceleratorKind, load: () -> T): T = try {
    load()
} catch (error: LiteRtException) {
    throw EngineProblem.NotLoaded(kind, firstLine(error))
} catch (error: LinkageError) {
    // UnsatisfiedLinkError the first time, NoClassDefFoundError after that.
    throw EngineProblem.NotLoaded(kind, "its native library is missing (${firstLine(error)})")
}

/** What LiteRT says; the other lines are its own source lines. */
internal fun firstLine(error: Throwable): String =
    error.message?.lineSequence()?.firstOrNull { it.isNotBlank() }?.trim() ?: "no reason given"
