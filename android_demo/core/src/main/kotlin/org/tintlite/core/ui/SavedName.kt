package org.tintlite.core.ui

/** Names of saved pictures. */
public object SavedName {
    private const val MAX_STEM = 80

    /**
     * The name of a coloured picture, as `tintlite colorize` gives it: `aunt.jpg` becomes
     * `aunt.colour.jpg`.
     *
     * @param original the name that another app gave, which may be null or hostile: only its last
     *   part is used, without control characters and without what file systems refuse.
     * @param extension without a dot: `jpg` or `png`.
     */
    public fun ofPhoto(original: String?, extension: String): String =
        "${stemOf(original)}.colour.$extension"

    /** The name of the file of a picture's hints, under which `tintlite colorize` finds it: `aunt.hints.json`. */
    public fun ofHints(original: String?): String = "${stemOf(original)}.hints.json"

    private fun stemOf(original: String?): String {
        val last = original.orEmpty().substringAfterLast('/').substringAfterLast('\\')
        val stem = last.substringBeforeLast('.', last)
            .map { if (it.isISOControl() || it in FORBIDDEN) '_' else it }
            .joinToString("")
            .trim(' ', '.')
            .take(MAX_STEM)
        // A cut may leave half of a surrogate pair, which no file system takes.
        val whole = if (stem.lastOrNull()?.isHighSurrogate() == true) stem.dropLast(1) else stem
        return whole.ifBlank { "picture" }
    }

    /** The name of a frame of the camera, from the local date and time `yyyyMMdd-HHmmss`. */
    public fun ofFrame(dateAndTime: String): String = "tintlite-$dateAndTime.colour.jpg"

    private const val FORBIDDEN = "<>:\"|?*"
}
