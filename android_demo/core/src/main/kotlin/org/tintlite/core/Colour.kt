package org.tintlite.core

import kotlin.math.cbrt
import kotlin.math.pow

/** A colour in CIE L*a*b* (D65, 2 degree observer). L* is 0..100. */
public data class Lab(val l: Float, val a: Float, val b: Float)

/**
 * CIE L*a*b* of sRGB, as in `edge_runtime/colour/cielab.py`: tables are computed in double precision and
 * stored as float32, sums are float32.
 *
 * Formulas: sRGB transfer curve from IEC 61966-2-1; L*a*b* from CIE 15:2004, section 8.2.1; RGB to
 * XYZ by the matrix of ITU-R BT.709 primaries with D65 white. The white point is the sum of the
 * matrix's rows, so that every grey has a* = b* = 0 exactly.
 */
public object Colour {
    private val RGB_TO_XYZ = arrayOf(
        doubleArrayOf(0.412453, 0.357580, 0.180423),
        doubleArrayOf(0.212671, 0.715160, 0.072169),
        doubleArrayOf(0.019334, 0.119193, 0.950227),
    )
    private val OVER_WHITE = RGB_TO_XYZ.map { row -> row.map { it / row.sum() }.toDoubleArray() }

    internal const val EPSILON = 216.0 / 24389 // CIE: (6/29)^3
    internal const val KAPPA = 24389.0 / 27 // CIE: (29/3)^3

    /** X / Xn, Y / Yn, Z / Zn to linear RGB: the rows of a 3 x 3 matrix. */
    internal val TO_RGB: FloatArray = inverse(OVER_WHITE).map { it.toFloat() }.toFloatArray()
    private val TO_XYZ: FloatArray =
        OVER_WHITE.flatMap { it.asIterable() }.map { it.toFloat() }.toFloatArray()

    /** Linear light (0..1) of the 256 levels of sRGB. */
    internal val LINEAR: FloatArray = FloatArray(256) { linear((it / 255.0).toFloat().toDouble()).toFloat() }

    /** CIE's f(Y) of the 256 levels of grey. */
    internal val F: FloatArray = FloatArray(256) { f(LINEAR[it]) }

    /**
     * CIE L* of the 256 levels of grey, to the last bit that of Python: double precision, rounded
     * once. An int8 network turns a last bit of its input into a visible difference here and there.
     */
    internal val LIGHTNESS: FloatArray = FloatArray(256) { level ->
        val luminance = linear(level / 255.0)
        (if (luminance > EPSILON) 116 * cbrt(luminance) - 16 else KAPPA * luminance).toFloat()
    }

    private const val ENCODE_STEPS = 65535

    /** sRGB levels of linear light in steps of 1 / 65535: within 0.03 of a level. */
    private val ENCODED = ByteArray(ENCODE_STEPS + 1) { step ->
        Math.rint(encode(step / ENCODE_STEPS.toDouble()) * 255).toInt().toByte()
    }

    /** CIE L* (0..100) of an sRGB grey, a level of 0..255. */
    public fun lightness(level: Int): Float = LIGHTNESS[level]

    /** CIE L* (0..100) of an sRGB colour, levels of 0..255. */
    public fun lightness(red: Int, green: Int, blue: Int): Float =
        if (red == green && green == blue) {
            LIGHTNESS[red]
        } else {
            lightnessOfLuminance(luminance(red, green, blue))
        }

