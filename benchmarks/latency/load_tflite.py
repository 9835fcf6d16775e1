"""Load a `.tflite` into each of the interpreters that there are for it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.latency.job import (
    AI_EDGE_LITERT,
    COMPILED_MODEL,
    NETWORK,
    TF_LITE,
    TFLITE_RUNTIME,
    LatencyJob,
)
from benchmarks.latency.loaded import Loaded
from edge_runtime.engine.integer_coding import integer_coding
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.model.model_file import read_model
from edge_runtime.model.tensor_facts import tensor_facts
from export.check.delegated import delegated_operators

Load = Callable[[LatencyJob], Loaded]
Coding = Callable[[np.ndarray], np.ndarray]


def import_tflite(job: LatencyJob) -> Load:
    """Import what a job's interpreter needs.

    Returns:
        what loads the model.
    Raises:
        ImportError: it is not installed.
    """
    if job.what != NETWORK:
        import edge_runtime.colorizer  # noqa: F401 - so that its time is not the model's

        return _load_colorizer
    if job.accelerator == "gpu":
        return _load_gpu
    if job.interpreter == COMPILED_MODEL:
        import ai_edge_litert.compiled_model as compiled_model

        return lambda job: _load_compiled(compiled_model, job)
    interpreter_class = _interpreter_class(job.interpreter)
    return lambda job: _load_interpreter(interpreter_class, job)


def _interpreter_class(name: str) -> type:
    if name == AI_EDGE_LITERT:
        from ai_edge_litert.interpreter import Interpreter
    elif name == TFLITE_RUNTIME:
        from tflite_runtime.interpreter import Interpreter
    elif name == TF_LITE:
        from tensorflow.lite.python.interpreter import Interpreter
    else:
        raise ValueError(f"there is no interpreter {name!r}")
    return Interpreter


def _load_interpreter(interpreter_class: type, job: LatencyJob) -> Loaded:
    file = read_model(job.model)
    interpreter = interpreter_class(model_content=file.data, num_threads=job.threads)
    interpreter.allocate_tensors()
    (source,), (sink,) = interpreter.get_input_details(), interpreter.get_output_details()
    encode, decode = _codings(file.data, source, sink)

    def run(batch: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(source["index"], encode(batch))
        interpreter.invoke()
        return decode(interpreter.get_tensor(sink["index"]))

    delegated, operators = delegated_operators(interpreter._get_ops_details())
    share = len(delegated) / max(operators, 1)
    contract = file.contract
    return Loaded(contract.input_size, contract.view, run, delegated_share=share)


def _load_compiled(library: Any, job: LatencyJob) -> Loaded:
    file = read_model(job.model)
    options = library.Options(
        hardware_accelerators=library.HardwareAccelerator.CPU,
        cpu_options=library.CpuOptions(num_threads=job.threads),
    )
    model = library.CompiledModel.from_buffer(file.data, options=options)
    (name,) = model.get_signature_list()
    (source,) = model.get_input_tensor_details(name).values()
    (sink,) = model.get_output_tensor_details(name).values()
    encode, decode = _codings(file.data, source, sink)
    inputs, outputs = model.create_input_buffers(0), model.create_output_buffers(0)
    shape, dtype = tuple(sink["shape"]), np.dtype(sink["dtype"])

    def run(batch: np.ndarray) -> np.ndarray:
        inputs[0].write(encode(batch))
        model.run_by_index(0, inputs, outputs)
        return decode(outputs[0].read(math.prod(shape), dtype.type).reshape(shape))

    # All of it is XNNPACK's, or nobody tells how much.
    share = 1.0 if model.is_fully_accelerated() else None
    contract = file.contract
    return Loaded(contract.input_size, contract.view, run, delegated_share=share)


def _load_gpu(job: LatencyJob) -> Loaded:
    from edge_runtime.engine.interpreter import Network

    # The runtime's own way: it tries the GPU in a process of its own, which may die of it.
    network = Network(job.model, job.threads, "gpu")
    # It takes a model whole or not at all.
    view = network.contract.view
    return Loaded(network.input_size, view, lambda x: network.run(x[0, :, :, 0])[None], None, 1.0)


def _codings(data: bytes, source: dict, sink: dict) -> tuple[Coding, Coding]:
    """What makes the input of float32, and float32 of the output."""
    if np.dtype(source["dtype"]) == np.float32:
        return _unchanged, _unchanged
    facts = tensor_facts(data)
    return (
        integer_coding(facts[source["index"]], "input").encode,
        integer_coding(facts[sink["index"]], "output").decode,
    )


def _unchanged(values: np.ndarray) -> np.ndarray:
    return values


def _load_colorizer(job: LatencyJob) -> Loaded:
    from edge_runtime.colorizer import Colorizer
    from edge_runtime.device import Device

    keep_freed_memory()  # as `tintlite colorize` does
    colorizer = Colorizer(job.model, Device(job.threads, job.accelerator))
    view = colorizer.contract.view
    return Loaded(colorizer.input_size, view, run=None, colorize=colorizer.colorize)
