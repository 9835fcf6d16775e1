package org.tintlite.demo

import android.app.Activity
import android.hardware.DataSpace
import android.media.Image
import android.os.Build
import android.view.Surface
import org.tintlite.core.LumaRange
import org.tintlite.core.Turn
import org.tintlite.core.YPlane

/**
 * The Y plane of a camera's image: the grey picture itself. The image must stay open meanwhile.
 *
 * @throws org.tintlite.core.PictureProblem the plane contradicts itself
 */
fun yPlaneOf(image: Image, turn: Turn): YPlane {
    val plane = image.planes[0]
    return YPlane(
        plane.buffer,
        image.width,
        image.height,
        plane.rowStride,
        plane.pixelStride,
        rangeOf(image),
        turn,
    )
}

private fun rangeOf(image: Image): LumaRange {
    val limited = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU &&
        DataSpace.getRange(image.dataSpace) == DataSpace.RANGE_LIMITED
    return if (limited) LumaRange.LIMITED else LumaRange.FULL
}

/** By how many degrees what is drawn is turned on this device's screen: 0, 90, 180 or 270. */
val Activity.displayDegrees: Int
    get() {
        val shown = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            display
        } else {
            @Suppress("DEPRECATION")
            windowManager.defaultDisplay
        }
        return when (shown?.rotation) {
            Surface.ROTATION_90 -> 90
            Surface.ROTATION_180 -> 180
            Surface.ROTATION_270 -> 270
            else -> 0
        }
    }
