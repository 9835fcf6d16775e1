"""Load the full-precision network of a run into Keras, on any of its backends."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.latency.job import BFLOAT16, Job
from benchmarks.latency.loaded import BatchNetwork, Loaded

# Keras's name for arithmetic in bfloat16 with weights in float32.
_POLICIES = {BFLOAT16: "mixed_bfloat16"}


class NoGpuError(Exception):
    """The backend finds no GPU."""


def keras_environment(job: Job) -> dict[str, str]:
    """What must be in the environment before the backend is imported."""
    environment = {"KERAS_BACKEND": str(job.keras_backend), "TF_CPP_MIN_LOG_LEVEL": "3"}
    if job.accelerator == "cpu":
        environment |= {
            "CUDA_VISIBLE_DEVICES": "-1",
            "JAX_PLATFORMS": "cpu",
            "KERAS_TORCH_DEVICE": "cpu",
            "OMP_NUM_THREADS": str(job.threads),
        }
    else:
        # What a network takes is to be seen, not what a library keeps for itself.
        environment |= {
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        }
    return environment


def import_keras(job: Job) -> Callable[[Job], Loaded]:
    """Import Keras and its backend, and hold it to the job's threads and accelerator.

    Returns:
        what loads the model.
    Raises:
        ImportError: one of them is not installed.
        NoGpuError: the job is for a GPU, and there is none.
    """
    backend = job.keras_backend
    if backend == "jax" and job.accelerator == "cpu" and hasattr(os, "sched_setaffinity"):
        # JAX has no option for it: it makes a thread for each core that it may use.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job.threads])
    compile_network = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[str(backend)](job)
    import keras

    keras.config.set_dtype_policy(_POLICIES.get(job.precision, job.precision))

    def load(job: Job) -> Loaded:
        from train.networks import load_generator, run_view

        model = load_generator(Path(job.model))
        return Loaded(model.input_shape[1], run_view(Path(job.model)), compile_network(model))

    return load


def _check_gpu(job: Job, found: bool, library: str) -> None:
    if job.accelerator == "gpu" and not found:
        raise NoGpuError(f"not measured: {library} finds no GPU on this machine")


def _tensorflow(job: Job) -> Callable[[Any], BatchNetwork]:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    gpu = job.accelerator == "gpu"
    _check_gpu(job, bool(tf.config.list_physical_devices("GPU")), "TensorFlow")

    def compile_network(model: Any) -> BatchNetwork:
        # XLA is what a GPU is fastest with; on a CPU TensorFlow's own kernels are.
        @tf.function(jit_compile=gpu)
        def run(batch: Any) -> Any:
            return tf.cast(model(batch, training=False), tf.float32)

        return lambda batch: run(tf.constant(batch)).numpy()

    return compile_network


def _jax(job: Job) -> Callable[[Any], BatchNetwork]:
    import jax

    # `JAX_PLATFORMS` lets it find a GPU, or not.
    _check_gpu(job, jax.default_backend() not in ("cpu", "interpreter"), "JAX")

    def compile_network(model: Any) -> BatchNetwork:
        weights = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]

        @jax.jit
        def run(weights: Any, others: Any, batch: Any) -> Any:
            output, _ = model.stateless_call(weights, others, batch, training=False)
            return output.astype("float32")

        return lambda batch: np.asarray(run(weights, others, batch))

    return compile_network


def _torch(job: Job) -> Callable[[Any], BatchNetwork]:
    import torch

    torch.set_num_threads(job.threads)
    _check_gpu(job, torch.cuda.is_available(), "torch")
    device = "cuda" if job.accelerator == "gpu" else "cpu"

    def compile_network(model: Any) -> BatchNetwork:
        @torch.inference_mode()
        def run(batch: np.ndarray) -> np.ndarray:
            output = model(torch.from_numpy(batch).to(device), training=False)
            return output.float().cpu().numpy()

        return run

    return compile_network
