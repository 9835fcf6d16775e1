"""Load a model to be timed: a `.tflite` into each interpreter, the network of a run into Keras."""

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.latency.job import COMPILED_MODEL, INTERPRETERS, KERAS, NETWORK, LatencyJob
from edge_runtime.engine.integer_coding import integer_coding
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.model.model_file import read_model
from edge_runtime.model.tensor_facts import tensor_facts
from edge_runtime.model.tone import ToneView
from export.check.delegated import delegated_operators

Coding = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Loaded:
    """A model that is ready.

    Attributes:
        input_size: S, in pixels.
        view: how it is shown pictures (see `edge_runtime.model.contract.as_input`).
        run: what is timed. For `NETWORK` float32 [B, S, S, 1], the network's input, to float32
            [B, S', S', 2] ab (a*, b* / 110), both in the memory of the processor; a `.tflite` takes
            batches of 1 alone. For a whole picture uint8 [H, W] to [H, W, 3].
        delegated_share: the part of the operators that a delegate runs, 0 to 1; None where there
            are no delegates, or nothing tells.
    """

    input_size: int
    view: ToneView | None
    run: Callable[[np.ndarray], np.ndarray]
    delegated_share: float | None = None


def import_for(job: LatencyJob) -> Callable[[], Loaded]:
    """Import what a job needs, so that its time is not the model's.

    Returns:
        what loads the model.
    Raises:
        ImportError: it is not installed.
        RuntimeError: torch is for a GPU, and finds none.
    """
    if job.interpreter == KERAS:
        import torch

        if job.accelerator == "gpu" and not torch.cuda.is_available():
            raise RuntimeError("not measured: torch finds no GPU on this machine")
        torch.set_num_threads(job.threads)
        import keras  # noqa: F401

        return partial(_load_keras, job)
    if job.what != NETWORK:
        import edge_runtime.colorizer  # noqa: F401

        return partial(_load_colorizer, job)
    if job.accelerator == "gpu":
        return partial(_load_gpu, job)
    library = importlib.import_module(INTERPRETERS[job.interpreter])
    load = _load_compiled if job.interpreter == COMPILED_MODEL else _load_interpreter
    return partial(load, library, job)


def _load_interpreter(library: Any, job: LatencyJob) -> Loaded:
    file = read_model(job.model)
    interpreter = library.Interpreter(model_content=file.data, num_threads=job.threads)
    interpreter.allocate_tensors()
    (source,), (sink,) = interpreter.get_input_details(), interpreter.get_output_details()
    encode, decode = _codings(file.data, source, sink)

    def run(batch: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(source["index"], encode(batch))
        interpreter.invoke()
        return decode(interpreter.get_tensor(sink["index"]))

    delegated, operators = delegated_operators(interpreter._get_ops_details())
    share = len(delegated) / max(operators, 1)
    return Loaded(file.contract.input_size, file.contract.view, run, share)


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
    return Loaded(file.contract.input_size, file.contract.view, run, share)


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


def _load_gpu(job: LatencyJob) -> Loaded:
    from edge_runtime.engine.interpreter import Network

    # The runtime's own way: it tries the GPU in a process of its own, which may die of it.
    network = Network(job.model, job.threads, "gpu")
    # It takes a model whole or not at all.
    view = network.contract.view
    return Loaded(network.input_size, view, lambda x: network.run(x[0, :, :, 0])[None], 1.0)


def _load_colorizer(job: LatencyJob) -> Loaded:
    from edge_runtime.colorizer import Colorizer
    from edge_runtime.device import Device

    keep_freed_memory()  # as `tintlite colorize` does
    colorizer = Colorizer(job.model, Device(job.threads, job.accelerator))
    return Loaded(colorizer.input_size, colorizer.contract.view, colorizer.colorize)


def _load_keras(job: LatencyJob) -> Loaded:
    import torch

    from train.networks.load import load_generator, run_view

    model = load_generator(Path(job.model))
    device = "cuda" if job.accelerator == "gpu" else "cpu"

    @torch.inference_mode()
    def run(batch: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(batch).to(device), training=False).cpu().numpy()

    return Loaded(model.input_shape[1], run_view(Path(job.model)), run)
