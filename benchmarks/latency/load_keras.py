"""Load the full-precision network of a run into Keras, on its torch backend."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.latency.job import LatencyJob
from benchmarks.latency.loaded import Loaded


class NoGpuError(Exception):
    """torch finds no GPU."""


def keras_environment(job: LatencyJob) -> dict[str, str]:
    """What must be in the environment before the backend is imported."""
    environment = {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": str(job.threads)}
    if job.accelerator == "cpu":
        environment |= {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_TORCH_DEVICE": "cpu"}
    return environment


def import_keras(job: LatencyJob) -> Callable[[LatencyJob], Loaded]:
    """Import Keras and torch, and hold them to the job's threads and accelerator.

    Returns:
        what loads the model.
    Raises:
        ImportError: one of them is not installed.
        NoGpuError: the job is for a GPU, and there is none.
    """
    import torch

    if job.accelerator == "gpu" and not torch.cuda.is_available():
        raise NoGpuError("not measured: torch finds no GPU on this machine")
    torch.set_num_threads(job.threads)
    import keras  # noqa: F401 - so that its time is not the model's

    return _load


def _load(job: LatencyJob) -> Loaded:
    import torch

    from train.networks.load import load_generator, run_view

    model = load_generator(Path(job.model))
    device = "cuda" if job.accelerator == "gpu" else "cpu"

    @torch.inference_mode()
    def run(batch: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(batch).to(device), training=False).cpu().numpy()

    return Loaded(model.input_shape[1], run_view(Path(job.model)), run)
