package org.tintlite.core

/**
 * A picture that gives its pixels row by row, so that no copy of the whole is needed.
 * In an app: a few lines over `Bitmap.getPixels`.
 */
public interface PixelSource {
    /** In pixels. */
    public val width: Int

    /** In pixels. */
    public val height: Int

    /**
     * Reads whole rows.
     *
     * @param top the first row
     * @param rows how many rows
     * @param into filled with `rows * width` pixels 0xAARRGGBB from its start, row-major; alpha is
     *   not looked at
     */
    public fun readRows(top: Int, rows: Int, into: IntArray)
}

/** Takes pixels row by row. In an app: a few lines over `Bitmap.setPixels`. */
public interface PixelSink {
    /**
     * Writes whole rows. Called from several threads at once where the caller asked for several,
     * each with rows of its own.
     *
     * @param from `rows * width` pixels 0xFFRRGGBB from its start, row-major; reused afterwards
     */
    public fun writeRows(top: Int, rows: Int, from: IntArray)
}

/** A picture whose pixels are all grey. */
public interface GreySource : PixelSource {
    /** Reads whole rows of levels (unsigned bytes) into the start of [into]. */
    public fun readGrey(top: Int, rows: Int, into: ByteArray)

    override fun readRows(top: Int, rows: Int, into: IntArray) {
        val grey = ByteArray(rows * width)
        readGrey(top, rows, grey)
        for (i in grey.indices) into[i] = GREY_STEP * (grey[i].toInt() and 0xff) or OPAQUE
    }
}

private const val GREY_STEP = 0x010101
private const val OPAQUE = 0xff shl 24

/**
 * A picture in memory: pixels 0xAARRGGBB, row-major.
 *
 * @throws PictureProblem its size or its array is wrong
 */
public class ArgbPicture(
    override val width: Int,
    override val height: Int,
    public val pixels: IntArray,
) : PixelSource, PixelSink {
    init {
        checkPictureSize(width, height)
        checkArray(pixels.size, width * height)
    }

    override fun readRows(top: Int, rows: Int, into: IntArray) {
        pixels.copyInto(into, 0, top * width, (top + rows) * width)
    }

    override fun writeRows(top: Int, rows: Int, from: IntArray) {
        from.copyInto(pixels, top * width, 0, rows * width)
    }
}

/**
 * A grey picture in memory: one level (unsigned byte) a pixel, row-major.
 *
 * @throws PictureProblem its size or its array is wrong
 */
public class GreyPicture(
    override val width: Int,
    override val height: Int,
    public val levels: ByteArray,
) : GreySource {
    init {
        checkPictureSize(width, height)
        checkArray(levels.size, width * height)
    }

    override fun readGrey(top: Int, rows: Int, into: ByteArray) {
        levels.copyInto(into, 0, top * width, (top + rows) * width)
    }
}
