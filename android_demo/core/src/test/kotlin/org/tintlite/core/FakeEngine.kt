package org.tintlite.core

/** An engine whose output is made by a function. */
internal class FakeEngine(
    override val accelerator: AcceleratorKind,
    override val inputSize: Int = 8,
    override val outputSize: Int = 4,
    private val answer: (FloatArray) -> FloatArray,
) : Engine {
    override var view: ToneView? = null
    override val note: Problem? = null
    val inputs = ArrayList<FloatArray>()
    val threads = LinkedHashSet<String>()
    var closed = false

    override fun run(lightness: FloatArray): FloatArray {
        if (closed) throw EngineProblem.Closed()
        threads.add(Thread.currentThread().name)
        inputs.add(lightness.copyOf())
        return answer(lightness)
    }

    override fun close() {
        closed = true
        threads.add(Thread.currentThread().name)
    }

    companion object {
        fun flat(value: Float): (FloatArray) -> FloatArray = { FloatArray(2 * 4 * 4) { value } }
    }
}
