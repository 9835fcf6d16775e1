"""Time and memory of the real command, from process start to file on disk."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.model.shipped import shipped_names


def picture(folder: Path, width: int, height: int, mode: str) -> None:
    """Write a soft noisy x.jpg."""
    noise = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8), np.uint8)
    image = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
    image.convert(mode).save(folder / "x.jpg", quality=90)


def colour(measured, model: str):
    """Colour x.jpg."""
    options = ("--threads", "2", "--overwrite", "--model", model)
    result = measured("colorize", "x.jpg", *options)
    assert result.code == 0
    return result


@pytest.fixture
def model(tiny_model) -> str:
    """The default model, or the tiny one where none is shipped."""
    return DEFAULT_MODEL if DEFAULT_MODEL in shipped_names() else str(tiny_model)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_12_megapixels_within_350_mb(tmp_path, measured, model, mode):
    picture(tmp_path, 4000, 3000, mode)
    assert colour(measured, model).megabytes < 350


@pytest.mark.slow  # timings need a quiet machine
@pytest.mark.parametrize(
    ("width", "height", "limit"), [(640, 480, 1.0), (4000, 3000, 2.5)], ids=["VGA", "12 MP"]
)
def test_seconds(tmp_path, measured, model, width, height, limit):
    picture(tmp_path, width, height, "L")
    assert min(colour(measured, model).seconds for _ in range(3)) < limit


@pytest.mark.slow  # timings need a quiet machine
def test_import_under_0_3_s():
    code = (
        "import time; t = time.perf_counter(); import edge_runtime; print(time.perf_counter() - t)"
    )
    runs = [
        subprocess.check_output([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
        for _ in range(3)
    ]
    assert min(map(float, runs)) < 0.3
