package org.tintlite.demo

import android.content.Context
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import org.tintlite.core.ui.Swatch

/** How colours that can be said are shown, and what they are called. */
object Swatches {
    private const val OPAQUE = 0xff shl 24
    private const val GREY = 0x808080
    private const val SIZE_DP = 28f

    /** 0xFFRRGGBB of what a hint says; null keeps grey. */
    fun argb(rgb: Int?): Int = OPAQUE or (rgb ?: GREY)

    /** A disc of a colour, with an edge that is seen by day and by night. */
    fun disc(context: Context, rgb: Int?): Drawable {
        val density = context.resources.displayMetrics.density
        val size = Math.round(SIZE_DP * density)
        return GradientDrawable().apply {
            setShape(GradientDrawable.OVAL) // its getter is of API 24
            setColor(argb(rgb))
            setStroke(Math.round(density), context.getColor(R.color.on_surface_dim))
            setSize(size, size)
        }
    }

    /** What a swatch is called. */
    fun name(context: Context, swatch: Swatch): String = context.getString(
        when (swatch) {
            Swatch.LIGHT_SKIN -> R.string.swatch_light_skin
            Swatch.DARK_SKIN -> R.string.swatch_dark_skin
            Swatch.HAIR -> R.string.swatch_hair
            Swatch.WOOD -> R.string.swatch_wood
            Swatch.SKY -> R.string.swatch_sky
            Swatch.LEAVES -> R.string.swatch_leaves
            Swatch.RED_CLOTH -> R.string.swatch_red_cloth
            Swatch.BLUE_CLOTH -> R.string.swatch_blue_cloth
            Swatch.GREY -> R.string.swatch_grey
        },
    )

    /** What a colour is called: a swatch's name, or its code. */
    fun name(context: Context, rgb: Int?): String =
        Swatch.entries.find { it.rgb == rgb }?.let { name(context, it) } ?: "#%06X".format(rgb)
}
