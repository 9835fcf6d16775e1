"""Freed memory stays: arrays of a frame's size, made over and over, are not mapped anew."""

import platform
import subprocess
import sys

import pytest

# Page faults of 20 rounds of one 1080p frame's arrays, in a process of its own: the setting stays.
FAULTS = """
import resource, sys
import numpy as np
from edge_runtime.keep_memory import keep_freed_memory

def frame():
    return [np.ones(pixels, np.float32) for pixels in (854 * 480 * 3, 1920 * 1080 * 3)]

if sys.argv[1] == "keep":
    assert keep_freed_memory()
frame(), frame()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    frame()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how):
    command = [sys.executable, "-c", FAULTS, how]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
def test_frames_do_not_fault_their_memory_in_again():
    pages = 20 * 4 * 1920 * 1080 * 3 // 4096
    assert faults("keep") < pages / 100
    assert faults("leave") > 10 * faults("keep")
