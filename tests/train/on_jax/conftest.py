"""Tests of the JAX backend: Keras takes one backend a process, so these have their own.

    KERAS_BACKEND=jax python -m pytest tests/train/on_jax

`tests/train/test_backends.py` runs them so within an ordinary run.
"""

import os

collect_ignore_glob = [] if os.environ.get("KERAS_BACKEND") == "jax" else ["test_*.py"]
