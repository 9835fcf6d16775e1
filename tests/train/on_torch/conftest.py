"""Tests of the torch backend: Keras takes one backend a process, so these have their own.

    KERAS_BACKEND=torch python -m pytest tests/train/on_torch

`tests/train/test_backends.py` runs them so within an ordinary run.
"""

import os

import pytest

collect_ignore_glob = [] if os.environ.get("KERAS_BACKEND") == "torch" else ["test_*.py"]


@pytest.fixture
def undrawn(monkeypatch):
    """Runs draw no curves and no sheets, which take them longer than their few steps."""
    monkeypatch.setattr("train.fit.run_folder.RunFolder.add_sheet", lambda *_: None)
    monkeypatch.setattr("train.fit.loss_curve.draw_loss_curve", lambda *_: None)
