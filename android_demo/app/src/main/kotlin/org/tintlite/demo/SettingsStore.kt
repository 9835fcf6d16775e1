package org.tintlite.demo

import android.content.Context
import org.tintlite.core.EngineWish
import org.tintlite.core.Settings

/** Keeps what the person chose; the only thing of this app that is ever backed up. */
class SettingsStore(private val context: Context) {
    private val stored = context.getSharedPreferences("settings", Context.MODE_PRIVATE)

    /** What is chosen now; values that no longer make sense count as not chosen. */
    var settings: Settings
        get() = Settings.of(
            model = stored.getString(MODEL, null),
            saturation = stored.getFloat(SATURATION, 1f),
            accelerator = stored.getString(ACCELERATOR, null),
            models = ModelShelf.SHIPPED + setOfNotNull(ModelShelf.OWN.takeIf { ownModel != null }),
        )
        set(value) = stored.edit()
            .putString(MODEL, value.model)
            .putFloat(SATURATION, value.saturation)
            .putString(ACCELERATOR, value.accelerator.name)
            .apply()

    /** The SHA-256 of the person's own model, or null where there is none. */
    var ownModel: String?
        get() = stored.getString(OWN_MODEL, null)
            ?.takeIf { ModelShelf.ownFile(context).exists() }
        set(value) = stored.edit().putString(OWN_MODEL, value).apply()

    /** The engine that [settings] need: another own model is another engine. */
    fun wish(): EngineWish {
        val settings = settings
        val own = if (settings.model == ModelShelf.OWN) "$SEPARATOR$ownModel" else ""
        return EngineWish(settings.model + own, settings.accelerator)
    }

    companion object {
        private const val MODEL = "model"
        private const val SATURATION = "saturation"
        private const val ACCELERATOR = "accelerator"
        private const val OWN_MODEL = "own_model_sha256"
        private const val SEPARATOR = '@'

        /** The model's name in a wish of [wish]. */
        fun modelOf(wish: EngineWish): String = wish.model.substringBefore(SEPARATOR)
    }
}
