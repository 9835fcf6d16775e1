package org.tintlite.core.ui

import org.tintlite.core.Hint
import org.tintlite.core.MAX_HINTS

/**
 * Where a colour is being chosen.
 *
 * @property x as a share of the upright picture's width, 0..1
 * @property y the same of its height
 * @property index which of the hints lies there, or null for a new one
 */
public data class Asked(val x: Double, val y: Double, val index: Int?)

/**
 * What was said of a picture's colours. What it was before is kept, so that it can be had again.
 *
 * @property asked where a colour is being chosen now, or null
 */
public data class HintBoard(
    val hints: List<Hint> = emptyList(),
    val asked: Asked? = null,
    private val former: List<List<Hint>> = emptyList(),
) {
    /** Whether something was said that can be taken back. */
    public val mayUndo: Boolean get() = former.isNotEmpty()

    /** Whether no hint can be added. */
    public val full: Boolean get() = hints.size >= MAX_HINTS

    /**
     * A colour is to be chosen for a place, or for the hint that lies near it.
     *
     * @param reachX how near, as a share of the width
     * @param reachY the same of the height
     */
    public fun ask(x: Double, y: Double, reachX: Double, reachY: Double): HintBoard {
        fun apart(hint: Hint) = square((hint.x - x) / reachX) + square((hint.y - y) / reachY)
        val near = hints.indices.filter { apart(hints[it]) <= 1 }.minByOrNull { apart(hints[it]) }
        return if (near != null) ask(near) else copy(asked = Asked(x.coerceIn(0.0, 1.0), y.coerceIn(0.0, 1.0), null))
    }

    /** A colour is to be chosen anew for one of the hints. */
    public fun ask(index: Int): HintBoard = copy(asked = Asked(hints[index].x, hints[index].y, index))

    /** No colour is chosen after all. */
    public fun closed(): HintBoard = copy(asked = null)

    /** A colour was chosen: 0xRRGGBB, or null to keep the place grey. */
    public fun said(rgb: Int?): HintBoard {
        val (x, y, index) = asked ?: return this
        if (index == null) return if (full) closed() else changed(hints + Hint(x, y, rgb))
        return changed(hints.mapIndexed { i, hint -> if (i == index) hint.copy(rgb = rgb) else hint })
    }

    /** The hint at the asked place goes. */
    public fun removed(): HintBoard {
        val index = asked?.index ?: return closed()
        return changed(hints.filterIndexed { i, _ -> i != index })
    }

    /** Other hints take the place of these. */
    public fun changed(hints: List<Hint>): HintBoard =
        if (hints == this.hints) closed() else HintBoard(hints, null, former + listOf(this.hints))

    /** The last change is taken back. */
    public fun undone(): HintBoard = if (mayUndo) HintBoard(former.last(), null, former.dropLast(1)) else this

    private fun square(value: Double): Double = value * value
}
