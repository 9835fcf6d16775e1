package org.tintlite.demo

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.view.View
import android.widget.RadioButton
import android.widget.RadioGroup
import android.widget.SeekBar
import android.widget.TextView
import java.util.concurrent.Executors
import org.tintlite.core.AcceleratorWish
import org.tintlite.core.MAX_SATURATION
import org.tintlite.core.ModelFile

/** Model, saturation, accelerator: every change counts at once. */
class SettingsActivity : Activity() {
    private lateinit var models: RadioGroup
    private lateinit var own: RadioButton
    private lateinit var message: TextView
    private lateinit var saturation: SeekBar
    private lateinit var saturationValue: TextView
    private lateinit var aboutModel: TextView

    private val reader = Executors.newSingleThreadExecutor { Thread(it, "tintlite-model-file") }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_settings)
        view<View>(R.id.root).padForSystemBars()
        models = view(R.id.models)
        own = view(R.id.model_own)
        message = view(R.id.model_message)
        saturation = view(R.id.saturation)
        saturationValue = view(R.id.saturation_value)
        aboutModel = view(R.id.about_model)
        view<View>(R.id.choose_model).setOnClickListener { chooseModel() }
        savedInstanceState?.getString(MESSAGE)?.let(::say)
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        if (message.visibility == View.VISIBLE) outState.putString(MESSAGE, message.text.toString())
    }

    /** After the system has put its saved choices back: what is stored is what counts. */
    override fun onPostCreate(savedInstanceState: Bundle?) {
        super.onPostCreate(savedInstanceState)
        showModels()
        showSaturation()
        showAccelerator()
    }

    override fun onDestroy() {
        reader.shutdown()
        super.onDestroy()
    }

    private fun showModels() {
        val store = demo.settings
        models.setOnCheckedChangeListener(null)
        models.check(MODEL_IDS.getValue(store.settings.model))
        models.setOnCheckedChangeListener { _, id ->
            MODEL_IDS.entries.find { it.value == id }?.let { (model, _) ->
                store.settings = store.settings.copy(model = model)
                describe()
            }
        }
        own.isEnabled = store.ownModel != null
        own.setText(if (store.ownModel == null) R.string.model_own_none else R.string.model_own)
        describe()
    }

    /** What the chosen model's file says of itself. */
    private fun describe() {
        val name = demo.settings.settings.model
        inBackground({ demo.models.read(name) }) { model ->
            if (name == demo.settings.settings.model) aboutModel.text = textOf(model)
        }
    }

    private fun textOf(model: ModelFile): String = getString(
        R.string.about_model,
        model.contract.name,
        model.contract.version,
        model.contract.recipe,
        model.inputSize,
        model.size / 1_000_000.0,
        model.contract.trainingSet,
        model.contract.licence,
    )

    private fun showSaturation() {
        saturation.max = Math.round(MAX_SATURATION * STEPS)
        saturation.progress = Math.round(demo.settings.settings.saturation * STEPS)
        sayPercent()
        saturation.setOnSeekBarChangeListener(object : SeekBar.OnSeekBarChangeListener {
            override fun onProgressChanged(bar: SeekBar, progress: Int, fromUser: Boolean) =
                sayPercent()

            override fun onStartTrackingTouch(bar: SeekBar) = Unit

            override fun onStopTrackingTouch(bar: SeekBar) = keepSaturation()
        })
    }

    /** Keys and screen readers move the bar without ever touching it: kept here as well. */
    override fun onPause() {
        keepSaturation()
        super.onPause()
    }

    private fun keepSaturation() {
        val store = demo.settings
        store.settings = store.settings.copy(saturation = saturation.progress / STEPS)
    }

    private fun sayPercent() {
        val percent = Math.round(saturation.progress * 100 / STEPS)
        saturationValue.text = getString(R.string.percent, percent)
    }

    private fun showAccelerator() {
        val group = view<RadioGroup>(R.id.accelerators)
        val store = demo.settings
        group.setOnCheckedChangeListener(null)
        group.check(ACCELERATOR_IDS.getValue(store.settings.accelerator))
        group.setOnCheckedChangeListener { _, id ->
            ACCELERATOR_IDS.entries.find { it.value == id }?.let { (wish, _) ->
                store.settings = store.settings.copy(accelerator = wish)
            }
        }
    }

    private fun chooseModel() {
        // No type is registered for .tflite: any document, and the contract decides.
        val intent = Intent(Intent.ACTION_OPEN_DOCUMENT)
            .addCategory(Intent.CATEGORY_OPENABLE)
            .setType("*/*")
        try {
            startActivityForResult(intent, CHOOSE)
        } catch (_: ActivityNotFoundException) {
            say(getString(R.string.no_app))
        }
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        val uri = data?.data
        if (requestCode == CHOOSE && resultCode == RESULT_OK && uri != null) install(uri)
    }

    private fun install(uri: Uri) {
        inBackground({ demo.models.install(uri) }) { model ->
            val store = demo.settings
            store.ownModel = model.sha256
            store.settings = store.settings.copy(model = ModelShelf.OWN)
            showModels()
            say(getString(R.string.model_taken, model.contract.name, model.contract.version))
        }
    }

    private fun <T> inBackground(work: () -> T, then: (T) -> Unit) {
        reader.execute {
            val outcome = runCatching(work)
            runOnUiThread {
                if (!isDestroyed) outcome.fold(then) { say(textOf(it)) }
            }
        }
    }

    private fun say(text: String) {
        message.text = text
        message.visibility = View.VISIBLE
    }

    private companion object {
        const val CHOOSE = 1
        const val MESSAGE = "message"

        /** The saturation's bar moves by tenths. */
        const val STEPS = 10f

        val MODEL_IDS = mapOf(
            "standard" to R.id.model_standard,
            "nano" to R.id.model_nano,
            ModelShelf.OWN to R.id.model_own,
        )

        val ACCELERATOR_IDS = mapOf(
            AcceleratorWish.AUTO to R.id.accelerator_auto,
            AcceleratorWish.GPU to R.id.accelerator_gpu,
            AcceleratorWish.CPU to R.id.accelerator_cpu,
        )
    }
}
