package org.tintlite.core

/** The newest version of the contract; this code reads 1 as well, as `edge_runtime/model/contract.py`. */
public const val CONTRACT_VERSION: Int = 2

/** Without a view, lightness = L* / [LIGHTNESS_SCALE] - 1. */
public const val LIGHTNESS_SCALE: Float = 50f

/** ab = (a*, b*) / [AB_SCALE]. */
public const val AB_SCALE: Float = 110f

/** How a model's weights may be stored. */
public val RECIPES: Set<String> = setOf("fp32", "fp16", "int8_ptq", "int8_qat", "int8_full")

internal const val METADATA_NAME = "TINTLITE_CONTRACT"
internal const val MAX_JSON_BYTES = 65_536

/**
 * What a model file says of itself; the Python side's `edge_runtime/model/contract.py` is its source.
 *
 * @property name the model's name, as in `nano`
 * @property version the model's own version, as in `1.0`
 * @property inputSize S, the side of the square that the network sees, in pixels
 * @property recipe how the weights are stored, one of [RECIPES]
 * @property trainingSet what the network was trained on
 * @property licence the licence of the weights, with its limits
 * @property result measured figures by name, as in {"val_rgb_psnr_db": 24.5}
 * @property view how lightness is stretched for the network; null where it is not (version 1)
 */
public data class Contract(
    val name: String,
    val version: String,
    val inputSize: Int,
    val recipe: String,
    val trainingSet: String,
    val licence: String,
    val result: Map<String, Double>,
    val view: ToneView? = null,
) {
    public companion object {
        /**
         * Reads and checks a contract; the seal's values and unknown ones are left aside.
         *
         * @param json UTF-8 bytes, which may be hostile
         * @throws ModelProblem.BadContract not JSON, or a field missing or of another type
         * @throws ModelProblem.AnotherVersion another contract version
         */
        public fun fromJson(json: ByteArray): Contract {
            if (json.size > MAX_JSON_BYTES) throw ModelProblem.BadContract("is too long")
            val values = try {
                Json.read(String(json, Charsets.UTF_8))
            } catch (_: BadJson) {
                throw ModelProblem.BadContract("is not readable JSON")
            }
            if (values !is Map<*, *>) throw ModelProblem.BadContract("is not a JSON object")
            val version = values["contract_version"]
            return when ((version as? JsonNumber)?.double) {
                1.0 -> ContractFields(values).first()
                CONTRACT_VERSION.toDouble() -> ContractFields(values).second()
                else -> throw ModelProblem.AnotherVersion(shortly(version))
            }
        }

        private fun shortly(value: Any?): String = value.toString().filter(::isPrintable).take(40)
    }
}

private class ContractFields(private val values: Map<*, *>) {
    /** Of version 1, which has no view. */
    fun first(): Contract {
        need(FIELDS + "lightness_scale")
        if (number("lightness_scale") != LIGHTNESS_SCALE.toDouble()) refuseScales()
        return contract(null)
    }

    /** Of version 2. */
    fun second(): Contract {
        need(FIELDS + "view")
        return contract(view())
    }

    private fun need(names: List<String>) {
        val missing = names.filterNot(values::containsKey)
        if (missing.isNotEmpty()) throw ModelProblem.BadContract("lacks ${missing.joinToString()}")
    }

    private fun refuseScales(): Nothing =
        throw ModelProblem.BadContract("has other scales than this app")

    private fun contract(view: ToneView?): Contract {
        val size = (values["input_size"] as? JsonNumber)?.whole
        if (size == null || size !in 32..1024) {
            throw ModelProblem.BadContract("has an input size that is not 32 to 1024")
        }
        val recipe = text("recipe")
        if (recipe !in RECIPES) throw ModelProblem.BadContract("names an unknown recipe")
        if (number("ab_scale") != AB_SCALE.toDouble()) refuseScales()
        return Contract(
            name = text("name"),
            version = text("version"),
            inputSize = size.toInt(),
            recipe = recipe,
            trainingSet = text("training_set"),
            licence = text("licence"),
            result = result(),
            view = view,
        )
    }

    private fun view(): ToneView {
        val view = values["view"] as? Map<*, *>
        val numbers = listOf("low", "high", "least_range").mapNotNull { name ->
            (view?.get(name) as? JsonNumber)?.double?.takeIf(Double::isFinite)
        }
        if (numbers.size != 3) {
            throw ModelProblem.BadContract("has a view that is not three numbers by name")
        }
        val (low, high, leastRange) = numbers
        return try {
            ToneView(low, high, leastRange)
        } catch (error: IllegalArgumentException) {
            throw ModelProblem.BadContract("has a view out of range: ${error.message}")
        }
    }

    private fun text(name: String): String {
        // Printable only: these words are shown to people.
        val text = values[name] as? String
        if (text == null || !text.all(::isPrintable)) {
            throw ModelProblem.BadContract("has a $name that is not plain text")
        }
        return text
    }

    private fun number(name: String): Double? = (values[name] as? JsonNumber)?.double

    private fun result(): Map<String, Double> {
        val result = values["result"] as? Map<*, *>
        val figures = result?.entries?.mapNotNull { (name, value) ->
            val figure = (value as? JsonNumber)?.double
            if (name is String && name.all(::isPrintable) && figure != null && figure.isFinite()) {
                name to figure
            } else {
                null
            }
        }
        if (figures == null || figures.size != result.size) {
            throw ModelProblem.BadContract("has a result that is not figures by name")
        }
        return figures.toMap()
    }

    private companion object {
        val FIELDS = listOf(
            "name", "version", "input_size", "recipe", "training_set", "licence", "result",
            "ab_scale", "contract_version",
        )
    }
}

/** Whether a character has ink or is the plain space, nearly as Python's `str.isprintable`. */
internal fun isPrintable(char: Char): Boolean = char == ' ' || when (char.category) {
    CharCategory.CONTROL, CharCategory.FORMAT, CharCategory.SURROGATE, CharCategory.PRIVATE_USE,
    CharCategory.UNASSIGNED, CharCategory.LINE_SEPARATOR, CharCategory.PARAGRAPH_SEPARATOR,
    CharCategory.SPACE_SEPARATOR,
    -> false
    else -> true
}
