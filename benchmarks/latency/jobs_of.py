"""Which jobs there are: models x interpreters x threads x accelerators."""

import importlib.util
from collections.abc import Sequence

from benchmarks.latency.job import (
    AI_EDGE_LITERT,
    COMPILED_MODEL,
    FLOAT32,
    INTERPRETERS,
    KERAS,
    PICTURES,
    LatencyJob,
)
from benchmarks.open_models import is_keras
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.gpu_probe import probe_gpu
from edge_runtime.engine.interpreter import Network
from edge_runtime.errors import TintLiteError
from edge_runtime.model.model_file import read_model
from edge_runtime.quiet import quiet_libraries


def installed_interpreters() -> list[str]:
    """Those that can be imported here."""
    packages = {name: module.partition(".")[0] for name, module in INTERPRETERS.items()}
    return [name for name, package in packages.items() if importlib.util.find_spec(package)]


def jobs_of(
    models: Sequence[str],
    interpreters: Sequence[str],
    threads: Sequence[int],
    accelerators: Sequence[str],
    batch: int,
    whole_pictures: bool,
) -> list[LatencyJob]:
    """All jobs, those of one setting together.

    Args:
        models: shipped names, `.tflite` files, run folders, `.weights.h5` files.
        interpreters: for `.tflite` files, of `job.INTERPRETERS`.
        threads: numbers of threads.
        accelerators: `cpu`, `gpu` or both. Keras models are run on `gpu` in any case: that there
            is none here is an answer too.
        batch: pictures a run of Keras models.
        whole_pictures: whether `.tflite` files also colour whole pictures.
    """
    models = list(dict.fromkeys(models))
    keras = [model for model in models if is_keras(model)]
    files = [model for model in models if not is_keras(model)]
    settings: list[dict] = []
    if "cpu" in accelerators:
        settings += [
            {"interpreter": interpreter, "threads": count}
            for interpreter in interpreters
            for count in threads
        ]
    if "gpu" in accelerators:
        # Compiled models alone run there; the CPU's threads have no part in it.
        settings.append({"interpreter": COMPILED_MODEL, "accelerator": "gpu"})
    if whole_pictures:
        settings += [
            {"interpreter": AI_EDGE_LITERT, "threads": count, "what": what}
            for what in PICTURES
            for count in threads
        ]
    jobs = [LatencyJob(model, **setting) for setting in settings for model in files]
    places = [("cpu", count) for count in threads if "cpu" in accelerators]
    return jobs + [
        LatencyJob(model, KERAS, FLOAT32, count, accelerator, batch)
        for accelerator, count in [*places, ("gpu", 1)]
        for model in keras
    ]


def usable_accelerators(models: Sequence[str]) -> tuple[list[str], str]:
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
            return ["cpu"], str(error)
        except TintLiteError:  # its row will say so
            continue
        return ["cpu", "gpu"], ""
    return ["cpu"], ""
