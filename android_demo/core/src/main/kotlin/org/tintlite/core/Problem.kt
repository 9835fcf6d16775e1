package org.tintlite.core

/**
 * Something that a person can be told: each kind has its own type, so that an app can say it in
 * its own languages; [message] is one English sentence.
 */
public sealed class Problem(message: String) : Exception(message) {
    override val message: String = message
}

/** A model file that is refused. */
public sealed class ModelProblem(message: String) : Problem(message) {
    /** The bytes are no `.tflite` at all. */
    public class Foreign : ModelProblem("the file is not a .tflite model")

    /** The file ends too early, has bytes too many, or its tables point outside of it. */
    public class Truncated : ModelProblem("the model file is cut off or damaged")

    /** A `.tflite` of something else: the metadata entry of the contract is missing. */
    public class WithoutContract :
        ModelProblem("the model has no TintLite contract inside: it is another network")

    /** The contract is there, its seal (size and SHA-256) was taken out. */
    public class WithoutSeal : ModelProblem("the model's contract has no seal")

    /** The bytes are not those that were sealed. */
    public class Edited :
        ModelProblem("the model file was changed or damaged: its SHA-256 differs")

    /** A contract of another version; [found] is what it says, in JSON. */
    public class AnotherVersion(public val found: String) :
        ModelProblem("the model has contract version $found, this app reads 1 and $CONTRACT_VERSION")

    /** A contract that cannot be read or that contradicts itself; [reason] says where. */
    public class BadContract(public val reason: String) :
        ModelProblem("the model's contract $reason")

    /** A contract that fits, around a network that does not; [reason] says which tensor. */
    public class AnotherNetwork(public val reason: String) : ModelProblem("another network: $reason")

    /** More than [MAX_MODEL_BYTES]. */
    public class TooLarge : ModelProblem("the file is larger than any TintLite model")

    /** The file cannot be read; [reason] is the system's word. */
    public class Unreadable(public val reason: String) :
        ModelProblem("the model file cannot be read: $reason")
}

/** The network cannot be run, or gives what is no colour. */
public sealed class EngineProblem(message: String) : Problem(message) {
    /** LiteRT cannot load or compile the model for an accelerator. */
    public class NotLoaded(public val kind: AcceleratorKind, public val reason: String) :
        EngineProblem("LiteRT cannot run the model on the $kind: $reason")

    /** A run failed. */
    public class RunFailed(public val reason: String) : EngineProblem("the network failed: $reason")

    /** The output has values that are no numbers. */
    public class NotFinite : EngineProblem("the network's output is not finite")

    /** The GPU's colours are not those of the CPU: root mean squares in units of a* and b*. */
    public class OtherColours(public val distance: Double, public val allowed: Double) :
        EngineProblem(
            "its colours are ${oneDecimal(distance)} units of a* and b* off those of the CPU, " +
                "more than ${oneDecimal(allowed)}",
        )

    /** Asked to run after it was closed. */
    public class Closed : EngineProblem("the network was closed")
}

/** A picture that cannot be coloured. */
public sealed class PictureProblem(message: String) : Problem(message) {
    /** A side of nothing, or less. */
    public class Empty(public val width: Int, public val height: Int) :
        PictureProblem("the picture is empty: $width x $height")

    /** More than [MAX_PIXELS] or [MAX_SIDE]. */
    public class TooLarge(public val width: Int, public val height: Int) :
        PictureProblem("the picture is too large: $width x $height")

    /** A camera plane whose strides and size do not fit together. */
    public class BadPlane(public val reason: String) : PictureProblem("the camera's plane $reason")

    /** An array that does not hold the pixels that it should. */
    public class BadArray(public val found: Int, public val expected: Int) :
        PictureProblem("the picture's array has $found values, not $expected")
}

/** A file of hints that is refused. */
public sealed class HintsProblem(message: String) : Problem(message) {
    /** More than [MAX_HINTS_BYTES]. */
    public class TooLarge : HintsProblem("a file of hints has 1 MB at most")

    /** Not JSON. */
    public class NotJson : HintsProblem("not readable as JSON")

    /** JSON of something else. */
    public class Foreign : HintsProblem("not a file of hints")

    /** No version, or none that is one. */
    public class WithoutVersion : HintsProblem("hints without a version")

    /** Of a newer version; [found] is what it says. */
    public class Newer(public val found: String) : HintsProblem(
        "hints of version $found, which a newer TintLite wrote: this one reads $HINTS_VERSION",
    )

    /** It does not say to which picture the hints belong. */
    public class WithoutPicture :
        HintsProblem("the hints do not say to which picture they belong")

    /** Of another picture, whose size is [width] x [height] as it is said. */
    public class AnotherPicture(public val width: String, public val height: String) :
        HintsProblem("the hints belong to another picture, of $width x $height")

    /** The hints are no list. */
    public class NoList : HintsProblem("the hints are no list")

    /** More than [MAX_HINTS]. */
    public class TooMany(public val found: Int) :
        HintsProblem("$found hints, but a picture takes $MAX_HINTS at most")

    /** A hint that is none: the [number]th, counted from 1; [reason] says why. */
    public class BadHint(public val number: Int, public val reason: String) :
        HintsProblem("hint $number $reason")
}

/** Half up, without a locale: these words are for logs and tests as well. */
private fun oneDecimal(value: Double): String {
    val tenths = Math.round(value * 10)
    return "${tenths / 10}.${Math.abs(tenths % 10)}"
}
