package org.tintlite.demo

import android.os.Build
import android.view.View
import android.view.WindowInsets

/**
 * Keeps a view's content clear of system bars, cutouts and the keyboard. From API 35 a window
 * reaches under all of them; before, the system has taken its share already and nothing is added.
 */
fun View.padForSystemBars() {
    val own = intArrayOf(paddingLeft, paddingTop, paddingRight, paddingBottom)
    setOnApplyWindowInsetsListener { view, insets ->
        val bars = barsOf(insets)
        view.setPadding(own[0] + bars[0], own[1] + bars[1], own[2] + bars[2], own[3] + bars[3])
        insets
    }
}

/** Left, top, right and bottom, in pixels. */
private fun barsOf(insets: WindowInsets): IntArray =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
        val types = WindowInsets.Type.systemBars() or
            WindowInsets.Type.displayCutout() or
            WindowInsets.Type.ime()
        insets.getInsets(types).run { intArrayOf(left, top, right, bottom) }
    } else {
        @Suppress("DEPRECATION")
        insets.run {
            intArrayOf(
                systemWindowInsetLeft,
                systemWindowInsetTop,
                systemWindowInsetRight,
                systemWindowInsetBottom,
            )
        }
    }
