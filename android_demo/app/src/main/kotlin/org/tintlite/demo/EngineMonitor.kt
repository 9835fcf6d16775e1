package org.tintlite.demo

import org.tintlite.core.AcceleratorKind
import org.tintlite.core.Contract
import org.tintlite.core.Engine
import org.tintlite.core.MedianMeter
import org.tintlite.core.Problem

/** What runs the network, as it is shown. [note] says why it is not the GPU that was wished for. */
data class EngineFacts(val contract: Contract, val accelerator: AcceleratorKind, val note: Problem?)

/** Knows what runs the network and how fast; written on the model's thread, read on any. */
class EngineMonitor {
    private val meter = MedianMeter()

    /** The engine that is open, or null before the first one. */
    @Volatile
    var facts: EngineFacts? = null
        private set

    /** Of the last runs: input, run and readback together, in milliseconds. */
    val medianMs: Double? get() = meter.median

    /** An engine was opened. */
    fun opened(contract: Contract, engine: Engine) {
        facts = EngineFacts(contract, engine.accelerator, engine.note)
    }

    /** The network ran for so many milliseconds. */
    fun ran(milliseconds: Double) = meter.add(milliseconds)

    /** Another engine is about to be opened. */
    fun clear() {
        facts = null
        meter.clear()
    }
}
