package org.tintlite.demo

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Bitmap
import android.media.Image
import android.net.Uri
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.provider.Settings
import android.view.View
import android.view.WindowManager
import android.widget.Button
import android.widget.TextView
import java.io.File
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.concurrent.Executors
import org.tintlite.core.Divider
import org.tintlite.core.Problem
import org.tintlite.core.Turn
import org.tintlite.core.ui.CameraEvent
import org.tintlite.core.ui.CameraState
import org.tintlite.core.ui.SavedName
import org.tintlite.core.ui.after
import org.tintlite.core.ui.mayRetry
import org.tintlite.core.ui.needsCamera

/** The camera's screen: what it sees, in colour at once. The camera is open only in front. */
class LiveActivity : Activity() {
    private lateinit var compare: CompareView
    private lateinit var panel: View
    private lateinit var panelText: TextView
    private lateinit var panelButton: Button
    private lateinit var engine: TextView
    private lateinit var result: TextView
    private lateinit var capture: Button
    private lateinit var switchCamera: Button

    private val main = Handler(Looper.getMainLooper())
    private val writer = Executors.newSingleThreadExecutor { Thread(it, "tintlite-save") }

    private var state: CameraState = CameraState.Opening
    private var cameras: List<CameraChoice> = emptyList()
    private var chosen = 0
    private var asked = false
    private var unanswered = false
    private var feed: CameraFeed? = null
    private var colourer: LiveColourer? = null
    private var shown: PhotoPair? = null
    private var waiting: File? = null // a captured frame until the person named a place for it

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_live)
        view<View>(R.id.root).padForSystemBars()
        compare = view(R.id.compare)
        panel = view(R.id.panel)
        panelText = view(R.id.panel_text)
        panelButton = view(R.id.panel_button)
        engine = view(R.id.engine)
        result = view(R.id.result)
        capture = view(R.id.capture)
        switchCamera = view(R.id.switch_camera)
        panelButton.setOnClickListener { help() }
        capture.setOnClickListener { capture() }
        switchCamera.setOnClickListener { switchCamera() }
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        savedInstanceState?.let {
            compare.divider = Divider(it.getFloat(DIVIDER, 0.5f).coerceIn(0f, 1f))
            chosen = it.getInt(CHOSEN)
            asked = it.getBoolean(ASKED)
            waiting = it.getString(WAITING)?.let(::File)
        }
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putFloat(DIVIDER, compare.divider.fraction)
        outState.putInt(CHOSEN, chosen)
        outState.putBoolean(ASKED, asked)
        outState.putString(WAITING, waiting?.path)
    }

    override fun onResume() {
        super.onResume()
        cameras = CameraFeed.cameras(this)
        happened(
            CameraEvent.Resumed(
                allowed = mayUseCamera(),
                asked = asked,
                mayAskAgain = unanswered ||
                    shouldShowRequestPermissionRationale(Manifest.permission.CAMERA),
                cameras = cameras.size,
            ),
        )
        if (state is CameraState.NoPermission && !asked) ask()
        main.post(everySecond)
    }

    override fun onPause() {
        main.removeCallbacks(everySecond)
        happened(CameraEvent.Paused)
        stopCamera()
        super.onPause()
    }

    override fun onDestroy() {
        writer.shutdown()
        super.onDestroy()
    }

    private fun mayUseCamera(): Boolean =
        checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    /** The screen comes to the front again after the answer: [onResume] looks at it. */
    private fun ask() {
        asked = true
        requestPermissions(arrayOf(Manifest.permission.CAMERA), PERMISSION)
    }

    /** Whoever swept the question away, without an answer, may be asked again. */
    override fun onRequestPermissionsResult(
        requestCode: Int,
        permissions: Array<String>,
        grantResults: IntArray,
    ) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        unanswered = grantResults.isEmpty()
    }

    private fun happened(event: CameraEvent) {
        val former = state
        state = state.after(event)
        if (!state.needsCamera()) stopCamera()
        val inFront = event != CameraEvent.Paused
        if (state == CameraState.Opening && inFront && feed == null) startCamera()
        if (state != former || event is CameraEvent.Resumed) render()
    }

    private fun startCamera() {
        val choice = cameras[chosen.mod(cameras.size)]
        val settings = demo.settings
        val colourer = LiveColourer(
            demo.modelThread,
            demo.monitor,
            settings.wish(),
            settings.settings.saturation,
            onFrame = ::show,
            onProblem = ::stopFor,
        )
        this.colourer = colourer
        colourer.start()
        val look = { image: Image -> lookAt(image, choice, colourer) }
        feed = CameraFeed(this, choice, look, ::happened).also(CameraFeed::start)
    }

    /** On the camera's thread. */
    private fun lookAt(image: Image, choice: CameraChoice, colourer: LiveColourer) {
        try {
            colourer.offer(yPlaneOf(image, turnOf(choice)))
        } catch (problem: Problem) {
            main.post { if (this.colourer === colourer) stopFor(problem) }
        }
    }

    private fun turnOf(choice: CameraChoice): Turn =
        Turn.ofCamera(choice.sensorDegrees, displayDegrees, choice.facesUser)

    private fun stopCamera() {
        feed?.close()
        feed = null
        colourer?.close()
        colourer = null
    }

    private fun show(pair: PhotoPair) {
        if (state != CameraState.Running) return
        shown = pair
        compare.show(pair.before, pair.after)
        capture.isEnabled = true
        panel.visibility = View.GONE
    }

    /** The network failed: no further try helps before the settings are other ones. */
    private fun stopFor(problem: Exception) {
        stopCamera()
        showPanel(textOf(problem), getString(R.string.settings_title))
    }

    private fun switchCamera() {
        chosen = (chosen + 1).mod(cameras.size)
        stopCamera()
        state = CameraState.Opening
        startCamera()
        render()
    }

    private val everySecond: Runnable = object : Runnable {
        override fun run() {
            val rate = colourer?.framesPerSecond
            val line = textOf(demo.monitor)
            engine.text = if (rate == null) line else getString(R.string.live_line, rate, line)
            main.postDelayed(this, 1000)
        }
    }

    private fun render() {
        switchCamera.visibility = if (cameras.size > 1) View.VISIBLE else View.GONE
        switchCamera.isEnabled = state.needsCamera()
        if (state == CameraState.Running) return // the first coloured frame takes the panel away
        compare.clear()
        shown = null
        capture.isEnabled = false
        val button = when (val state = state) {
            is CameraState.NoPermission ->
                if (state.mayBeAsked()) R.string.allow_camera else R.string.open_settings
            else -> R.string.try_again.takeIf { state.mayRetry() }
        }
        showPanel(textOf(state), button?.let(::getString))
    }

    private fun showPanel(text: String, button: String?) {
        compare.clear()
        capture.isEnabled = false
        panel.visibility = View.VISIBLE
        panelText.text = text
        panelButton.text = button
        panelButton.visibility = if (button == null) View.GONE else View.VISIBLE
    }

    private fun textOf(state: CameraState): String = when (state) {
        is CameraState.NoPermission ->
            getString(if (state.asked) R.string.camera_denied else R.string.camera_why)
        CameraState.NoCamera -> getString(R.string.camera_none)
        CameraState.Opening, CameraState.Running -> getString(R.string.camera_opening)
        CameraState.InUse -> getString(R.string.camera_in_use)
        CameraState.Disabled -> getString(R.string.camera_disabled)
        is CameraState.Failed -> getString(R.string.camera_failed, state.code)
    }

    /** What the panel's button does. */
    private fun help() {
        val state = state
        when {
            state is CameraState.NoPermission ->
                if (state.mayBeAsked()) ask() else openSystemSettings()
            state.mayRetry() -> happened(CameraEvent.Retry)
            else -> startActivity(Intent(this, SettingsActivity::class.java))
        }
    }

    private fun openSystemSettings() {
        val app = Uri.fromParts("package", packageName, null)
        startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app))
    }

    private fun capture() {
        // A copy: the frame on the screen is overwritten soon.
        val frame = shown?.after?.copy(Bitmap.Config.ARGB_8888, false) ?: return
        val time = SimpleDateFormat("yyyyMMdd-HHmmss", Locale.ROOT).format(Date())
        val file = File(cacheDir, "frame")
        val name = SavedName.ofFrame(time)
        inBackground(
            {
                PhotoEncoder.write(frame, Turn.NONE, null, file)
                if (PictureSaver.toCollection) {
                    PictureSaver.toCollection(contentResolver, file, name, JPEG)
                }
            },
            {
                if (PictureSaver.toCollection) {
                    say(getString(R.string.saved_to, PictureSaver.FOLDER))
                } else {
                    askForPlace(file, name)
                }
            },
        )
    }

    private fun askForPlace(file: File, name: String) {
        waiting = file
        try {
            startActivityForResult(PictureSaver.placeIntent(name, JPEG), PLACE)
        } catch (_: ActivityNotFoundException) {
            say(getString(R.string.no_app))
        }
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        val uri = data?.data ?: return
        val file = waiting ?: return
        if (requestCode != PLACE || resultCode != RESULT_OK) return
        inBackground(
            { PictureSaver.toDocument(contentResolver, file, uri) },
            { say(getString(R.string.saved)) },
        )
    }

    private fun inBackground(work: () -> Unit, then: () -> Unit) {
        writer.execute {
            val outcome = runCatching(work)
            runOnUiThread {
                if (!isDestroyed) outcome.fold({ then() }, { say(textOf(it)) })
            }
        }
    }

    private fun say(text: String) {
        result.text = text
        result.visibility = View.VISIBLE
    }

    private companion object {
        const val PERMISSION = 1
        const val PLACE = 2
        const val DIVIDER = "divider"
        const val CHOSEN = "chosen"
        const val ASKED = "asked"
        const val WAITING = "waiting"
        const val JPEG = "image/jpeg"
    }
}
