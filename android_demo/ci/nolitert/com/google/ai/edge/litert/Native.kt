package com.google.ai.edge.litert

/** No native library: the APK of the checks says so in its name, and the app says so on the screen. */
internal object Native {
    init {
        System.loadLibrary("litert_jni")
    }

    private fun missing(): Nothing = throw UnsatisfiedLinkError("litert_jni")

    fun createEnvironment(): Long = missing()

    fun destroyEnvironment(environment: Long): Unit = missing()

    fun loadModel(environment: Long, path: String): Long = missing()

    fun destroyModel(model: Long): Unit = missing()

    fun compile(
        environment: Long,
        model: Long,
        accelerators: Set<Accelerator>,
        gpu: CompiledModel.GpuOptions?,
    ): Long = missing()

    fun destroyCompiledModel(compiled: Long): Unit = missing()

    fun createBuffers(
        environment: Long,
        model: Long,
        compiled: Long,
        signature: Int,
        input: Boolean,
    ): LongArray = missing()

    fun run(compiled: Long, signature: Int, inputs: LongArray, outputs: LongArray): Unit = missing()

    fun write(buffer: Long, data: FloatArray): Unit = missing()

    fun read(buffer: Long): FloatArray = missing()

    fun destroyBuffer(buffer: Long): Unit = missing()
}
