package org.tintlite.core

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.security.MessageDigest

/**
 * The checked bytes of a model file, and what it says of itself.
 *
 * @property contract the contract inside the file
 * @property outputSize S', the side of the square of ab that the network gives, in pixels
 * @property sha256 of the whole file, in hexadecimal digits
 */
public class ModelFile private constructor(
    private val bytes: ByteArray,
    public val contract: Contract,
    public val outputSize: Int,
    public val sha256: String,
) {
    /** S, the side of the square of lightness that the network takes, in pixels. */
    public val inputSize: Int get() = contract.inputSize

    /** The size of the file in bytes. */
    public val size: Int get() = bytes.size

    /** A copy of the file's bytes. */
    public fun copyBytes(): ByteArray = bytes.copyOf()

    public companion object {
        /**
         * Checks a model file: size, seal, contract, tensors.
         *
         * @param bytes the whole file, which may be hostile; not to be changed afterwards
         * @throws ModelProblem what is wrong with it
         */
        public fun of(bytes: ByteArray): ModelFile {
            if (bytes.size > MAX_MODEL_BYTES) throw ModelProblem.TooLarge()
            val tables = TfliteTables.of(bytes)
            val place = tables.metadata(METADATA_NAME) ?: throw ModelProblem.WithoutContract()
            if (place.last - place.first >= MAX_JSON_BYTES) {
                throw ModelProblem.BadContract("is too long")
            }
            Seal.check(bytes, place)
            val contract = Contract.fromJson(bytes.sliceArray(place))
            val outputSize = outputSize(tables, contract.inputSize)
            val sha256 = hex(MessageDigest.getInstance("SHA-256").digest(bytes))
            return ModelFile(bytes, contract, outputSize, sha256)
        }

        /**
         * Reads and checks a model; the stream is not closed.
         *
         * @throws ModelProblem what is wrong with it, [ModelProblem.Unreadable] included
         */
        public fun read(stream: InputStream): ModelFile {
            val bytes = ByteArrayOutputStream()
            val part = ByteArray(1 shl 16)
            try {
                while (true) {
                    val count = stream.read(part)
                    if (count < 0) break
                    if (bytes.size() + count > MAX_MODEL_BYTES) throw ModelProblem.TooLarge()
                    bytes.write(part, 0, count)
                }
            } catch (error: IOException) {
                throw ModelProblem.Unreadable(error.message ?: error.javaClass.simpleName)
            }
            return of(bytes.toByteArray())
        }

        private fun outputSize(tables: TfliteTables, size: Int): Int {
            val (inputs, outputs) = tables.tensors()
            if (inputs != listOf(TensorFacts(listOf(1, size, size, 1), true))) {
                throw ModelProblem.AnotherNetwork("its input is not $size x $size lightness")
            }
            val shape = outputs.singleOrNull()?.takeIf { it.isFloat32 }?.shape.orEmpty()
            if (shape.size == 4 && shape[0] == 1 && shape[3] == 2 &&
                shape[1] == shape[2] && shape[1] in 1..size
            ) {
                return shape[1]
            }
            throw ModelProblem.AnotherNetwork("its output is not a square of ab")
        }
    }
}
