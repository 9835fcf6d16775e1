package org.tintlite.engine

import org.tintlite.core.FlatTable
import org.tintlite.core.ModelFile
import org.tintlite.core.sealed
import java.nio.ByteBuffer
import java.nio.ByteOrder

// Field numbers of TensorFlow Lite's schema.fbs, version 3.
private const val MODEL_SUBGRAPHS = 2
private const val MODEL_BUFFERS = 4
private const val SUBGRAPH_TENSORS = 0
private const val SUBGRAPH_OPERATORS = 3
private const val OPERATOR_INPUTS = 1
private const val TENSOR_BUFFER = 2
private const val BUFFER_DATA = 0

/** The model with a bias of its last layer that is no number, sealed: so is then its output. */
internal fun withoutNumbers(model: ModelFile): ModelFile {
    val bytes = model.copyBytes()
    val root = FlatTable.root(bytes)
    val subgraph = root.table(MODEL_SUBGRAPHS, 0)
    val last = subgraph.table(SUBGRAPH_OPERATORS, subgraph.tableCount(SUBGRAPH_OPERATORS) - 1)
    val bias = subgraph.table(SUBGRAPH_TENSORS, last.int32s(OPERATOR_INPUTS, 3)[2].toLong())
    val buffer = root.table(MODEL_BUFFERS, bias.uint32(TENSOR_BUFFER, 0))
    val (start, length) = checkNotNull(buffer.vector(BUFFER_DATA))
    check(length == 2L * Float.SIZE_BYTES) { "the last layer has no float bias of a* and b*" }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(start.toInt(), Float.NaN)
    return ModelFile.of(sealed(bytes))
}
