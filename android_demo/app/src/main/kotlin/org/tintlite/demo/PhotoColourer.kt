package org.tintlite.demo

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Matrix
import android.graphics.Paint
import android.os.SystemClock
import org.tintlite.core.AbGrid
import org.tintlite.core.Composer
import org.tintlite.core.EngineWish
import org.tintlite.core.Hint
import org.tintlite.core.HintSession
import org.tintlite.core.ModelThread
import org.tintlite.core.ui.PhotoFacts
import org.tintlite.core.ui.PhotoProblem
import org.tintlite.core.ui.matrix

/** What is compared on the screen: both upright, of one size, no larger than a screen. */
class PhotoPair(val before: Bitmap, val after: Bitmap)

/** A coloured photo on the screen, and what answers when somebody says its colours. */
class ShownPhoto(val pair: PhotoPair, val session: HintSession)

/** Colours decoded photos in place. */
class PhotoColourer(private val modelThread: ModelThread, private val monitor: EngineMonitor) {
    /**
     * Colours a photo; its own bitmap becomes the coloured one.
     *
     * @param hints what was said of its colours
     * @param stop asked now and then: where it says true the rest is left undone
     * @return what to show, or null where it was stopped
     * @throws org.tintlite.core.Problem the model is refused or the network fails
     * @throws PhotoProblem.NoMemory there is too little left
     */
    fun colour(
        photo: DecodedPhoto,
        wish: EngineWish,
        saturation: Float,
        hints: List<Hint>,
        stop: () -> Boolean,
    ): Pair<ShownPhoto, PhotoFacts>? = withMemory {
        val started = SystemClock.elapsedRealtime()
        val before = shown(photo).also(::makeGrey)
        val session = modelThread.run(wish) { predictor ->
            predictor.session(BitmapPixels(photo.bitmap), photo.turn).also { monitor.ran(it.networkMs) }
        }
        if (stop()) return@withMemory null
        compose(photo, session, saturation, hints, stop)
        if (stop()) return@withMemory null
        val milliseconds = SystemClock.elapsedRealtime() - started
        val facts = PhotoFacts(photo.width, photo.height, photo.plan, milliseconds)
        ShownPhoto(PhotoPair(before, shown(photo)), session) to facts
    }

    /**
     * What is shown of a photo by other hints: quickly, for the network need not run.
     *
     * @throws PhotoProblem.NoMemory there is too little left
     */
    fun shown(photo: ShownPhoto, saturation: Float, hints: List<Hint>): ShownPhoto = withMemory {
        val before = photo.pair.before
        val after = before.copy(Bitmap.Config.ARGB_8888, true)
        val pixels = BitmapPixels(after)
        Composer(photo.session.ab(hints), pixels.width, pixels.height, saturation)
            .compose(pixels, pixels, THREADS)
        ShownPhoto(PhotoPair(before, after), photo.session)
    }

    /**
     * Colours a decoded photo in place as [colour] does, by what its session knows.
     *
     * @param stop as there
     */
    fun compose(
        photo: DecodedPhoto,
        session: HintSession,
        saturation: Float,
        hints: List<Hint>,
        stop: () -> Boolean,
    ) = withMemory {
        val pixels = BitmapPixels(photo.bitmap)
        Composer(session.storedAb(hints), pixels.width, pixels.height, saturation)
            .compose(pixels, pixels, THREADS, stop)
    }

    private inline fun <T> withMemory(work: () -> T): T =
        try {
            work()
        } catch (_: OutOfMemoryError) {
            throw PhotoProblem.NoMemory()
        }

    /** An upright copy, at most [SHOWN_SIDE] long. */
    private fun shown(photo: DecodedPhoto): Bitmap {
        val bitmap = photo.bitmap
        val scale = minOf(1f, SHOWN_SIDE / maxOf(bitmap.width, bitmap.height).toFloat())
        val (width, height) = photo.turn.sizeOf(bitmap.width, bitmap.height)
        val copy = Bitmap.createBitmap(
            maxOf(1, Math.round(width * scale)),
            maxOf(1, Math.round(height * scale)),
            Bitmap.Config.ARGB_8888,
        )
        copy.setHasAlpha(bitmap.hasAlpha())
        val matrix = Matrix().apply {
            setValues(photo.turn.matrix(bitmap.width, bitmap.height, scale))
        }
        Canvas(copy).drawBitmap(bitmap, matrix, Paint(Paint.FILTER_BITMAP_FLAG))
        return copy
    }

    /** Leaves a picture its lightness alone, by the formulas that colour it. */
    private fun makeGrey(bitmap: Bitmap) {
        val pixels = BitmapPixels(bitmap)
        val none = AbGrid.ofOutput(FloatArray(2), 1)
        Composer(none, pixels.width, pixels.height).compose(pixels, pixels, THREADS)
    }

    private companion object {
        /** The longer side of what is shown, in pixels: more than most screens have. */
        const val SHOWN_SIDE = 2048

        val THREADS = Runtime.getRuntime().availableProcessors().coerceIn(1, 4)
    }
}
