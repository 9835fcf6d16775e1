package org.tintlite.core

import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.security.MessageDigest

/** The files outside of this project that Python and Kotlin share. */
internal object Repository {
    val root: File = generateSequence(File("").absoluteFile) { it.parentFile }
        .first { File(it, "edge_runtime/models/SHA256SUMS").exists() }

    fun model(name: String): ByteArray = File(root, "edge_runtime/models/$name.tflite").readBytes()

    fun golden(name: String): File = File(root, "tests/golden/$name")
}

/** A picture of tests/golden/MANIFEST.json, and what a network sees of it. */
internal open class Seen(protected val entry: Map<*, *>) {
    val name = entry["name"] as String
    val inputSize = int("input_size")
    val width = int("width")
    val height = int("height")
    val view = toneView(entry["view"])

    val grey: ByteArray get() = bytes("grey", width * height)
    val lightness: FloatArray get() = floats("lightness", inputSize * inputSize)

    fun file(role: String): File = Repository.golden((entry["files"] as Map<*, *>)[role] as String)

    fun sha256(role: String): String = (entry["sha256"] as Map<*, *>)[role] as String

    override fun toString(): String = name

    protected fun int(key: String): Int = checkNotNull((entry[key] as JsonNumber).whole).toInt()

    protected fun bytes(role: String, size: Int): ByteArray {
        val bytes = file(role).readBytes()
        check(bytes.size == size) { "$name: $role has ${bytes.size} bytes" }
        return bytes
    }

    protected fun floats(role: String, size: Int): FloatArray {
        val floats = ByteBuffer.wrap(bytes(role, 4 * size)).order(ByteOrder.LITTLE_ENDIAN)
        return FloatArray(size) { floats.getFloat(4 * it) }
    }

    companion object {
        /** Every picture through the tone view, whether or not a model with it is shipped. */
        val all: List<Seen> = manifest("seen").map(::Seen)
    }
}

/** One vector of tests/golden/MANIFEST.json. */
internal class Vector(entry: Map<*, *>) : Seen(entry) {
    val model = entry["model"] as String
    val modelSha256 = entry["model_sha256"] as String
    val outputSize = int("output_size")
    val saturation = (entry["saturation"] as JsonNumber).double.toFloat()

    val ab: FloatArray get() = floats("ab", 2 * outputSize * outputSize)
    val rgb: ByteArray get() = bytes("rgb", 3 * width * height)

    companion object {
        val all: List<Vector> = manifest("vectors").map(::Vector)
    }
}

/** A view in JSON; null where there is none. */
internal fun toneView(value: Any?): ToneView? = (value as? Map<*, *>)?.let { view ->
    val (low, high, leastRange) =
        listOf("low", "high", "least_range").map { (view[it] as JsonNumber).double }
    ToneView(low, high, leastRange)
}

private fun manifest(list: String): List<Map<*, *>> {
    val manifest = Json.read(Repository.golden("MANIFEST.json").readText()) as Map<*, *>
    check((manifest["version"] as JsonNumber).whole == 2L)
    return (manifest[list] as List<*>).map { it as Map<*, *> }
}

internal fun sha256(bytes: ByteArray): String = hex(MessageDigest.getInstance("SHA-256").digest(bytes))

/** The model with a seal that is true, as `edge_runtime/model/seal.py` writes it. */
internal fun sealed(model: ByteArray): ByteArray {
    val place = TfliteTables.of(model).metadata(METADATA_NAME) ?: throw ModelProblem.WithoutContract()
    val json = String(model.sliceArray(place), Charsets.ISO_8859_1)
    val key = "\"sha256\": \""
    if (key !in json) throw ModelProblem.WithoutSeal()
    val at = place.first + json.indexOf(key) + key.length
    if (at + 64 > model.size) throw ModelProblem.Truncated()
    val blank = model.copyOf()
    blank.fill('0'.code.toByte(), at, at + 64)
    return blank.also { sha256(it).toByteArray().copyInto(it, at) }
}
