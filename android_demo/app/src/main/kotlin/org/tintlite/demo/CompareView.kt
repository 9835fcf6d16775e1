package org.tintlite.demo

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Rect
import android.graphics.RectF
import android.os.Build
import android.os.Bundle
import android.util.AttributeSet
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeInfo.AccessibilityAction
import org.tintlite.core.Box
import org.tintlite.core.Divider
import org.tintlite.core.fitCenter

/**
 * A picture before and after, with a line between that fingers, keys and screen readers move.
 *
 * For a screen reader it is a slider from 0 to 100: how much of the picture is grey.
 */
class CompareView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    private var before: Bitmap? = null
    private var after: Bitmap? = null

    /** Where the line is. */
    var divider: Divider = Divider()
        set(value) {
            if (field == value) return
            field = value
            invalidate()
            excludeHandleFromBackGesture()
            sendAccessibilityEvent(AccessibilityEvent.TYPE_VIEW_SELECTED)
        }

    private val density = resources.displayMetrics.density
    private val handleRadius = HANDLE_DP / 2 * density
    private val picturePaint = Paint(Paint.FILTER_BITMAP_FLAG)
    private val edgePaint = paintOf(R.color.divider_edge)
    private val linePaint = paintOf(R.color.divider_line)
    private val groundPaint = paintOf(R.color.label_ground)
    private val focusPaint = paintOf(R.color.focus).apply {
        style = Paint.Style.STROKE
        strokeWidth = 3 * density
    }
    private val labelPaint = paintOf(R.color.label_text).apply {
        textSize = resources.getDimension(R.dimen.label_text)
    }
    private val beforeLabel = context.getString(R.string.before)
    private val afterLabel = context.getString(R.string.after)
    private val target = RectF()

    init {
        isFocusable = true
        contentDescription = context.getString(R.string.compare_description)
    }

    /** Shows two pictures of one size, which stay the caller's. */
    fun show(before: Bitmap, after: Bitmap) {
        val former = box()
        this.before = before
        this.after = after
        visibility = VISIBLE
        invalidate()
        if (box() != former) excludeHandleFromBackGesture()
    }

    /** Shows nothing. */
    fun clear() {
        before = null
        after = null
        visibility = INVISIBLE
    }

    private fun paintOf(colour: Int) =
        Paint(Paint.ANTI_ALIAS_FLAG).apply { color = context.getColor(colour) }

    private fun box(): Box {
        val picture = after ?: return fitCenter(0, 0, width, height)
        return fitCenter(picture.width, picture.height, width, height)
    }

    override fun onSizeChanged(w: Int, h: Int, oldw: Int, oldh: Int) {
        super.onSizeChanged(w, h, oldw, oldh)
        excludeHandleFromBackGesture()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val before = before ?: return
        val after = after ?: return
        val box = box()
        drawPart(canvas, before, box, divider.before(box), beforeLabel, atRight = false)
        drawPart(canvas, after, box, divider.after(box), afterLabel, atRight = true)
        drawDivider(canvas, box)
    }

    private fun drawPart(
        canvas: Canvas,
        picture: Bitmap,
        box: Box,
        part: Box,
        label: String,
        atRight: Boolean,
    ) {
        canvas.save()
        canvas.clipRect(part.left, part.top, part.right, part.bottom)
        target.set(box.left, box.top, box.right, box.bottom)
        canvas.drawBitmap(picture, null, target, picturePaint)
        // Each label lies in its own picture's corner, and is uncovered with it.
        val gap = 8 * density
        val textWidth = labelPaint.measureText(label)
        val textHeight = labelPaint.descent() - labelPaint.ascent()
        val left = if (atRight) box.right - 3 * gap - textWidth else box.left + gap
        target.set(left, box.top + gap, left + textWidth + 2 * gap, box.top + 2 * gap + textHeight)
        canvas.drawRoundRect(target, gap, gap, groundPaint)
        canvas.drawText(label, left + gap, box.top + 1.5f * gap - labelPaint.ascent(), labelPaint)
        canvas.restore()
    }

    private fun drawDivider(canvas: Canvas, box: Box) {
        val x = divider.x(box)
        val y = (box.top + box.bottom) / 2
        canvas.drawRect(x - 2 * density, box.top, x + 2 * density, box.bottom, edgePaint)
        canvas.drawRect(x - density, box.top, x + density, box.bottom, linePaint)
        canvas.drawCircle(x, y, handleRadius + density, edgePaint)
        canvas.drawCircle(x, y, handleRadius, linePaint)
        if (isFocused) canvas.drawCircle(x, y, handleRadius + 3 * density, focusPaint)
    }

    override fun onTouchEvent(event: MotionEvent): Boolean {
        if (after == null) return false
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN, MotionEvent.ACTION_MOVE -> {
                parent.requestDisallowInterceptTouchEvent(true)
                divider = divider.at(event.x, box())
            }
            MotionEvent.ACTION_UP -> performClick()
            else -> Unit
        }
        return true
    }

    override fun performClick(): Boolean {
        super.performClick()
        return true
    }

    override fun onKeyDown(keyCode: Int, event: KeyEvent): Boolean {
        if (after == null) return super.onKeyDown(keyCode, event)
        divider = when (keyCode) {
            KeyEvent.KEYCODE_DPAD_LEFT -> divider.moved(-STEP)
            KeyEvent.KEYCODE_DPAD_RIGHT -> divider.moved(STEP)
            KeyEvent.KEYCODE_MOVE_HOME -> Divider(0f)
            KeyEvent.KEYCODE_MOVE_END -> Divider(1f)
            else -> return super.onKeyDown(keyCode, event)
        }
        return true
    }

    override fun onFocusChanged(gainFocus: Boolean, direction: Int, previouslyFocusedRect: Rect?) {
        super.onFocusChanged(gainFocus, direction, previouslyFocusedRect)
        invalidate()
    }

    override fun getAccessibilityClassName(): CharSequence = "android.widget.SeekBar"

    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        if (after == null) return
        info.rangeInfo = AccessibilityNodeInfo.RangeInfo.obtain(
            AccessibilityNodeInfo.RangeInfo.RANGE_TYPE_PERCENT,
            0f,
            100f,
            divider.percent.toFloat(),
        )
        info.addAction(AccessibilityAction.ACTION_SET_PROGRESS)
        if (divider.fraction < 1f) info.addAction(AccessibilityAction.ACTION_SCROLL_FORWARD)
        if (divider.fraction > 0f) info.addAction(AccessibilityAction.ACTION_SCROLL_BACKWARD)
    }

    override fun performAccessibilityAction(action: Int, arguments: Bundle?): Boolean {
        if (after == null) return super.performAccessibilityAction(action, arguments)
        divider = when (action) {
            AccessibilityNodeInfo.ACTION_SCROLL_FORWARD -> divider.moved(STEP)
            AccessibilityNodeInfo.ACTION_SCROLL_BACKWARD -> divider.moved(-STEP)
            AccessibilityAction.ACTION_SET_PROGRESS.id -> {
                val name = AccessibilityNodeInfo.ACTION_ARGUMENT_PROGRESS_VALUE
                val percent = arguments?.getFloat(name, Float.NaN) ?: Float.NaN
                if (percent.isNaN()) return false
                Divider((percent / 100).coerceIn(0f, 1f))
            }
            else -> return super.performAccessibilityAction(action, arguments)
        }
        return true
    }

    /** A swipe that starts on the handle moves the line, even at the screen's edge. */
    private fun excludeHandleFromBackGesture() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return
        val box = box()
        val reach = TOUCH_DP / 2 * density
        val x = divider.x(box)
        val y = (box.top + box.bottom) / 2
        val handle = RectF(x - reach, y - reach, x + reach, y + reach)
        systemGestureExclusionRects = listOf(Rect().also(handle::roundOut))
    }

    private companion object {
        const val STEP = 0.05f
        const val HANDLE_DP = 24f
        const val TOUCH_DP = 48f
    }
}
