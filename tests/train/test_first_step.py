"""TensorFlow and JAX agree: the same weights and the same batch give the same losses."""

import json
import math
import os
import runpy
import subprocess
import sys
from pathlib import Path

import keras
import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("first_step.py")

PLAIN = "baseline_cnn:32"
OTHERS = ["baseline_cnn:64", "ab_classifier:32", "pix2pix_mobilenetv2:64"]


@pytest.fixture(autouse=True)
def _policy():
    yield
    keras.config.set_dtype_policy("float32")


def on_tensorflow(*wanted):
    assert keras.backend.backend() == "tensorflow"
    first_losses = runpy.run_path(str(SCRIPT))["first_losses"]
    return {name: first_losses(name) for name in wanted}


def on_jax(*wanted):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *wanted],
        env=os.environ
        | {
            "KERAS_BACKEND": "jax",
            # XLA compiles for seconds what runs for milliseconds here.
            "XLA_FLAGS": "--xla_backend_optimization_level=0"
            " --xla_llvm_disable_expensive_passes=true",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def agree(ours, theirs):
    assert ours.keys() == theirs.keys()
    for wanted, losses in ours.items():
        assert losses == pytest.approx(theirs[wanted], rel=1e-4), wanted


def test_every_kind_of_network():
    wanted = [f"{name}:float32" for name in (PLAIN, *OTHERS)]
    agree(on_jax(*wanted), on_tensorflow(*wanted))


@pytest.mark.parametrize("backend", [on_tensorflow, on_jax])
def test_bfloat16_is_near_float32(backend):
    names = [PLAIN, *OTHERS[1:]]
    losses = backend(*(f"{n}:{policy}" for n in names for policy in ("float32", "mixed_bfloat16")))
    for name in names:
        whole, half = (losses[f"{name}:{p}"] for p in ("float32", "mixed_bfloat16"))
        assert all(map(math.isfinite, half.values()))
        assert half == pytest.approx(whole, rel=0.06), name
        assert half != whole, name
