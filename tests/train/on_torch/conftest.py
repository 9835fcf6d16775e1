"""Tests of the torch backend: Keras takes one backend a process, so these have their own.

    KERAS_BACKEND=torch python -m pytest tests/train/on_torch

`tests/train/test_backends.py` runs them so within an ordinary run.
"""

import os

collect_ignore_glob = [] if os.environ.get("KERAS_BACKEND") == "torch" else ["test_*.py"]
