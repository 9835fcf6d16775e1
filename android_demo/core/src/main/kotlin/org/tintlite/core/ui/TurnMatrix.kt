package org.tintlite.core.ui

import org.tintlite.core.Turn

/**
 * The affine map that draws a stored picture upright and scaled.
 *
 * @param width of the stored picture, in pixels
 * @param height of the stored picture, in pixels
 * @param scale pixels drawn for one of the picture
 * @return nine values, row by row, as `android.graphics.Matrix.setValues` takes them
 */
public fun Turn.matrix(width: Int, height: Int, scale: Float): FloatArray {
    // The stored corner (0, 0) and the ways along its sides, in upright pixels.
    val (uprightWidth, uprightHeight) = sizeOf(width, height)
    val turned = when (rotation.degrees) {
        90 -> floatArrayOf(0f, -1f, uprightWidth.toFloat(), 1f, 0f, 0f)
        180 -> floatArrayOf(-1f, 0f, uprightWidth.toFloat(), 0f, -1f, uprightHeight.toFloat())
        270 -> floatArrayOf(0f, 1f, 0f, -1f, 0f, uprightHeight.toFloat())
        else -> floatArrayOf(1f, 0f, 0f, 0f, 1f, 0f)
    }
    if (mirrored) {
        turned[0] = -turned[0]
        turned[1] = -turned[1]
        turned[2] = uprightWidth - turned[2]
    }
    return FloatArray(9) { if (it < 6) turned[it] * scale else if (it == 8) 1f else 0f }
}
