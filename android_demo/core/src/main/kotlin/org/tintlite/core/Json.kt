package org.tintlite.core

/** A JSON text that is not JSON, or is nested deeper than anything that we write. */
internal class BadJson(message: String) : Exception(message)

/**
 * Reads JSON (RFC 8259) of a few kilobytes into `Map`, `List`, `String`, [JsonNumber], `Boolean`
 * and `null`. The text may be hostile: depth is bounded, and the last of two equal names counts,
 * as in Python.
 */
internal class Json private constructor(private val text: String) {
    private var at = 0

    companion object {
        private const val MAX_DEPTH = 32

        /** @throws BadJson */
        fun read(text: String): Any? {
            val json = Json(text)
            val value = json.value(0)
            json.skipSpace()
            if (json.at != text.length) throw BadJson("more than one value")
            return value
        }
    }

    private fun value(depth: Int): Any? {
        if (depth > MAX_DEPTH) throw BadJson("nested too deeply")
        skipSpace()
        return when (val first = peek()) {
            '{' -> members(depth)
            '[' -> elements(depth)
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> if (first == '-' || first in '0'..'9') number() else throw BadJson("no value")
        }
    }

    private fun members(depth: Int): Map<String, Any?> {
        val members = LinkedHashMap<String, Any?>()
        at++
        skipSpace()
        if (peek() == '}') {
            at++
            return members
        }
        while (true) {
            skipSpace()
            if (peek() != '"') throw BadJson("a name is missing")
            val name = string()
            skipSpace()
            take(':')
            members[name] = value(depth + 1)
            skipSpace()
            if (peek() == '}') {
                at++
                return members
            }
            take(',')
        }
    }

    private fun elements(depth: Int): List<Any?> {
        val elements = ArrayList<Any?>()
        at++
        skipSpace()
        if (peek() == ']') {
            at++
            return elements
        }
        while (true) {
            elements.add(value(depth + 1))
            skipSpace()
            if (peek() == ']') {
                at++
                return elements
            }
            take(',')
        }
    }

    private fun string(): String {
        val result = StringBuilder()
        at++
        while (true) {
            val char = peek()
            at++
            when {
                char == '"' -> return result.toString()
                char < ' ' -> throw BadJson("a control character in a string")
                char == '\\' -> result.append(escape())
                else -> result.append(char)
            }
        }
    }

    private fun escape(): Char {
        val char = peek()
        at++
        return when (char) {
            '"', '\\', '/' -> char
            'b' -> '\b'
            'f' -> '\u000c'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'u' -> {
                if (at + 4 > text.length) throw BadJson("cut off")
                val digits = text.substring(at, at + 4)
                if (!digits.all { it in '0'..'9' || it in 'a'..'f' || it in 'A'..'F' }) {
                    throw BadJson("a bad escape")
                }
                at += 4
                digits.toInt(16).toChar()
            }
            else -> throw BadJson("a bad escape")
        }
    }

    private fun number(): JsonNumber {
        val match = NUMBER.find(text, at)
        if (match == null || match.range.first != at) throw BadJson("a bad number")
        at = match.range.last + 1
        return JsonNumber(match.value)
    }

    private fun <T> word(word: String, value: T): T {
        if (!text.startsWith(word, at)) throw BadJson("no value")
        at += word.length
        return value
    }

    private fun take(char: Char) {
        if (peek() != char) throw BadJson("'$char' is missing")
        at++
    }

    private fun peek(): Char = if (at < text.length) text[at] else throw BadJson("cut off")

    private fun skipSpace() {
        while (at < text.length && text[at] in " \t\r\n") at++
    }
}

private val NUMBER = Regex("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")

/** A number of JSON as it is written: Python tells 1 from 1.0, and so do we. */
internal data class JsonNumber(val text: String) {
    /** The value of a number without fraction and exponent, else null. */
    val whole: Long? get() = if (text.all { it in '0'..'9' || it == '-' }) text.toLongOrNull() else null

    /** May be infinite, where the text is larger than any double. */
    val double: Double get() = text.toDouble()

    override fun toString(): String = text
}
