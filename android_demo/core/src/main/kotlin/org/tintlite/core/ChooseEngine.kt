package org.tintlite.core

import kotlin.math.sin
import kotlin.math.sqrt

/**
 * The GPU alone first, the CPU second, and truthfully which one: as `edge_runtime/engine/choose_engine.py`.
 * The GPU is used where it runs the network and gives the CPU's colours on a test pattern.
 *
 * @param inputSize S, in pixels
 * @param open makes an engine on one accelerator alone; called for the CPU first, so that there is
 *   something to compare with
 * @throws EngineProblem the accelerator that was asked for cannot be used
 */
public fun chooseEngine(
    wish: AcceleratorWish,
    inputSize: Int,
    open: (AcceleratorKind) -> Engine,
): Engine {
    val pattern = pattern(inputSize)
    val cpu = open(AcceleratorKind.CPU)
    val expected = firstRun(cpu, pattern)
    if (wish == AcceleratorWish.CPU) return cpu
    val gpu = try {
        trustedGpu(pattern, expected, open)
    } catch (problem: EngineProblem) {
        if (wish == AcceleratorWish.AUTO) return WithNote(cpu, problem)
        cpu.close()
        throw problem
    }
    cpu.close()
    return gpu
}

/** The largest distance of the GPU's colours from the CPU's, in units of a* and b*. */
private const val MAX_DISTANCE = 1.0

/** The same as a part of the colour's own strength. */
private const val MAX_RELATIVE_DISTANCE = 0.1

private fun trustedGpu(
    pattern: FloatArray,
    expected: FloatArray,
    open: (AcceleratorKind) -> Engine,
): Engine {
    val gpu = open(AcceleratorKind.GPU)
    val found = firstRun(gpu, pattern)
    try {
        checkDistance(found, expected)
    } catch (problem: Problem) {
        gpu.close()
        throw problem
    }
    return gpu
}

/** The run that warms an engine up; one that fails is closed. */
private fun firstRun(engine: Engine, pattern: FloatArray): FloatArray = try {
    engine.run(pattern)
} catch (problem: Problem) {
    engine.close()
    throw problem
}

private fun checkDistance(found: FloatArray, expected: FloatArray) {
    checkArray(found.size, expected.size)
    val distance = AB_SCALE * rootMeanSquare(found.size) { (found[it] - expected[it]).toDouble() }
    val strength = AB_SCALE * rootMeanSquare(expected.size) { expected[it].toDouble() }
    val allowed = maxOf(MAX_DISTANCE, MAX_RELATIVE_DISTANCE * strength)
    if (!(distance <= allowed)) throw EngineProblem.OtherColours(distance, allowed)
}

private inline fun rootMeanSquare(count: Int, value: (Int) -> Double): Double {
    var sum = 0.0
    for (i in 0 until count) sum += value(i) * value(i)
    return sqrt(sum / count)
}

/**
 * A picture to compare two engines on: a sky over a wavy ground with a disc, shapes that a network
 * gives colours to. As `edge_runtime/engine/pattern.py`.
 *
 * @return S x S values from -1 to 1, a network's input, row-major
 */
internal fun pattern(size: Int): FloatArray = FloatArray(size * size) { place ->
    val y = (place / size) / maxOf(size - 1, 1).toDouble()
    val x = (place % size) / maxOf(size - 1, 1).toDouble()
    val inDisc = (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) < 0.09
    val disc = if (inDisc) 0.3 * x - 0.4 else 0.0
    (0.6 * (1 - 2 * y) + 0.25 * sin(25 * x * y) + disc).coerceIn(-1.0, 1.0).toFloat()
}

private class WithNote(private val engine: Engine, override val note: Problem) : Engine by engine
