"""Ten thousand frames in one run: memory and file descriptors stay as they are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
FRAMES = 10_000
WARM = 2000

# In a process of its own: the tests' libraries give and take memory as they like.
_RUN = """
import json, os, sys
from edge_runtime import Colorizer, Device
from edge_runtime.video import VideoOptions, colorize_video

source, target, model = sys.argv[1:]
colorizer = Colorizer(model, Device(threads=1))
options = VideoOptions(preset="ultrafast", stats=True)
seen = []

def megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

def look(progress):
    seen.append((progress.frames, megabytes()))

before = len(os.listdir("/proc/self/fd"))
result = colorize_video(source, target, colorizer, options, look)
after = len(os.listdir("/proc/self/fd"))
json.dump({"frames": result.frames, "seen": seen, "before": before, "after": after}, sys.stdout)
"""


@pytest.mark.slow  # minutes
@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="memory is read off Linux's /proc"
)
def test_ten_thousand_frames(tmp_path, make_film, tiny_model):
    source = make_film(tmp_path / "f.mkv", frames=FRAMES, codec="mpeg4", audio="aac")
    result = subprocess.run(
        [sys.executable, "-c", _RUN, str(source), str(tmp_path / "out.mkv"), str(tiny_model)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(result.stdout)
    assert told["frames"] == FRAMES
    assert told["after"] <= told["before"]
    warm = [size for frames, size in told["seen"] if WARM <= frames < 2 * WARM]
    late = [size for frames, size in told["seen"] if frames >= FRAMES - WARM]
    assert len(warm) > 3
    assert len(late) > 3
    assert np.median(late) < np.median(warm) * 1.01
