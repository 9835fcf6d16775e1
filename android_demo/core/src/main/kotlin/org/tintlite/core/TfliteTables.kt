package org.tintlite.core

// Field numbers of TensorFlow Lite's schema.fbs, version 3.
private const val MODEL_SUBGRAPHS = 2
private const val MODEL_BUFFERS = 4
private const val MODEL_METADATA = 6
private const val METADATA_ENTRY_NAME = 0
private const val METADATA_ENTRY_BUFFER = 1
private const val BUFFER_DATA = 0
private const val SUBGRAPH_TENSORS = 0
private const val SUBGRAPH_INPUTS = 1
private const val SUBGRAPH_OUTPUTS = 2
private const val TENSOR_SHAPE = 0
private const val TENSOR_TYPE = 1

private const val FLOAT32 = 0
private const val MAX_ENTRIES = 1000L
private const val MAX_RANK = 8
private val FILE_IDENTIFIER = "TFL3".toByteArray()

/** A tensor's shape and whether its values are float32. */
internal data class TensorFacts(val shape: List<Int>, val isFloat32: Boolean)

/** The few tables of a `.tflite` that we read; every offset is checked. */
internal class TfliteTables private constructor(private val bytes: ByteArray) {
    companion object {
        /** @throws ModelProblem.Foreign the file identifier is missing */
        fun of(bytes: ByteArray): TfliteTables {
            if (bytes.size < 8 || !bytes.copyOfRange(4, 8).contentEquals(FILE_IDENTIFIER)) {
                throw ModelProblem.Foreign()
            }
            return TfliteTables(bytes)
        }
    }

    /**
     * Where a metadata entry's data lie.
     *
     * @return the range of bytes in the file, or null where there is no such entry
     * @throws ModelProblem.Truncated a table points outside the file
     */
    fun metadata(name: String): IntRange? = checked {
        val model = FlatTable.root(bytes)
        val entries = minOf(model.tableCount(MODEL_METADATA), MAX_ENTRIES)
        for (position in 0 until entries) {
            val entry = model.table(MODEL_METADATA, position)
            if (entry.text(METADATA_ENTRY_NAME) != name) continue
            val buffer = model.table(MODEL_BUFFERS, entry.uint32(METADATA_ENTRY_BUFFER, 0))
            val (start, length) = buffer.vector(BUFFER_DATA) ?: throw OutsideBuffer()
            if (start + length > bytes.size) throw OutsideBuffer()
            return@checked start.toInt() until (start + length).toInt()
        }
        null
    }

    /** The inputs and outputs of the first subgraph. */
    fun tensors(): Pair<List<TensorFacts>, List<TensorFacts>> = checked {
        val subgraph = FlatTable.root(bytes).table(MODEL_SUBGRAPHS, 0)
        fun facts(field: Int) = subgraph.int32s(field, MAX_RANK).map { index ->
            val tensor = subgraph.table(SUBGRAPH_TENSORS, index.toLong())
            TensorFacts(tensor.int32s(TENSOR_SHAPE, MAX_RANK), tensor.byte(TENSOR_TYPE, 0) == FLOAT32)
        }
        Pair(facts(SUBGRAPH_INPUTS), facts(SUBGRAPH_OUTPUTS))
    }

    private fun <T> checked(read: () -> T): T = try {
        read()
    } catch (_: OutsideBuffer) {
        throw ModelProblem.Truncated()
    }
}
