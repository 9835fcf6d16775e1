package org.tintlite.core

/**
 * The network's input for a picture: its lightness, scaled to a square and turned upright.
 *
 * @param source any picture; grey ones are read without their copies of red and blue
 * @param size S, in pixels
 * @param turn the turn that makes the picture upright; it is the small square that is turned
 * @param view of the network's contract; null where that is of version 1: L* / 50 - 1
 * @param into S x S values, row-major, from -1 to 1
 * @return [into]
 * @throws PictureProblem the picture is empty or too large, or [into] has another size
 */
public fun lightnessOf(
    source: PixelSource,
    size: Int,
    view: ToneView?,
    turn: Turn = Turn.NONE,
    into: FloatArray = FloatArray(size * size),
): FloatArray {
    asInput(starsOf(source, size, turn, into), view)
    return into
}

/** L* (0..100) of a picture, scaled to a square and turned upright; as [lightnessOf], into [into]. */
internal fun starsOf(source: PixelSource, size: Int, turn: Turn, into: FloatArray): FloatArray {
    checkArray(into.size, size * size)
    val planes = Shrink.planes(source, size)
    val red = planes.first()
    val green = planes[planes.size / 2]
    val blue = planes.last()
    for (y in 0 until size) {
        for (x in 0 until size) {
            val (storedX, storedY) = turn.source(x, y, size, size)
            val i = storedY * size + storedX
            into[y * size + x] = Colour.lightness(red[i], green[i], blue[i])
        }
    }
    return into
}

/** Turns L* into the network's input, in place. */
internal fun asInput(lightness: FloatArray, view: ToneView?) {
    if (view != null) {
        view.apply(lightness)
    } else {
        for (i in lightness.indices) lightness[i] = lightness[i] / LIGHTNESS_SCALE - 1
    }
}
