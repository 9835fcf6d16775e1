package org.tintlite.core

/** A rectangle in a view's pixels. */
public data class Box(val left: Float, val top: Float, val right: Float, val bottom: Float) {
    /** In pixels. */
    public val width: Float get() = right - left

    /** In pixels. */
    public val height: Float get() = bottom - top
}

/**
 * Where a picture lies in a view that shows all of it, as large as it fits, in the middle.
 *
 * @return an empty box in the view's middle where a size is zero or less
 */
public fun fitCenter(pictureWidth: Int, pictureHeight: Int, viewWidth: Int, viewHeight: Int): Box {
    val centreX = maxOf(viewWidth, 0) / 2f
    val centreY = maxOf(viewHeight, 0) / 2f
    if (pictureWidth <= 0 || pictureHeight <= 0 || viewWidth <= 0 || viewHeight <= 0) {
        return Box(centreX, centreY, centreX, centreY)
    }
    val scale = minOf(viewWidth / pictureWidth.toDouble(), viewHeight / pictureHeight.toDouble())
    val halfWidth = (pictureWidth * scale / 2).toFloat()
    val halfHeight = (pictureHeight * scale / 2).toFloat()
    return Box(centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight)
}

/**
 * The line between before (left) and after (right).
 *
 * @property fraction where it lies: 0 at the picture's left edge, 1 at its right edge
 */
public data class Divider(val fraction: Float = 0.5f) {
    init {
        require(fraction in 0f..1f) { "a divider lies in 0..1, not $fraction" }
    }

    /** Its place on the screen. */
    public fun x(picture: Box): Float = picture.left + picture.width * fraction

    /** The divider under a finger; beside the picture it stays at the edge. */
    public fun at(x: Float, picture: Box): Divider =
        if (picture.width <= 0f || x.isNaN()) {
            this
        } else {
            Divider(((x - picture.left) / picture.width).coerceIn(0f, 1f))
        }

    /** The divider a step to the right (or left, where negative), for keys and screen readers. */
    public fun moved(step: Float): Divider = Divider((fraction + step).coerceIn(0f, 1f))

    /** For a screen reader: how much of the picture is grey, 0..100. */
    public val percent: Int get() = Math.round(fraction * 100)

    /** The part of the picture that is shown grey. */
    public fun before(picture: Box): Box = picture.copy(right = x(picture))

    /** The part of the picture that is shown in colour. */
    public fun after(picture: Box): Box = picture.copy(left = x(picture))
}
