package org.tintlite.core

/** The largest model file that is read, in bytes: three copies of it fit the heap of a phone. */
public const val MAX_MODEL_BYTES: Int = 32 * 1024 * 1024

/** The largest picture that is coloured, in pixels; as in `edge_runtime/pictures/header.py`. */
public const val MAX_PIXELS: Long = 178_000_000

/** The longest side of a picture, in pixels. */
public const val MAX_SIDE: Int = 65_535

/** The strongest saturation; the weakest is 0. */
public const val MAX_SATURATION: Float = 3f

/**
 * Sees that a picture's size is one that can be coloured.
 *
 * @throws PictureProblem.Empty a side is zero or less
 * @throws PictureProblem.TooLarge more than [MAX_PIXELS] or [MAX_SIDE]
 */
public fun checkPictureSize(width: Int, height: Int) {
    if (width <= 0 || height <= 0) throw PictureProblem.Empty(width, height)
    if (width > MAX_SIDE || height > MAX_SIDE || width.toLong() * height > MAX_PIXELS) {
        throw PictureProblem.TooLarge(width, height)
    }
}

internal fun checkArray(found: Int, expected: Int) {
    if (found != expected) throw PictureProblem.BadArray(found, expected)
}
