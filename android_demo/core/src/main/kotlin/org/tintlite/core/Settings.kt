package org.tintlite.core

/**
 * What a person chose.
 *
 * @property model the name of a shipped model
 * @property saturation factor on a* and b*, 0 to [MAX_SATURATION]
 * @property accelerator what should run the network
 */
public data class Settings(
    val model: String = DEFAULT_MODEL,
    val saturation: Float = 1f,
    val accelerator: AcceleratorWish = AcceleratorWish.AUTO,
) {
    init {
        require(saturation in 0f..MAX_SATURATION) { "a saturation is 0 to $MAX_SATURATION" }
    }

    public companion object {
        /** The model that is used unless another is chosen. */
        public const val DEFAULT_MODEL: String = "standard"

        /**
         * Settings from stored values: what is missing, unknown or out of range becomes the default.
         *
         * @param models the names of the shipped models
         */
        public fun of(
            model: String?,
            saturation: Float?,
            accelerator: String?,
            models: Collection<String>,
        ): Settings {
            val default = Settings()
            return Settings(
                model?.takeIf(models::contains) ?: default.model,
                saturation?.takeIf { it in 0f..MAX_SATURATION } ?: default.saturation,
                AcceleratorWish.entries.find { it.name == accelerator } ?: default.accelerator,
            )
        }
    }
}
