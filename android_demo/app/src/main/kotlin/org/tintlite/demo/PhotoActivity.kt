package org.tintlite.demo

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.TextView
import java.util.concurrent.Executors
import org.tintlite.core.Divider
import org.tintlite.core.ui.PhotoFacts
import org.tintlite.core.ui.PhotoState

/** The first screen: choose a photo, compare, save and share. */
class PhotoActivity : Activity() {
    private lateinit var compare: CompareView
    private lateinit var hint: TextView
    private lateinit var progress: View
    private lateinit var result: TextView
    private lateinit var engine: TextView
    private lateinit var save: Button
    private lateinit var share: Button

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
        view<View>(R.id.choose).setOnClickListener { choose() }
        view<View>(R.id.camera).setOnClickListener { go(LiveActivity::class.java) }
        view<View>(R.id.settings).setOnClickListener { go(SettingsActivity::class.java) }
        save.setOnClickListener { save() }
        share.setOnClickListener { share() }
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
            PLACE -> write { PictureSaver.toDocument(contentResolver, demo.photos.result, uri) }
        }
    }

    private fun save() {
        val name = demo.photos.savedName
        val type = PhotoEncoder.typeOf(name.substringAfterLast('.'))
        if (PictureSaver.toCollection) {
            write { PictureSaver.toCollection(contentResolver, demo.photos.result, name, type) }
        } else {
            try {
                startActivityForResult(PictureSaver.placeIntent(name, type), PLACE)
            } catch (_: ActivityNotFoundException) {
                say(getString(R.string.no_app))
            }
        }
    }

    private fun write(work: () -> Unit) {
        val done = if (PictureSaver.toCollection) {
            getString(R.string.saved_to, PictureSaver.FOLDER)
        } else {
            getString(R.string.saved)
        }
        inBackground({ work() }) { say(done) }
    }

    private fun share() {
        val name = demo.photos.savedName
        inBackground({ ResultProvider.lend(applicationContext, demo.photos.result, name) }) { uri ->
            startActivity(shareIntent(uri, PhotoEncoder.typeOf(name.substringAfterLast('.'))))
        }
    }

    private fun shareIntent(uri: Uri, type: String): Intent {
        val send = Intent(Intent.ACTION_SEND)
            .setType(type)
            .putExtra(Intent.EXTRA_STREAM, uri)
            .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        send.clipData = android.content.ClipData.newRawUri(null, uri)
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
        val shown = state as? PhotoState.Shown<PhotoPair>
            ?: (state as? PhotoState.Working<PhotoPair>)?.before
        val pictures = shown?.pictures
        if (pictures == null) compare.clear() else compare.show(pictures.before, pictures.after)
        hint.visibility = if (state == PhotoState.Empty) View.VISIBLE else View.GONE
        progress.visibility = if (state is PhotoState.Working<*>) View.VISIBLE else View.GONE
        val saveable = (state as? PhotoState.Shown<*>)?.saveable == true
        save.isEnabled = saveable
        share.isEnabled = saveable
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
        const val DIVIDER = "divider"
        const val HAS_PHOTO = "has_photo"
        const val NAME = "name"
    }
}
