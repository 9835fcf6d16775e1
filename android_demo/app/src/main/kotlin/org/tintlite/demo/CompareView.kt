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
import android.view.GestureDetector
import android.view.KeyEvent
import android.view.MotionEvent
import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeInfo.AccessibilityAction
import org.tintlite.core.Box
import org.tintlite.core.Divider
import org.tintlite.core.Hint
import org.tintlite.core.fitCenter

/**
 * A picture before and after, with a line between that fingers, keys and screen readers move.
 *
 * For a screen reader it is a slider from 0 to 100: how much of the picture is grey. Where somebody
 * may say colours, a long press says where; so do Enter and an action of the screen reader, in the middle.
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

    /** Told where a colour is to be said, in shares of the picture, and how far a finger reaches there. */
    var onPlace: ((x: Double, y: Double, reachX: Double, reachY: Double) -> Unit)? = null
        set(value) {
            field = value
            touches.setIsLongpressEnabled(value != null)
        }

    /** What was said of the picture's colours: marked on it. */
    var hints: List<Hint> = emptyList()
        set(value) {
            if (field == value) return
            field = value
            invalidate()
        }

    private val density = resources.displayMetrics.density
    private val handleRadius = HANDLE_DP / 2 * density
    private val picturePaint = Paint(Paint.FILTER_BITMAP_FLAG)
    private val edgePaint = paintOf(R.color.divider_edge)
    private val linePaint = paintOf(R.color.divider_line)
    private val groundPaint = paintOf(R.color.label_ground)
    private val hintPaint = Paint(Paint.ANTI_ALIAS_FLAG)
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
    private val touches = GestureDetector(context, Touches())

    init {
        touches.setIsLongpressEnabled(false)
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
        hints.forEach { drawHint(canvas, it, box) }
        drawDivider(canvas, box)
    }

    private fun drawHint(canvas: Canvas, hint: Hint, box: Box) {
        val x = (box.left + hint.x * box.width).toFloat()
        val y = (box.top + hint.y * box.height).toFloat()
        val radius = MARK_DP / 2 * density
        canvas.drawCircle(x, y, radius + 3 * density, edgePaint)
        canvas.drawCircle(x, y, radius + 2 * density, linePaint)
        hintPaint.color = Swatches.argb(hint.rgb)
        canvas.drawCircle(x, y, radius, hintPaint)
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
        if (event.actionMasked == MotionEvent.ACTION_DOWN) {
            parent.requestDisallowInterceptTouchEvent(true)
        }
        touches.onTouchEvent(event)
        return true
    }

    private inner class Touches : GestureDetector.SimpleOnGestureListener() {
        override fun onDown(e: MotionEvent): Boolean = true

        override fun onScroll(
            e1: MotionEvent?,
            e2: MotionEvent,
            distanceX: Float,
            distanceY: Float,
        ): Boolean {
            divider = divider.at(e2.x, box())
            return true
        }

        override fun onSingleTapUp(e: MotionEvent): Boolean {
            divider = divider.at(e.x, box())
            return performClick()
        }

        override fun onLongPress(e: MotionEvent) {
            val box = box()
            val inside = e.x in box.left..box.right && e.y in box.top..box.bottom
            if (!inside || box.width <= 0 || box.height <= 0) return
            ask(((e.x - box.left) / box.width).toDouble(), ((e.y - box.top) / box.height).toDouble())
        }
    }

    private fun ask(x: Double, y: Double) {
        val box = box()
        val reach = TOUCH_DP / 2 * density
        onPlace?.invoke(x, y, (reach / box.width).toDouble(), (reach / box.height).toDouble())
    }

    private fun askInTheMiddle(): Boolean {
        if (onPlace == null) return false
        ask(0.5, 0.5)
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
            KeyEvent.KEYCODE_ENTER, KeyEvent.KEYCODE_DPAD_CENTER ->
                return askInTheMiddle() || super.onKeyDown(keyCode, event)
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
        if (onPlace != null) {
            info.addAction(AccessibilityAction(R.id.say_colour, context.getString(R.string.say_in_the_middle)))
        }
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
            R.id.say_colour -> return askInTheMiddle()
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
        const val MARK_DP = 12f
    }
}
