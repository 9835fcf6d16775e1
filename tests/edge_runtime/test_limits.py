"""Time and memory of the real command, from process start to file on disk."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.model_file import DEFAULT_MODEL
from edge_runtime.shipped import shipped_names

ROOT = Path(__file__).parents[2]

# A small process starts the command: Linux counts the starting process's memory as its child's, and
# the tests' own holds TensorFlow.
_MEASURE = """
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
seconds = time.monotonic() - start
print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def colour(folder: Path, width: int, height: int, mode: str, model: str) -> tuple[float, float]:
    """Colour a soft noisy JPEG; returns (seconds, peak resident memory in MB)."""
    noise = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8), np.uint8)
    image = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
    image.convert(mode).save(folder / "x.jpg", quality=90)
    command = [sys.executable, "-m", "edge_runtime", "colorize", "x.jpg", "--threads", "2"]
    result = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command, "--overwrite", "--model", model],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, kilobytes = result.stdout.split()[-2:]
    return float(seconds), int(kilobytes) / 1024


@pytest.fixture
def model(tiny_model) -> str:
    """The default model, or the tiny one where none is shipped."""
    return DEFAULT_MODEL if DEFAULT_MODEL in shipped_names() else str(tiny_model)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_12_megapixels_within_350_mb(tmp_path, model, mode):
    _, memory = colour(tmp_path, 4000, 3000, mode, model)
    assert memory < 350


@pytest.mark.slow  # timings need a quiet machine
@pytest.mark.parametrize(
    ("width", "height", "limit"), [(640, 480, 1.0), (4000, 3000, 2.5)], ids=["VGA", "12 MP"]
)
def test_seconds(tmp_path, model, width, height, limit):
    seconds = min(colour(tmp_path, width, height, "L", model)[0] for _ in range(3))
    assert seconds < limit


@pytest.mark.slow  # timings need a quiet machine
def test_import_under_0_3_s():
    code = (
        "import time; t = time.perf_counter(); import edge_runtime; print(time.perf_counter() - t)"
    )
    runs = [subprocess.check_output([sys.executable, "-c", code], cwd=ROOT) for _ in range(3)]
    assert min(map(float, runs)) < 0.3
