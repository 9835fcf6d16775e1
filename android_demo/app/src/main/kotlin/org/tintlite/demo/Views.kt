package org.tintlite.demo

import android.app.Activity
import android.view.View

/** A view of the screen's layout. */
inline fun <reified V : View> Activity.view(id: Int): V = findViewById(id) as V
