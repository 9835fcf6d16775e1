"""Tests of several devices: JAX makes them of one CPU, if it is told so before it starts.

    KERAS_BACKEND=jax XLA_FLAGS=--xla_force_host_platform_device_count=4 \\
        python -m pytest tests/train/on_devices

`tests/train/test_backends.py` runs them so within an ordinary run.
"""

import os

_THERE = os.environ.get("KERAS_BACKEND") == "jax" and "device_count=4" in os.environ.get(
    "XLA_FLAGS", ""
)
collect_ignore_glob = [] if _THERE else ["test_*.py"]
