"""The same file in OpenCV's dnn: equal results, or the operator that it cannot take."""

import cv2
import numpy as np
import pytest

from benchmarks import opencv_route
from benchmarks.accuracy_run import open_all
from benchmarks.opencv_route import OpenCVNetwork, why_not_in_opencv
from edge_runtime.errors import ModelError
from edge_runtime.interpreter import Network
from edge_runtime.model_file import read_model


def test_opencv_gives_what_litert_gives(tiny_model):
    seen = np.random.default_rng(0).uniform(-1, 1, (64, 64)).astype(np.float32)
    expected = Network(tiny_model, 1).run(seen)
    found = OpenCVNetwork(str(tiny_model)).run(seen)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_shipped_file_runs_or_its_operator_is_named():
    """Whether OpenCV takes it depends on OpenCV's version; the answer must be whole."""
    reason = why_not_in_opencv(read_model("nano"))
    if reason is None:
        seen = np.zeros((160, 160), np.float32)
        found = OpenCVNetwork("nano").run(seen)
        np.testing.assert_allclose(found, Network("nano", 1).run(seen), atol=0.1)
    else:
        assert reason.startswith(f"OpenCV {cv2.__version__} cannot take operator ")
        assert any(kind in reason for kind in ("QUANTIZE", "CONV_2D", "RESIZE", "ADD"))


@pytest.mark.parametrize("fails_from", [1, 3, 60, 94])
def test_the_search_finds_the_first_operator_that_fails(fails_from, monkeypatch):
    monkeypatch.setattr(opencv_route, "_beginning", lambda data, operators: operators)
    monkeypatch.setattr(opencv_route, "_operators", lambda data: ["CONV_2D"] * 93 + ["TANH"])

    def complaint(data, side):
        count = 94 if isinstance(data, bytes) else data
        return "a crash (signal 11)" if count >= fails_from else None

    monkeypatch.setattr(opencv_route, "_complaint", complaint)
    with pytest.raises(ModelError, match=f"operator {fails_from} of 94, .*: a crash"):
        OpenCVNetwork("nano")


def test_what_opencv_cannot_run_is_a_row_but_no_failure(tiny_model, monkeypatch):
    monkeypatch.setattr(
        opencv_route, "why_not_in_opencv", lambda file: "OpenCV 9 cannot take operator 1 of 2, ADD"
    )
    found = open_all([str(tiny_model), "nowhere.tflite"], opencv=True)
    assert [model.name for model in found.opened] == ["tiny"]
    assert set(found.failed) == {"nowhere"}
    assert found.unsupported == {"tiny in OpenCV": "OpenCV 9 cannot take operator 1 of 2, ADD"}
