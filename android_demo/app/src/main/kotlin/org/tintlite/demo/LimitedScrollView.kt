package org.tintlite.demo

import android.content.Context
import android.util.AttributeSet
import android.widget.ScrollView

/** Takes at most half of the height that it is offered, and scrolls what needs more. */
class LimitedScrollView(context: Context, attributes: AttributeSet?) :
    ScrollView(context, attributes) {
    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val half = MeasureSpec.getSize(heightMeasureSpec) / 2
        val limited = MeasureSpec.makeMeasureSpec(half, MeasureSpec.AT_MOST)
        super.onMeasure(widthMeasureSpec, limited)
    }
}
