"""Which jobs there are: models x interpreters x precisions x batches x threads x accelerators."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.latency.job import (
    AI_EDGE_LITERT,
    AS_STORED,
    BEST_BATCH,
    BFLOAT16,
    COMPILED_MODEL,
    FLOAT32,
    KERAS,
    LITERTS,
    PACKAGES,
    PICTURES,
    Job,
)
from benchmarks.latency.worker_process import has_gpu_device
from benchmarks.open_models import is_keras
from edge_runtime.errors import TintLiteError
from edge_runtime.gpu_engine import GpuError
from edge_runtime.gpu_probe import probe_gpu
from edge_runtime.interpreter import Network
from edge_runtime.model_file import read_model
from edge_runtime.quiet import quiet_libraries


@dataclass(frozen=True)
class Choices:
    """What to measure of each model.

    Attributes:
        interpreters: for `.tflite` files, of `job.INTERPRETERS`.
        backends: for Keras models, of `KERAS`.
        threads: numbers of threads.
        accelerators: `cpu`, `gpu` or both. Keras models are run on `gpu` in any case: that there
            is none here is an answer too.
        precisions: of Keras models, `FLOAT32`, `BFLOAT16` or both.
        batches: of Keras models: 1, another number, or `BEST_BATCH`.
        whole_pictures: whether `.tflite` files also colour whole pictures.
    """

    interpreters: tuple[str, ...]
    backends: tuple[str, ...]
    threads: tuple[int, ...] = (1,)
    accelerators: tuple[str, ...] = ("cpu",)
    precisions: tuple[str, ...] = (FLOAT32, BFLOAT16)
    batches: tuple[int, ...] = (1, BEST_BATCH)
    whole_pictures: bool = False


def installed(names: Sequence[str]) -> tuple[str, ...]:
    """Those of some interpreters and Keras's backends that can be imported here."""
    return tuple(name for name in names if importlib.util.find_spec(PACKAGES[name]) is not None)


def installed_interpreters() -> tuple[str, ...]:
    """Those that take every `.tflite` file."""
    return installed(LITERTS)


def installed_backends() -> tuple[str, ...]:
    """Those of Keras."""
    there = installed(tuple(KERAS.values()))
    return tuple(backend for backend, name in KERAS.items() if name in there)


def jobs_of(models: Sequence[str], choices: Choices) -> list[Job]:
    """All jobs, those of one setting together.

    Args:
        models: shipped names, `.tflite` files, run folders, `.weights.h5` files.
        choices: what to measure of each.
    """
    keras = [model for model in models if is_keras(model)]
    files = [model for model in models if not is_keras(model)]
    settings = [*_file_settings(choices)]
    jobs = [Job(model, **setting) for setting in settings for model in files]
    return jobs + [Job(model, **setting) for setting in _keras_settings(choices) for model in keras]


def _file_settings(choices: Choices) -> list[dict]:
    settings = []
    for accelerator in choices.accelerators:
        if accelerator == "gpu":
            # Compiled models alone run there; the CPU's threads have no part in it.
            settings.append({"interpreter": COMPILED_MODEL, "accelerator": "gpu"})
            continue
        settings += [
            {"interpreter": interpreter, "threads": threads}
            for interpreter in choices.interpreters
            for threads in choices.threads
        ]
    if choices.whole_pictures:
        settings += [
            {"interpreter": AI_EDGE_LITERT, "threads": threads, "what": what}
            for what in PICTURES
            for threads in choices.threads
        ]
    return [{"precision": AS_STORED, **setting} for setting in settings]


def _keras_settings(choices: Choices) -> list[dict]:
    places = [("cpu", threads) for threads in choices.threads if "cpu" in choices.accelerators]
    missing = []
    if has_gpu_device():
        places.append(("gpu", 1))
    else:  # one row of each backend says so
        missing = [{"interpreter": KERAS[b], "accelerator": "gpu"} for b in choices.backends]
        missing = [{"precision": FLOAT32, **setting} for setting in missing]
    there = [
        {
            "interpreter": KERAS[backend],
            "precision": precision,
            "batch": batch,
            "accelerator": accelerator,
            "threads": threads,
        }
        for accelerator, threads in places
        for backend in choices.backends
        for precision in choices.precisions
        for batch in choices.batches
    ]
    return there + missing


def usable_accelerators(models: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """What `.tflite` files can run on here, tried with the first one that can be read.

    Returns:
        the accelerators, and why `gpu` is not among them, or nothing.
    """
    for model in models:
        if is_keras(model):
            continue
        try:
            with quiet_libraries():
                network = Network(model, threads=1)
            probe_gpu(read_model(model).data, network.input_size, network.output_size)
        except GpuError as error:
            return ("cpu",), str(error)
        except TintLiteError:  # its row will say so
            continue
        return ("cpu", "gpu"), ""
    return ("cpu",), ""