    /** CIE L*a*b* of an sRGB colour, levels of 0..255. */
    public fun toLab(red: Int, green: Int, blue: Int): Lab {
        val f = FloatArray(3) { row ->
            f(
                TO_XYZ[3 * row] * LINEAR[red] + TO_XYZ[3 * row + 1] * LINEAR[green] +
                    TO_XYZ[3 * row + 2] * LINEAR[blue],
            )
        }
        return Lab(116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2]))
    }

    /** The sRGB colour of L*a*b* as 0xFFRRGGBB, rounded; out of gamut with as much chroma as fits. */
    public fun toArgb(lab: Lab): Int {
        val fy = (lab.l + 16) / 116
        return argb(fy + lab.a / 500, fy, fy - lab.b / 200)
    }

    /** a* and b* of a colour, with as much chroma as sRGB holds at its lightness. */
    internal fun held(lab: Lab): Pair<Float, Float> {
        val fy = (lab.l + 16) / 116
        val fx = fy + lab.a / 500
        val fz = fy - lab.b / 200
        val fits = linear(fx, fy, fz) { red, green, blue -> isLight(red) && isLight(green) && isLight(blue) }
        val share = if (fits) 1f else Gamut.share(fx, fy, fz)
        return Pair(share * lab.a, share * lab.b)
    }

    internal fun luminance(red: Int, green: Int, blue: Int): Float =
        TO_XYZ[3] * LINEAR[red] + TO_XYZ[4] * LINEAR[green] + TO_XYZ[5] * LINEAR[blue]

    /** CIE's f of X / Xn, Y / Yn or Z / Zn. */
    internal fun f(value: Float): Float =
        if (value > EPSILON) {
            cbrt(value.toDouble()).toFloat()
        } else {
            ((KAPPA * value + 16) / 116).toFloat()
        }

    /**
     * 0xFFRRGGBB of CIE's f of X, Y and Z over white; what is out of gamut keeps L* and hue and gets
     * as much chroma as fits.
     */
    internal fun argb(fx: Float, fy: Float, fz: Float): Int = linear(fx, fy, fz) { red, green, blue ->
        if (isLight(red) && isLight(green) && isLight(blue)) {
            encoded(red, green, blue)
        } else {
            val share = Gamut.share(fx, fy, fz)
            linear(fy + share * (fx - fy), fy, fy + share * (fz - fy), ::encoded)
        }
    }

    private inline fun <T> linear(fx: Float, fy: Float, fz: Float, use: (Float, Float, Float) -> T): T {
        val x = undoF(fx)
        val y = undoF(fy)
        val z = undoF(fz)
        val m = TO_RGB
        return use(
            m[0] * x + m[1] * y + m[2] * z,
            m[3] * x + m[4] * y + m[5] * z,
            m[6] * x + m[7] * y + m[8] * z,
        )
    }

    /** Whether sRGB holds a colour: CIE's f of X, Y and Z over white. */
    internal fun holds(fx: Double, fy: Double, fz: Double): Boolean {
        fun undo(f: Double) = if (f > 6 / 29.0) f * f * f else 108 / 841.0 * (f - 4 / 29.0)
        val x = undo(fx)
        val y = undo(fy)
        val z = undo(fz)
        return (0..2).all { row ->
            TO_RGB[3 * row] * x + TO_RGB[3 * row + 1] * y + TO_RGB[3 * row + 2] * z in 0.0..1.0
        }
    }

    private fun undoF(f: Float): Float = if (f > DELTA) f * f * f else SLOPE * (f - BLACK)

    private fun isLight(linear: Float): Boolean = linear >= -SLACK && linear <= 1 + SLACK

    private fun encoded(red: Float, green: Float, blue: Float): Int =
        (0xff shl 24) or (encodedLevel(red) shl 16) or (encodedLevel(green) shl 8) or encodedLevel(blue)

    private fun encodedLevel(linear: Float): Int {
        val clipped = if (linear < 0f) 0f else if (linear > 1f) 1f else linear
        return ENCODED[(clipped * ENCODE_STEPS + 0.5f).toInt()].toInt() and 0xff
    }

    private fun linear(encoded: Double): Double =
        if (encoded <= 0.04045) encoded / 12.92 else ((encoded + 0.055) / 1.055).pow(2.4)

    private fun encode(linear: Double): Double =
        if (linear <= 0.0031308) linear * 12.92 else 1.055 * linear.pow(1 / 2.4) - 0.055

    private fun lightnessOfLuminance(luminance: Float): Float =
        if (luminance > EPSILON) {
            116 * cbrt(luminance.toDouble()).toFloat() - 16
        } else {
            luminance * KAPPA.toFloat()
        }

    private const val DELTA = (6 / 29.0).toFloat()
    private const val SLOPE = (3 * (6 / 29.0) * (6 / 29.0)).toFloat()
    private const val BLACK = (4 / 29.0).toFloat() // f(0)

    /** Linear light beyond 0..1 by no more than this is clipped: less than half a level. */
    private const val SLACK = 1f / (1 shl 13)

    private fun inverse(m: List<DoubleArray>): List<Double> {
        fun minor(r: Int, c: Int): Double {
            val (r1, r2) = (0..2).filter { it != r }
            val (c1, c2) = (0..2).filter { it != c }
            return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        }
        fun sign(r: Int, c: Int) = if ((r + c) % 2 == 0) 1 else -1
        val determinant = (0..2).sumOf { sign(0, it) * m[0][it] * minor(0, it) }
        return (0..8).map { sign(it % 3, it / 3) * minor(it % 3, it / 3) / determinant }
    }
}
