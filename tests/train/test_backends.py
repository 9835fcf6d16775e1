"""The tests of Keras's other backends, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# XLA compiles for seconds what runs for milliseconds here.
QUICK = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
JAX = {"KERAS_BACKEND": "jax", "XLA_FLAGS": QUICK}
TORCH = {"KERAS_BACKEND": "torch"}
FOUR = JAX | {"XLA_FLAGS": f"{QUICK} --xla_force_host_platform_device_count=4"}


@pytest.mark.parametrize(
    ("folder", "environment", "which"),
    [
        ("on_torch", TORCH, "not slow"),
        pytest.param("on_torch", TORCH, "slow", marks=pytest.mark.slow),
        pytest.param("on_jax", JAX, "not slow", marks=pytest.mark.slow),
        pytest.param("on_devices", FOUR, "not slow", marks=pytest.mark.slow),
    ],
    ids=["torch", "torch, slow", "jax", "devices"],
)
def test_backend(folder, environment, which):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", which, str(HERE / folder)],
        cwd=HERE.parents[1],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
