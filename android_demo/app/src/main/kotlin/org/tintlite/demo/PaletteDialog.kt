package org.tintlite.demo

import android.app.AlertDialog
import android.content.Context
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.LinearLayout
import android.widget.SeekBar
import org.tintlite.core.HintSession
import org.tintlite.core.ui.Asked
import org.tintlite.core.ui.Palette
import org.tintlite.core.ui.Swatch

/**
 * The colours that a place can be said to have: the network's own first.
 *
 * @param onSaid told 0xRRGGBB, or null to keep the place grey
 * @param onRemoved told that the hint at the place is to go
 * @param onClosed told that nothing was chosen
 */
class PaletteDialog(
    private val context: Context,
    private val session: HintSession,
    private val asked: Asked,
    private val onSaid: (Int?) -> Unit,
    private val onRemoved: () -> Unit,
    private val onClosed: () -> Unit,
) {
    /** Opens it. */
    fun show(): AlertDialog {
        val content = LayoutInflater.from(context).inflate(R.layout.palette, null)
        fillSwatches(content.findViewById(R.id.swatches) as LinearLayout)
        setUpPicker(content)
        val builder = AlertDialog.Builder(context)
            .setTitle(R.string.palette_title)
            .setView(content)
            .setNegativeButton(android.R.string.cancel) { _, _ -> onClosed() }
            .setOnCancelListener { onClosed() }
        if (asked.index != null) builder.setNeutralButton(R.string.hint_delete) { _, _ -> onRemoved() }
        return builder.show()
    }

    private fun fillSwatches(list: LinearLayout) {
        val own = session.ownColour(asked.x, asked.y)
        list.addView(button(context.getString(R.string.palette_own), own), matching())
        for (pair in Swatch.entries.chunked(2)) {
            val row = LinearLayout(context)
            for (swatch in pair) {
                val share = LinearLayout.LayoutParams(0, ViewGroup.LayoutParams.MATCH_PARENT, 1f)
                row.addView(button(Swatches.name(context, swatch), swatch.rgb), share)
            }
            list.addView(row, matching())
        }
    }

    private fun matching() = LinearLayout.LayoutParams(
        ViewGroup.LayoutParams.MATCH_PARENT,
        ViewGroup.LayoutParams.WRAP_CONTENT,
    )

    private fun button(text: String, rgb: Int?): Button {
        val view = LayoutInflater.from(context).inflate(R.layout.swatch, null) as Button
        view.text = text
        view.show(rgb)
        view.setOnClickListener { onSaid(rgb) }
        return view
    }

    private fun Button.show(rgb: Int?) {
        setCompoundDrawablesRelativeWithIntrinsicBounds(Swatches.disc(context, rgb), null, null, null)
    }

    /** Hue and chroma at the lightness of the place: what is shown is what comes out. */
    private fun setUpPicker(content: View) {
        val hue = content.findViewById(R.id.hue) as SeekBar
        val chroma = content.findViewById(R.id.chroma) as SeekBar
        val use = content.findViewById(R.id.use) as Button
        val lightness = session.lightnessAt(asked.x, asked.y)
        hue.max = Palette.HUES
        chroma.max = Palette.MAX_CHROMA
        chroma.progress = Palette.MAX_CHROMA / 2
        fun picked() = Palette.picked(hue.progress, chroma.progress, lightness)
        use.show(picked())
        use.setOnClickListener { onSaid(picked()) }
        val listener = object : SeekBar.OnSeekBarChangeListener {
            override fun onProgressChanged(bar: SeekBar, progress: Int, fromUser: Boolean) = use.show(picked())

            override fun onStartTrackingTouch(bar: SeekBar) = Unit

            override fun onStopTrackingTouch(bar: SeekBar) = Unit
        }
        hue.setOnSeekBarChangeListener(listener)
        chroma.setOnSeekBarChangeListener(listener)
    }
}
