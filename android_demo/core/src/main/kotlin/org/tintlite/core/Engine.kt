package org.tintlite.core

/** What runs a network. */
public enum class AcceleratorKind {
    CPU,
    GPU,
}

/** What a person may ask for. */
public enum class AcceleratorWish {
    /** The GPU where it gives the CPU's colours, else the CPU. */
    AUTO,

    /** The GPU, or an error that says why not. */
    GPU,

    /** The CPU. */
    CPU,
}

/**
 * A network that is ready to run. One thread at a time; [ModelThread] sees to it.
 */
public interface Engine : AutoCloseable {
    /** S, the side of the square of lightness that it takes, in pixels. */
    public val inputSize: Int

    /** S', the side of the square of ab that it gives, in pixels. */
    public val outputSize: Int

    /** How it is shown pictures: of its contract, null where that is of version 1. */
    public val view: ToneView?

    /** What runs it. */
    public val accelerator: AcceleratorKind

    /** Where the GPU was wished for and is not used: why. */
    public val note: Problem?

    /**
     * Runs the network once: input, run and reading of the output.
     *
     * @param lightness S x S values, row-major, of [lightnessOf]
     * @return S' x S' x 2 values, row-major, (a*, b*) / 110, finite, not clipped
     * @throws EngineProblem it fails, was closed, or gives what are no numbers
     * @throws PictureProblem.BadArray another number of values
     */
    public fun run(lightness: FloatArray): FloatArray
}

/** A network's answer for a picture. */
public class Prediction(
    /** The colour of the whole picture. */
    public val ab: AbGrid,
    /** Input, run and readback together, in milliseconds. */
    public val networkMs: Double,
)

/** Colours pictures with an engine; its buffer is made once. One thread at a time. */
public class Predictor(private val engine: Engine) {
    private val lightness = FloatArray(engine.inputSize * engine.inputSize)

    /**
     * The colour of a picture.
     *
     * @param turn where the picture is stored lying down: the turn that makes it upright, as the
     *   network wants it; the colour fits the picture as it is stored
     * @throws EngineProblem the network fails
     * @throws PictureProblem the picture is empty or too large
     */
    public fun predict(source: PixelSource, turn: Turn = Turn.NONE): Prediction {
        lightnessOf(source, engine.inputSize, engine.view, turn, lightness)
        val (ab, networkMs) = run()
        return Prediction(ab.turnedBack(turn), networkMs)
    }

    /**
     * The same for a picture whose colours somebody will say.
     *
     * @throws EngineProblem the network fails
     * @throws PictureProblem the picture is empty or too large
     */
    public fun session(source: PixelSource, turn: Turn = Turn.NONE): HintSession {
        val stars = starsOf(source, engine.inputSize, turn, FloatArray(lightness.size))
        stars.copyInto(lightness)
        asInput(lightness, engine.view)
        val (ab, networkMs) = run()
        return HintSession(stars, engine.inputSize, ab, turn, networkMs)
    }

    private fun run(): Pair<AbGrid, Double> {
        val start = System.nanoTime()
        val output = engine.run(lightness)
        val networkMs = (System.nanoTime() - start) / 1e6
        return Pair(AbGrid.ofOutput(output, engine.outputSize), networkMs)
    }
}
