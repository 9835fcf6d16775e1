package com.google.ai.edge.litert

import com.sun.jna.Memory
import com.sun.jna.NativeLibrary
import com.sun.jna.Pointer
import com.sun.jna.ptr.LongByReference
import com.sun.jna.ptr.PointerByReference

/**
 * LiteRT's C API in the `libLiteRt.so` of the PyPI wheel ai-edge-litert 2.3 (litert/c in its
 * sources), found in the folder of the system property `litert.folder`. Its GPU accelerator is
 * loaded from LD_LIBRARY_PATH.
 */
internal object Native {
    private const val LOCK_READ = 0
    private const val LOCK_WRITE = 1

    // LiteRtRankedTensorType has 72 bytes.
    private const val TENSOR_TYPE_BYTES = 128L

    private val library: NativeLibrary =
        NativeLibrary.getInstance("${System.getProperty("litert.folder")}/libLiteRt.so")

    fun createEnvironment(): Long = create { call("LiteRtCreateEnvironment", 0, null, it) }

    fun destroyEnvironment(environment: Long) = destroy("LiteRtDestroyEnvironment", environment)

    fun loadModel(environment: Long, path: String): Long =
        create { call("LiteRtCreateModelFromFile", Pointer(environment), path, it) }

    fun destroyModel(model: Long) = destroy("LiteRtDestroyModel", model)

    fun compile(
        environment: Long,
        model: Long,
        accelerators: Set<Accelerator>,
        gpu: CompiledModel.GpuOptions?,
    ): Long {
        val options = create { call("LiteRtCreateOptions", it) }
        try {
            val bits = accelerators.fold(0) { bits, accelerator ->
                bits or if (accelerator == Accelerator.NONE) 0 else 1 shl (accelerator.value - 1)
            }
            call("LiteRtSetOptionsHardwareAccelerators", Pointer(options), bits)
            if (gpu != null) call("LiteRtAddOpaqueOptions", Pointer(options), Pointer(opaque(gpu)))
            return create {
                call(
                    "LiteRtCreateCompiledModel",
                    Pointer(environment), Pointer(model), Pointer(options), it,
                )
            }
        } finally {
            destroy("LiteRtDestroyOptions", options)
        }
    }

    /** The options of the GPU as LiteRT's Kotlin hands them on: lines of TOML, freed by LiteRT. */
    private fun opaque(gpu: CompiledModel.GpuOptions): Long {
        val lines = listOf(
            "serialization_dir" to gpu.serializationDir?.let { "\"$it\"" },
            "model_cache_key" to gpu.modelCacheKey?.let { "\"$it\"" },
            "serialize_program_cache" to gpu.serializeProgramCache,
        ).mapNotNull { (name, value) -> value?.let { "$name = $it\n" } }
        val text = "${lines.joinToString("")}\u0000".toByteArray()
        val payload = Pointer(com.sun.jna.Native.malloc(text.size.toLong()))
        payload.write(0, text, 0, text.size)
        val free = NativeLibrary.getInstance("c").getFunction("free")
        return create { call("LiteRtCreateOpaqueOptions", "gpu_options", payload, free, it) }
    }

    fun destroyCompiledModel(compiled: Long) = destroy("LiteRtDestroyCompiledModel", compiled)

    fun createBuffers(
        environment: Long,
        model: Long,
        compiled: Long,
        signature: Int,
        input: Boolean,
    ): LongArray {
        val role = if (input) "Input" else "Output"
        val index = signature.toLong()
        val signatureOf = create { call("LiteRtGetModelSignature", Pointer(model), index, it) }
        val count = LongByReference()
        call("LiteRtGetNumSignature${role}s", Pointer(signatureOf), count)
        return LongArray(count.value.toInt()) { position ->
            val tensor = create {
                call(
                    "LiteRtGetSignature${role}TensorByIndex",
                    Pointer(signatureOf), position.toLong(), it,
                )
            }
            val type = Memory(TENSOR_TYPE_BYTES)
            call("LiteRtGetRankedTensorType", Pointer(tensor), type)
            val requirements = create {
                call(
                    "LiteRtGetCompiledModel${role}BufferRequirements",
                    Pointer(compiled), index, position.toLong(), it,
                )
            }
            create {
                call(
                    "LiteRtCreateManagedTensorBufferFromRequirements",
                    Pointer(environment), type, Pointer(requirements), it,
                )
            }
        }
    }

    fun run(compiled: Long, signature: Int, inputs: LongArray, outputs: LongArray) = call(
        "LiteRtRunCompiledModel",
        Pointer(compiled), signature.toLong(),
        inputs.size.toLong(), pointers(inputs), outputs.size.toLong(), pointers(outputs),
    )

    fun write(buffer: Long, data: FloatArray) = locked(buffer, LOCK_WRITE) { memory, floats ->
        if (data.size != floats) throw LiteRtException(1, "${data.size} values for $floats")
        memory.write(0, data, 0, floats)
    }

    fun read(buffer: Long): FloatArray =
        locked(buffer, LOCK_READ) { memory, floats -> memory.getFloatArray(0, floats) }

    fun destroyBuffer(buffer: Long) = destroy("LiteRtDestroyTensorBuffer", buffer)

    private fun <T> locked(buffer: Long, mode: Int, work: (Pointer, Int) -> T): T {
        val size = LongByReference()
        call("LiteRtGetTensorBufferPackedSize", Pointer(buffer), size)
        val memory = PointerByReference()
        call("LiteRtLockTensorBuffer", Pointer(buffer), memory, mode)
        try {
            return work(memory.value, (size.value / Float.SIZE_BYTES).toInt())
        } finally {
            call("LiteRtUnlockTensorBuffer", Pointer(buffer))
        }
    }

    private fun pointers(handles: LongArray): Memory =
        Memory(handles.size.toLong() * Long.SIZE_BYTES).apply { write(0, handles, 0, handles.size) }

    private fun create(make: (PointerByReference) -> Unit): Long {
        val handle = PointerByReference()
        make(handle)
        return Pointer.nativeValue(handle.value)
    }

    private fun destroy(function: String, handle: Long) {
        library.getFunction(function).invokeVoid(arrayOf(Pointer(handle)))
    }

    private fun call(function: String, vararg arguments: Any?) {
        val status = library.getFunction(function).invokeInt(arrayOf(*arguments))
        if (status != 0) throw LiteRtException(status, "$function: status $status")
    }
}
