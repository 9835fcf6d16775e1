package org.tintlite.demo

import android.app.Activity
import android.app.AlertDialog
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.TextView
import java.util.concurrent.Executors
import org.tintlite.core.Divider
import org.tintlite.core.MAX_HINTS
import org.tintlite.core.ui.Asked
import org.tintlite.core.ui.PhotoFacts
import org.tintlite.core.ui.PhotoState

/** The first screen: choose a photo, compare, say colours, save and share. */
class PhotoActivity : Activity() {
    private lateinit var compare: CompareView
    private lateinit var hint: TextView
    private lateinit var progress: View
    private lateinit var result: TextView
    private lateinit var engine: TextView
    private lateinit var save: Button
    private lateinit var share: Button
    private lateinit var hints: Button
    private lateinit var undo: Button
    private var palette: AlertDialog? = null
    private var paletteFor: Asked? = null
    private var hintList: AlertDialog? = null

    private val writer = Executors.newSingleThreadExecutor { Thread(it, "tintlite-save") }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_photo)
        view<View>(R.id.root).padForSystemBars()
        compare = view(R.id.compare)
        hint = view(R.id.hint)
        progress = view(R.id.progress)
        result = view(R.id.result)
        engine = view(R.id.engine)
        save = view(R.id.save)
        share = view(R.id.share)
        hints = view(R.id.hints)
        undo = view(R.id.undo)
        view<View>(R.id.choose).setOnClickListener { choose() }
        view<View>(R.id.camera).setOnClickListener { go(LiveActivity::class.java) }
        view<View>(R.id.settings).setOnClickListener { go(SettingsActivity::class.java) }
        save.setOnClickListener { save() }
        share.setOnClickListener { share() }
        compare.onPlace = ::ask
        hints.setOnClickListener { showHints() }
        undo.setOnClickListener { demo.photos.change { it.undone() } }
        if (savedInstanceState == null) openShared(intent) else restore(savedInstanceState)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        openShared(intent)
    }

    override fun onStart() {
        super.onStart()
        demo.photos.onChange = ::render
        demo.photos.refresh() // the settings may be other ones now
        render()
    }

    override fun onStop() {
        demo.photos.onChange = null
        hintList?.dismiss()
        closePalette() // what is asked stays: it opens again with the screen
        super.onStop()
    }

    override fun onDestroy() {
        writer.shutdown()
        super.onDestroy()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putFloat(DIVIDER, compare.divider.fraction)
        outState.putBoolean(HAS_PHOTO, demo.photos.state != PhotoState.Empty)
        outState.putString(NAME, demo.photos.name)
    }

    private fun restore(state: Bundle) {
        compare.divider = Divider(state.getFloat(DIVIDER, 0.5f).coerceIn(0f, 1f))
        if (state.getBoolean(HAS_PHOTO)) demo.photos.restore(state.getString(NAME))
    }

    private fun go(screen: Class<out Activity>) = startActivity(Intent(this, screen))

    /** A picture that another app shares; its address lies in the clip data as well. */
    private fun openShared(intent: Intent) {
        if (intent.action != Intent.ACTION_SEND) return
        val clip = intent.clipData ?: return
        if (clip.itemCount > 0) clip.getItemAt(0).uri?.let(::open)
    }

    private fun open(uri: Uri) {
        // Other apps may name any file: those of this app are none of their business.
        if (uri.scheme == "content") demo.photos.open(uri)
    }

    private fun choose() {
        try {
            startActivityForResult(PhotoPicker.intent(), CHOOSE)
        } catch (_: ActivityNotFoundException) {
            try {
                startActivityForResult(PhotoPicker.documentIntent(), CHOOSE)
            } catch (_: ActivityNotFoundException) {
                say(getString(R.string.no_app))
            }
        }
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        val uri = data?.data
        if (resultCode != RESULT_OK || uri == null) return
        when (requestCode) {
            CHOOSE -> open(uri)
            PLACE -> writeTo(uri)
            HINTS_PLACE -> demo.photos.hintsFile?.let { file ->
                inBackground({ PictureSaver.toDocument(contentResolver, file, uri) }) { say(getString(R.string.saved)) }
            }
            HINTS -> openHints(uri)
        }
    }

    private fun save() {
        val name = demo.photos.savedName
        if (PictureSaver.toCollection) {
            saveToCollection(name)
        } else {
            askForPlace(name, PLACE)
        }
    }

    private fun saveToCollection(name: String) {
        val hints = demo.photos.hintsFile
        val hintsName = demo.photos.savedHintsName
        val done = if (hints == null) {
            getString(R.string.saved_to, PictureSaver.FOLDER)
        } else {
            getString(R.string.saved_with_hints, PictureSaver.FOLDER, PictureSaver.HINTS_FOLDER)
        }
        inBackground({
            PictureSaver.toCollection(contentResolver, demo.photos.result, name, PhotoEncoder.typeOf(name))
            if (hints != null) PictureSaver.hintsToCollection(contentResolver, hints, hintsName)
        }) { say(done) }
    }

    /** Below Android 10: one place for the picture, and then one for its hints. */
    private fun writeTo(uri: Uri) {
        inBackground({ PictureSaver.toDocument(contentResolver, demo.photos.result, uri) }) {
            say(getString(R.string.saved))
            if (demo.photos.hintsFile != null) askForPlace(demo.photos.savedHintsName, HINTS_PLACE)
        }
    }

    private fun askForPlace(name: String, request: Int) =
        startForResult(PictureSaver.placeIntent(name, PhotoEncoder.typeOf(name)), request)

    private fun startForResult(intent: Intent, request: Int) {
        try {
            startActivityForResult(intent, request)
        } catch (_: ActivityNotFoundException) {
            say(getString(R.string.no_app))
        }
    }

    private fun ask(x: Double, y: Double, reachX: Double, reachY: Double) {
        if (demo.photos.shown == null) return
        demo.photos.change { board ->
            val asked = board.ask(x, y, reachX, reachY)
            if (board.full && asked.asked?.index == null) {
                say(getString(R.string.hints_too_many, MAX_HINTS))
                board
            } else {
                asked
            }
        }
    }

    /** All that was said: each can be changed or deleted without finding it on the picture. */
    private fun showHints() {
        val all = demo.photos.board.hints
        val builder = AlertDialog.Builder(this)
            .setTitle(R.string.hints_title)
            .setNegativeButton(android.R.string.cancel, null)
            .setNeutralButton(R.string.hints_open) { _, _ -> startForResult(HINTS_INTENT, HINTS) }
        if (all.isEmpty()) {
            builder.setMessage(R.string.hints_none)
        } else {
            val lines = all.map { hint ->
                val (fromLeft, fromTop) = listOf(hint.x, hint.y).map { Math.round(100 * it).toInt() }
                getString(R.string.hint_line, Swatches.name(this, hint.rgb), fromLeft, fromTop)
            }
            builder.setItems(lines.toTypedArray<CharSequence>()) { _, index ->
                demo.photos.change { if (index < it.hints.size) it.ask(index) else it }
            }
        }
        hintList = builder.show()
    }

    private fun openHints(uri: Uri) {
        val shown = demo.photos.shown ?: return
        inBackground({ demo.photos.readHints(uri, shown) }) { read ->
            if (demo.photos.shown?.facts == shown.facts) demo.photos.change { it.changed(read) }
        }
    }

    private fun renderPalette() {
        val asked = demo.photos.board.asked
        val session = demo.photos.shown?.pictures?.session
        if (asked == paletteFor && palette != null) return
        closePalette()
        if (asked == null || session == null) return
        val photos = demo.photos
        paletteFor = asked
        palette = PaletteDialog(
            this,
            session,
            asked,
            onSaid = { rgb -> photos.change { it.said(rgb) } },
            onRemoved = { photos.change { it.removed() } },
            onClosed = { photos.change { it.closed() } },
        ).show()
    }

    private fun closePalette() {
        palette?.dismiss()
        palette = null
        paletteFor = null
    }

    private fun share() {
        val name = demo.photos.savedName
        val files = linkedMapOf(name to demo.photos.result)
        demo.photos.hintsFile?.let { files[demo.photos.savedHintsName] = it }
        inBackground({ ResultProvider.lend(applicationContext, files) }) { uris ->
            startActivity(shareIntent(uris, PhotoEncoder.typeOf(name)))
        }
    }

    /** A picture alone, or with its hints. */
    private fun shareIntent(uris: List<Uri>, type: String): Intent {
        val send = if (uris.size == 1) {
            Intent(Intent.ACTION_SEND).setType(type).putExtra(Intent.EXTRA_STREAM, uris.single())
        } else {
            Intent(Intent.ACTION_SEND_MULTIPLE).setType("*/*")
                .putParcelableArrayListExtra(Intent.EXTRA_STREAM, ArrayList(uris))
        }
        send.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        send.clipData = ClipData.newRawUri(null, uris.first()).apply {
            for (uri in uris.drop(1)) addItem(ClipData.Item(uri))
        }
        return Intent.createChooser(send, null)
    }

    /** Files are written off the main thread; the outcome is said where the screen still is. */
    private fun <T> inBackground(work: () -> T, then: (T) -> Unit) {
        writer.execute {
            val outcome = runCatching(work)
            runOnUiThread {
                if (!isDestroyed) outcome.fold(then) { say(textOf(it)) }
            }
        }
    }

    /** A screen reader speaks each new text: the same one is not said twice. */
    private fun say(text: String) {
        if (result.text.toString() != text) result.text = text
    }

    private fun render() {
        val state = demo.photos.state
        val board = demo.photos.board
        val pictures = demo.photos.shown?.pictures?.pair
        if (pictures == null) compare.clear() else compare.show(pictures.before, pictures.after)
        hint.visibility = if (state == PhotoState.Empty) View.VISIBLE else View.GONE
        progress.visibility = if (state is PhotoState.Working<*>) View.VISIBLE else View.GONE
        val saveable = (state as? PhotoState.Shown<*>)?.saveable == true
        save.isEnabled = saveable
        share.isEnabled = saveable
        compare.hints = if (pictures == null) emptyList() else board.hints
        hints.text = getString(R.string.hints_button, board.hints.size)
        hints.isEnabled = pictures != null
        undo.isEnabled = board.mayUndo
        renderPalette()
        say(
            when (state) {
                PhotoState.Empty -> ""
                is PhotoState.Working<*> -> getString(R.string.photo_working)
                is PhotoState.Shown<*> -> textOf(state.facts)
                is PhotoState.Failed -> textOf(state.problem)
            },
        )
        engine.text = textOf(demo.monitor)
    }

    private fun textOf(facts: PhotoFacts): String {
        val done = getString(R.string.photo_done, facts.width, facts.height, facts.milliseconds)
        if (facts.plan.whole) return done
        val (long, short) = facts.plan.run { maxOf(width, height) to minOf(width, height) }
        val upright = facts.width >= facts.height
        val width = if (upright) long else short
        val height = if (upright) short else long
        return done + "\n" + getString(R.string.photo_sampled, width, height)
    }

    private companion object {
        const val CHOOSE = 1
        const val PLACE = 2
        const val HINTS_PLACE = 3
        const val HINTS = 4
        const val DIVIDER = "divider"
        const val HAS_PHOTO = "has_photo"
        const val NAME = "name"

        /** Many apps do not know JSON by its type. */
        val HINTS_INTENT: Intent =
            Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("*/*")
    }
}
