package org.tintlite.core.ui

/**
 * What the photo's screen shows.
 *
 * @param P what is drawn: a pair of bitmaps on Android, anything in a test.
 */
public sealed interface PhotoState<out P> {
    /** Nothing was chosen yet. */
    public data object Empty : PhotoState<Nothing>

    /** A picture is on its way; [before] is the one that stays on the screen meanwhile. */
    public data class Working<P>(val job: Int, val before: Shown<P>?) : PhotoState<P>

    /** A coloured picture. [saveable]: whether the file to save and share is written. */
    public data class Shown<P>(
        val job: Int,
        val pictures: P,
        val facts: PhotoFacts,
        val saveable: Boolean,
    ) : PhotoState<P>

    /** It went wrong; [problem] says how. */
    public data class Failed(val job: Int, val problem: Exception) : PhotoState<Nothing>
}

/**
 * What is said beside a coloured picture.
 *
 * @property width and [height] of the upright picture that was chosen, in pixels.
 * @property plan at which size it was decoded and coloured.
 * @property milliseconds from decoding to the last pixel, the network included.
 */
public data class PhotoFacts(
    val width: Int,
    val height: Int,
    val plan: PicturePlan,
    val milliseconds: Long,
)

/** What happens to the photo. Events of an older job than the newest are void. */
public sealed interface PhotoEvent<out P> {
    /** Which run this belongs to; each [Started] has a higher one. */
    public val job: Int

    /** A picture was chosen, or is coloured anew. */
    public data class Started(override val job: Int) : PhotoEvent<Nothing>

    /** It is coloured and can be shown. */
    public data class Coloured<P>(
        override val job: Int,
        val pictures: P,
        val facts: PhotoFacts,
    ) : PhotoEvent<P>

    /** Its file is written. */
    public data class Written(override val job: Int) : PhotoEvent<Nothing>

    /** It went wrong. */
    public data class Broke(override val job: Int, val problem: Exception) : PhotoEvent<Nothing>
}

/** What the photo's screen shows after an event. */
public fun <P> PhotoState<P>.after(event: PhotoEvent<P>): PhotoState<P> {
    if (event is PhotoEvent.Started) {
        val before = this as? PhotoState.Shown<P> ?: (this as? PhotoState.Working<P>)?.before
        return if (event.job > newest()) PhotoState.Working(event.job, before) else this
    }
    if (event.job != newest()) return this
    return when (event) {
        is PhotoEvent.Coloured ->
            PhotoState.Shown(event.job, event.pictures, event.facts, saveable = false)
        is PhotoEvent.Written -> (this as? PhotoState.Shown<P>)?.copy(saveable = true) ?: this
        is PhotoEvent.Broke -> PhotoState.Failed(event.job, event.problem)
        is PhotoEvent.Started -> this
    }
}

private fun PhotoState<*>.newest(): Int = when (this) {
    PhotoState.Empty -> 0
    is PhotoState.Working<*> -> job
    is PhotoState.Shown<*> -> job
    is PhotoState.Failed -> job
}
