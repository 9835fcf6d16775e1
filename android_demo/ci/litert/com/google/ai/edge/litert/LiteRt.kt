// The part of LiteRT's Kotlin API (com.google.ai.edge.litert:litert:2.3.2) that the app uses, written
// anew for the checks: same names and parameters. `host/` runs it on a desktop's libLiteRt.so,
// `nolitert/` is what an APK without the native library holds.
package com.google.ai.edge.litert

import java.util.concurrent.atomic.AtomicBoolean

enum class Accelerator(val value: Int) {
    NONE(0),
    CPU(1),
    GPU(2),
    NPU(3),
}

class LiteRtException(val code: Int, message: String) : Exception(message)

abstract class JniHandle internal constructor(internal val handle: Long) : AutoCloseable {
    private val destroyed = AtomicBoolean(false)

    protected fun assertNotDestroyed() {
        check(!destroyed.get()) { "The handle has been destroyed." }
    }

    protected abstract fun destroy()

    final override fun close() {
        if (destroyed.compareAndSet(false, true)) destroy()
    }
}

class Environment private constructor(handle: Long) : JniHandle(handle) {
    enum class Option(val value: Int) {
        CompilerPluginLibraryDir(0),
        DispatchLibraryDir(1),
    }

    override fun destroy() {
        Native.destroyEnvironment(handle)
    }

    companion object {
        @JvmOverloads
        @JvmStatic
        @Throws(LiteRtException::class)
        fun create(options: Map<Option, String> = mapOf()): Environment {
            require(options.isEmpty()) { "options are not supported here" }
            return Environment(Native.createEnvironment())
        }
    }
}

class TensorBuffer internal constructor(handle: Long) : JniHandle(handle) {
    @Throws(LiteRtException::class)
    fun writeFloat(data: FloatArray) {
        assertNotDestroyed()
        Native.write(handle, data)
    }

    @Throws(LiteRtException::class)
    fun readFloat(): FloatArray {
        assertNotDestroyed()
        return Native.read(handle)
    }

    override fun destroy() {
        Native.destroyBuffer(handle)
    }
}

class CompiledModel private constructor(
    handle: Long,
    private val model: Long,
    private val environment: Environment,
) : JniHandle(handle) {
    data class GpuOptions(
        val serializationDir: String? = null,
        val modelCacheKey: String? = null,
        val serializeProgramCache: Boolean? = null,
    )

    class Options constructor(internal val accelerators: Set<Accelerator>) {
        constructor(vararg accelerators: Accelerator) : this(setOf(*accelerators))

        var gpuOptions: GpuOptions? = null

        companion object {
            @JvmStatic
            val CPU = Options(Accelerator.CPU)
        }
    }

    @JvmOverloads
    @Throws(LiteRtException::class)
    fun createInputBuffers(signatureIndex: Int = 0): List<TensorBuffer> {
        assertNotDestroyed()
        return Native.createBuffers(environment.handle, model, handle, signatureIndex, input = true)
            .map(::TensorBuffer)
    }

    @JvmOverloads
    @Throws(LiteRtException::class)
    fun createOutputBuffers(signatureIndex: Int = 0): List<TensorBuffer> {
        assertNotDestroyed()
        return Native.createBuffers(environment.handle, model, handle, signatureIndex, input = false)
            .map(::TensorBuffer)
    }

    @JvmOverloads
    @Throws(LiteRtException::class)
    fun run(inputs: List<TensorBuffer>, outputs: List<TensorBuffer>, signatureIndex: Int = 0) {
        assertNotDestroyed()
        Native.run(
            handle,
            signatureIndex,
            inputs.map { it.handle }.toLongArray(),
            outputs.map { it.handle }.toLongArray(),
        )
    }

    override fun destroy() {
        Native.destroyCompiledModel(handle)
        Native.destroyModel(model)
    }

    companion object {
        @JvmOverloads
        @JvmStatic
        @Throws(LiteRtException::class)
        fun create(
            filePath: String,
            options: Options = Options.CPU,
            optionalEnv: Environment? = null,
        ): CompiledModel {
            val environment = optionalEnv ?: Environment.create()
            val model = Native.loadModel(environment.handle, filePath)
            try {
                val compiled = Native.compile(environment.handle, model, options.accelerators, options.gpuOptions)
                return CompiledModel(compiled, model, environment)
            } catch (error: LiteRtException) {
                Native.destroyModel(model)
                throw error
            }
        }
    }
}
