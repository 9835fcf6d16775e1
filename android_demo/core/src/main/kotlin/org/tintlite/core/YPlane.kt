package org.tintlite.core

import java.nio.ByteBuffer

/**
 * Which levels a camera's Y uses.
 *
 * `ImageFormat.YUV_420_888` of Camera2 is full range (JFIF) unless the image says otherwise: since
 * Android 13 `Image.getDataSpace` can say `DataSpace.RANGE_LIMITED`.
 */
public enum class LumaRange {
    /** Black is 0, white is 255: a level is the sRGB level of the grey. */
    FULL,

    /** Black is 16, white is 235, as in video: stretched to 0..255, what lies outside clipped. */
    LIMITED,
}

/**
 * The Y plane of a camera image, turned upright: the grey picture itself, no colour conversion.
 *
 * The levels are read in place: the plane must stay open while it is used. [copyTo] frees it early.
 *
 * @param bytes the plane; its position and limit are left alone, absolute reads only
 * @param planeWidth as the camera gives it, before turning
 * @param planeHeight as the camera gives it, before turning
 * @param rowStride bytes from one row to the next, at least a row long; the last row may be short
 * @param pixelStride bytes from one pixel to the next
 * @param turn how to turn the plane so that it is upright
 * @throws PictureProblem.Empty a size of nothing
 * @throws PictureProblem.TooLarge more than a picture may have
 * @throws PictureProblem.BadPlane strides that overlap, or a plane that holds too few bytes
 */
public class YPlane(
    private val bytes: ByteBuffer,
    private val planeWidth: Int,
    private val planeHeight: Int,
    private val rowStride: Int,
    private val pixelStride: Int,
    private val range: LumaRange = LumaRange.FULL,
    private val turn: Turn = Turn.NONE,
) : GreySource {
    init {
        checkPictureSize(planeWidth, planeHeight)
        if (pixelStride < 1) throw PictureProblem.BadPlane("has a pixel stride of $pixelStride")
        val row = (planeWidth - 1L) * pixelStride + 1
        if (rowStride < row) {
            throw PictureProblem.BadPlane("has a row stride of $rowStride for rows of $row bytes")
        }
        val needed = (planeHeight - 1L) * rowStride + row
        if (needed > bytes.limit()) {
            throw PictureProblem.BadPlane("holds ${bytes.limit()} bytes of $needed")
        }
    }

    override val width: Int = if (turn.rotation.swapsSides) planeHeight else planeWidth
    override val height: Int = if (turn.rotation.swapsSides) planeWidth else planeHeight

    override fun readGrey(top: Int, rows: Int, into: ByteArray) {
        // Where an upright pixel lies: linear in its row and column.
        val origin = place(0, 0)
        val acrossStep = if (width > 1) place(1, 0) - origin else 0
        val downStep = if (height > 1) place(0, 1) - origin else 0
        val table = if (range == LumaRange.LIMITED) STRETCHED else null
        var to = 0
        for (y in top until top + rows) {
            var from = origin + y * downStep
            for (x in 0 until width) {
                val level = bytes.get(from)
                into[to++] = if (table == null) level else table[level.toInt() and 0xff]
                from += acrossStep
            }
        }
    }

    /** Copies the upright levels, after which the plane may be closed. */
    public fun copyTo(levels: ByteArray = ByteArray(width * height)): GreyPicture {
        checkArray(levels.size, width * height)
        readGrey(0, height, levels)
        return GreyPicture(width, height, levels)
    }

    private fun place(x: Int, y: Int): Int {
        val (planeX, planeY) = turn.source(x, y, planeWidth, planeHeight)
        return planeY * rowStride + planeX * pixelStride
    }

    private companion object {
        val STRETCHED = ByteArray(256) { level ->
            Math.round((level - 16) * 255 / 219.0).coerceIn(0, 255).toInt().toByte()
        }
    }
}
