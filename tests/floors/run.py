"""The runtime's tests with the oldest NumPy, OpenCV, Pillow and PyAV that pyproject.toml allows.

    make test-floors        (or: python3.11 tests/floors/run.py)

The floors are read off pyproject.toml and installed, with the newest of all else, into a fresh
environment in build/floors. There the tests run that need neither TensorFlow nor another room, nor
the extra `bulk`, which asks for NumPy 2. An older Python may be needed than the newest one: the
oldest NumPy has wheels for 3.10 to 3.12.
"""

import ast
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import tomllib

TOP = Path(__file__).parents[2]
PLACE = TOP / "build" / "floors"
FLOORED = ("numpy", "opencv-python-headless", "Pillow", "av", "tifffile")
# What the tests import beside the runtime.
HELPERS = ("pytest", "pytest-xdist", "scikit-image", "httpx", "fsspec")
# tifffile writes their files with an imagecodecs that needs NumPy 2.
NOT_WITH_NUMPY_1 = [
    "pictures/test_read_tiff.py::test_bits_between_8_and_16",
    "pictures/test_read_tiff.py::test_what_needs_imagecodecs_says_so[options1",
]
# They write a note to turn the film, which PyAV can from 17 on; 16 reads it.
NOT_WITH_PYAV_16 = [
    "live/test_sources.py::test_turns_are_those_of_the_display_matrix",
    "video/test_kept_facts.py::test_what_a_turned_film_says",
    "video/test_colorize_film.py::test_rotation_aspect_tags_chapters_and_metadata",
    "video/test_colorize_film.py::test_the_network_sees_a_turned_film_upright",
]
OTHER_ROOMS = {"train", "export", "benchmarks", "tensorflow", "keras", "torch", "pyarrow"}


def floors() -> list[str]:
    """Each package at its floor, as pip's constraints: `>=4.8` becomes `==4.8.0.*`."""
    with open(TOP / "pyproject.toml", "rb") as file:
        dependencies = tomllib.load(file)["project"]["dependencies"]
    found = []
    for name in FLOORED:
        (floor,) = {
            floor for line in dependencies for floor in re.findall(rf"^{name}>=([0-9.]+)", line)
        }
        found.append(f"{name}=={'.'.join([*floor.split('.'), '0', '0'][:3])}.*")
    return found


def imported(file: Path) -> set[str]:
    """The packages that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def main() -> int:
    """Install and test; returns pytest's exit code."""
    shutil.rmtree(PLACE, ignore_errors=True)
    venv.create(PLACE, with_pip=True)
    python = PLACE / "bin" / "python"
    (PLACE / "floors.txt").write_text("\n".join(floors()) + "\n")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    runtime = f"{TOP}[tiff]"
    subprocess.run([*pip, "--constraint", PLACE / "floors.txt", runtime, *HELPERS], check=True)
    print("testing with", *floors(), flush=True)
    tests = TOP / "tests"
    folders = [tests / "edge_runtime", tests / "test_public_face.py", tests / "test_examples.py"]
    files = sorted((tests / "edge_runtime").rglob("test_*.py"))
    ignored = [f"--ignore={file}" for file in files if imported(file) & OTHER_ROOMS]
    # Old versions warn of what newer ones have taken back.
    command = [python, "-m", "pytest", "-q", "-W", "ignore::DeprecationWarning"]
    command += ["-n", "auto", "--dist", "loadfile"]
    for test in NOT_WITH_NUMPY_1 + NOT_WITH_PYAV_16:
        command.append(f"--deselect=tests/edge_runtime/{test}")
    return subprocess.run([*command, *folders, *ignored], cwd=TOP, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
