package org.tintlite.core

import java.math.BigDecimal

/** The version of files of hints that this code writes, and the newest that it reads. */
public const val HINTS_VERSION: Int = 1

/** The largest file of hints that is read, in bytes. */
public const val MAX_HINTS_BYTES: Int = 1_000_000

/** The file of hints, as `edge_runtime/hints/file.py` reads and writes it; docs/guide/hints.md. */
public object HintsFile {
    private const val FORMAT = "tintlite-hints"
    private const val MARK = "\uFEFF" // of byte order, which some editors write
    private val HEX = Regex("#[0-9a-f]{6}")

    /** The bytes of the file that says [hints] of the picture with this [view]. */
    public fun write(hints: List<Hint>, view: PictureView): ByteArray {
        val lines = hints.joinToString(",") { hint ->
            "\n  {\n   \"x\": ${plain(hint.x)},\n   \"y\": ${plain(hint.y)},\n" +
                "   \"colour\": \"${hint.colour}\",\n   \"radius\": ${plain(hint.radius)}\n  }"
        }
        val list = if (hints.isEmpty()) "[]" else "[$lines\n ]"
        val text = "{\n \"format\": \"$FORMAT\",\n \"version\": $HINTS_VERSION,\n" +
            " \"picture\": {\n  \"width\": ${view.width},\n  \"height\": ${view.height},\n" +
            "  \"view\": \"${view.text}\"\n },\n \"hints\": $list\n}\n"
        return text.toByteArray()
    }

    /** A number without an exponent. */
    private fun plain(value: Double): String = BigDecimal.valueOf(value).toPlainString()

    /**
     * What a file says.
     *
     * @param bytes which may be hostile
     * @param view of the picture that the hints must belong to
     * @throws HintsProblem they do not, or the file is none of hints, or has hints that are none
     */
    public fun read(bytes: ByteArray, view: PictureView): List<Hint> {
        if (bytes.size > MAX_HINTS_BYTES) throw HintsProblem.TooLarge()
        val values = try {
            Json.read(String(bytes, Charsets.UTF_8).removePrefix(MARK))
        } catch (_: BadJson) {
            throw HintsProblem.NotJson()
        }
        if (values !is Map<*, *> || values["format"] != FORMAT) throw HintsProblem.Foreign()
        checkVersion(values["version"])
        checkPicture(values["picture"], view)
        val listed = values["hints"] as? List<*> ?: throw HintsProblem.NoList()
        if (listed.size > MAX_HINTS) throw HintsProblem.TooMany(listed.size)
        return listed.mapIndexed { index, value -> hint(value, index + 1) }
    }

    private fun checkVersion(said: Any?) {
        val text = (said as? JsonNumber)?.text.orEmpty()
        // Python's whole numbers have no bound.
        if (text.isEmpty() || !text.all { it in '0'..'9' } || text == "0") throw HintsProblem.WithoutVersion()
        if (text != "$HINTS_VERSION") throw HintsProblem.Newer(shown(text))
    }

    private fun checkPicture(said: Any?, view: PictureView) {
        val told = said as? Map<*, *> ?: throw HintsProblem.WithoutPicture()
        val width = told["width"] as? JsonNumber ?: throw HintsProblem.WithoutPicture()
        val height = told["height"] as? JsonNumber ?: throw HintsProblem.WithoutPicture()
        val levels = (told["view"] as? String)?.let(PictureView::levelsOf) ?: throw HintsProblem.WithoutPicture()
        if (!view.isAlike(width.double, height.double, levels)) {
            throw HintsProblem.AnotherPicture(shown(width.text), shown(height.text))
        }
    }

    private fun hint(value: Any?, number: Int): Hint {
        if (value !is Map<*, *>) throw HintsProblem.BadHint(number, "is no object")
        for (name in listOf("x", "y", "colour")) {
            if (name !in value) throw HintsProblem.BadHint(number, "has no $name")
        }
        val x = share(value, "x", number)
        val y = share(value, "y", number)
        val radius = if ("radius" in value) share(value, "radius", number) else 0.0
        return Hint(x, y, rgb(value["colour"], number), radius)
    }

    private fun share(value: Map<*, *>, name: String, number: Int): Double {
        val said = value[name] as? JsonNumber
            ?: throw HintsProblem.BadHint(number, "has no number for $name")
        if (said.double in 0.0..1.0) return said.double
        val outside = if (name == "radius") "" else ": that is outside of the picture"
        throw HintsProblem.BadHint(number, "has $name ${shown(said.text)}, not 0 to 1$outside")
    }

    /** A colour's sRGB; null keeps the place grey. */
    private fun rgb(said: Any?, number: Int): Int? {
        if (said is String) {
            val text = said.trim().lowercase()
            if (text == Hint.KEEP_GREY || text == "gray") return null
            if (HEX.matches(text)) return text.drop(1).toInt(16)
        } else if (said is List<*> && said.size == 3) {
            val levels = said.mapNotNull { (it as? JsonNumber)?.whole?.takeIf { level -> level in 0..255 } }
            if (levels.size == 3) return levels.fold(0) { rgb, level -> 256 * rgb + level.toInt() }
        }
        throw HintsProblem.BadHint(
            number,
            "has a colour that is not #RRGGBB, three levels of 0 to 255, or grey: ${shown("$said")}",
        )
    }

    /** The beginning of what was said, for a message of one line. */
    private fun shown(text: String): String {
        val plain = text.map { if (isPrintable(it)) it else '?' }.joinToString("")
        return if (plain.length <= LONGEST_SHOWN) plain else plain.take(LONGEST_SHOWN) + "..."
    }

    private const val LONGEST_SHOWN = 20
}
