package org.tintlite.core

import java.security.MessageDigest

private const val SIZE_DIGITS = 12
private const val SHA256_DIGITS = 64

/**
 * The seal of `edge_runtime/model/seal.py`: by it a model file proves that it is whole and unedited
 * before a byte of it is run. The contract's JSON holds the file's size and its SHA-256, the
 * latter over the file with these 64 digits set to '0'. It shows damage; it is no signature.
 */
internal object Seal {
    /**
     * @param contract where the contract's JSON lies in the file
     * @throws ModelProblem.WithoutSeal no place for a seal
     * @throws ModelProblem.Truncated another size
     * @throws ModelProblem.Edited another SHA-256
     */
    fun check(file: ByteArray, contract: IntRange) {
        val sizeAt = place(file, contract, "size", SIZE_DIGITS)
        val sha256At = place(file, contract, "sha256", SHA256_DIGITS)
        val size = file.size.toString().padStart(SIZE_DIGITS, '0')
        if (ascii(file, sizeAt, SIZE_DIGITS) != size) throw ModelProblem.Truncated()
        if (ascii(file, sha256At, SHA256_DIGITS) != sha256(file, sha256At)) {
            throw ModelProblem.Edited()
        }
    }

    private fun sha256(file: ByteArray, blankAt: Int): String {
        val digest = MessageDigest.getInstance("SHA-256")
        digest.update(file, 0, blankAt)
        digest.update(ByteArray(SHA256_DIGITS) { '0'.code.toByte() })
        val rest = blankAt + SHA256_DIGITS
        digest.update(file, rest, file.size - rest)
        return hex(digest.digest())
    }

    private fun place(file: ByteArray, contract: IntRange, name: String, digits: Int): Int {
        // Inside a JSON string a quote has a backslash before it: only a member can match this.
        val opening = "\"$name\": \"".toByteArray()
        val last = contract.last - opening.size - digits
        for (start in contract.first..last) {
            if (opening.indices.all { file[start + it] == opening[it] }) {
                val first = start + opening.size
                if (file[first + digits] != '"'.code.toByte()) break
                return first
            }
        }
        throw ModelProblem.WithoutSeal()
    }

    private fun ascii(file: ByteArray, at: Int, length: Int): String =
        String(file, at, length, Charsets.ISO_8859_1)
}

/** Lower-case hexadecimal digits. */
internal fun hex(bytes: ByteArray): String {
    val digits = "0123456789abcdef"
    return buildString(2 * bytes.size) {
        for (byte in bytes) {
            append(digits[(byte.toInt() shr 4) and 15])
            append(digits[byte.toInt() and 15])
        }
    }
}
