"""The runtime's tests with the oldest NumPy, OpenCV, Pillow and PyAV that pyproject.toml allows.

    make test-floors        (or: python3.11 tests/floors/run.py)

The floors are read off pyproject.toml and installed, with the newest of all else, into a fresh
environment in build/floors. There the tests run that need neither TensorFlow nor another room. An
older Python may be needed than the newest one: the oldest NumPy has wheels for 3.10 to 3.12.
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
FLOORED = ("numpy", "opencv-python-headless", "Pillow", "av")
# What the tests import beside the runtime.
HELPERS = ("pytest", "pytest-xdist", "scikit-image", "httpx")
# tifffile writes their files with an imagecodecs that needs NumPy 2.
NOT_WITH_NUMPY_1 = ["tests/edge_runtime/pictures/test_read_tiff.py::test_bits_between_8_and_16"]
OTHER_ROOMS = {"train", "export", "benchmarks", "tensorflow", "keras", "torch"}


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
    runtime = f"{TOP}[bulk,tiff]"
    subprocess.run([*pip, "--constraint", PLACE / "floors.txt", runtime, *HELPERS], check=True)
    print("testing with", *floors(), flush=True)
    tests = TOP / "tests"
    folders = [tests / "edge_runtime", tests / "test_public_face.py", tests / "test_examples.py"]
    files = sorted((tests / "edge_runtime").rglob("test_*.py"))
    ignored = [f"--ignore={file}" for file in files if imported(file) & OTHER_ROOMS]
    # Old versions warn of what newer ones have taken back.
    command = [python, "-m", "pytest", "-q", "-W", "ignore::DeprecationWarning"]
    command += ["-n", "auto", "--dist", "loadfile"]
    command += [f"--deselect={test}" for test in NOT_WITH_NUMPY_1]
    return subprocess.run([*command, *folders, *ignored], cwd=TOP, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
