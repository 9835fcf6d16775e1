"""The package as a whole: quick to import, and free of what it must not need."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout


@pytest.mark.parametrize("package", ["edge_runtime", "tintlite"])
def test_importing_pulls_no_heavy_library(package):
    code = f"import {package}, sys; print(*sys.modules)"
    loaded = {name.split(".")[0] for name in run(code).split()}
    assert not loaded & {"numpy", "cv2", "PIL", "typer", "rich", "av", "ai_edge_litert"}


def test_colouring_pulls_no_training_library(tiny_model):
    code = (
        "import sys, numpy; from edge_runtime import Colorizer;"
        f"Colorizer({str(tiny_model)!r}).colorize(numpy.zeros((8, 8), 'uint8'));"
        "print(*sys.modules)"
    )
    loaded = {name.split(".")[0] for name in run(code).split()}
    forbidden = {"tensorflow", "keras", "tf_keras", "train", "export", "benchmarks", "skimage"}
    assert not loaded & forbidden
    assert not loaded & {"typer", "rich", "av"}


def test_the_face_names_what_it_has():
    import edge_runtime

    for name in edge_runtime.__all__:
        assert getattr(edge_runtime, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Colouriser'"):
        edge_runtime.Colouriser  # noqa: B018
