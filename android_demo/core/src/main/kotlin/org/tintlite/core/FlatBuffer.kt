package org.tintlite.core

/** An offset of a flatbuffer that points outside its bytes. */
internal class OutsideBuffer : Exception()

/**
 * A table of a flatbuffer, read without trusting a byte of it: whatever lies outside the bytes
 * throws [OutsideBuffer]. Layout: https://flatbuffers.dev/internals (tables, vtables, vectors).
 */
internal class FlatTable private constructor(private val bytes: ByteArray, private val at: Long) {
    private val vtable: Long = at - int32(bytes, at)
    private val vtableSize: Int = uint16(bytes, vtable)

    companion object {
        fun root(bytes: ByteArray): FlatTable = FlatTable(bytes, uint32(bytes, 0))
    }

    /** The 4 bytes at a field, unsigned, or [absent] where the table does not have it. */
    fun uint32(field: Int, absent: Long): Long = place(field)?.let { uint32(bytes, it) } ?: absent

    /** The byte at a field, or [absent]. */
    fun byte(field: Int, absent: Int): Int = place(field)?.let { byteAt(bytes, it) } ?: absent

    /** The UTF-8 text of a field, or null. */
    fun text(field: Int): String? = vector(field)?.let { (start, length) ->
        val stop = start + length
        if (stop > bytes.size) throw OutsideBuffer()
        String(bytes, start.toInt(), length.toInt(), Charsets.UTF_8)
    }

    /** Where the bytes of a vector field lie: (start, length in elements), or null. */
    fun vector(field: Int): Pair<Long, Long>? = place(field)?.let {
        val vector = it + uint32(bytes, it)
        Pair(vector + 4, uint32(bytes, vector))
    }

    /** The numbers of a vector of int32. */
    fun int32s(field: Int, most: Int): List<Int> {
        val (start, length) = vector(field) ?: return emptyList()
        if (length > most) throw OutsideBuffer()
        return List(length.toInt()) { int32(bytes, start + 4L * it).toInt() }
    }

    /** How many tables a vector of tables has. */
    fun tableCount(field: Int): Long = vector(field)?.second ?: 0

    /** The table at a position of a vector of tables. */
    fun table(field: Int, position: Long): FlatTable {
        val (start, length) = vector(field) ?: throw OutsideBuffer()
        if (position !in 0 until length) throw OutsideBuffer()
        val entry = start + 4 * position
        return FlatTable(bytes, entry + uint32(bytes, entry))
    }

    private fun place(field: Int): Long? {
        // Field n has its entry at byte 4 + 2 n of the table's vtable.
        val entry = 4 + 2 * field
        if (entry + 2 > vtableSize) return null
        val offset = uint16(bytes, vtable + entry)
        return if (offset == 0) null else at + offset
    }
}

private fun byteAt(bytes: ByteArray, at: Long): Int {
    if (at < 0 || at >= bytes.size) throw OutsideBuffer()
    return bytes[at.toInt()].toInt() and 0xff
}

private fun uint16(bytes: ByteArray, at: Long): Int = byteAt(bytes, at) or (byteAt(bytes, at + 1) shl 8)

private fun uint32(bytes: ByteArray, at: Long): Long =
    uint16(bytes, at).toLong() or (uint16(bytes, at + 2).toLong() shl 16)

private fun int32(bytes: ByteArray, at: Long): Long = uint32(bytes, at).toInt().toLong()
