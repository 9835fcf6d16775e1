"""The runtime's tests in an environment of their own, which has no TensorFlow and no other room.

    make test-floors                        (or: python3.11 tests/floors/run.py)
    make test-python PYTHON=python3.13      (or: python3.13 tests/floors/run.py --newest)

The first has the oldest NumPy, OpenCV, Pillow, PyAV and tifffile that pyproject.toml allows, and
the newest of all else. It leaves out the extra `bulk`, which asks for NumPy 2, and needs a Python
of 3.11 or 3.12: the oldest NumPy has no wheels for newer ones. The second has the newest of all.
The environment is made anew in build/.
"""

import ast
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

TOP = Path(__file__).parents[2]
FLOORED = ("numpy", "opencv-python-headless", "Pillow", "av", "tifffile")
# What the tests import beside the runtime.
HELPERS = ("pytest", "pytest-xdist", "scikit-image", "httpx", "fsspec")
# They turn a film by a note in its head, or subtitles into another kind: PyAV can from 17 on.
NOT_WITH_PYAV_16 = [
    "live/test_sources.py::test_turns_are_those_of_the_display_matrix",
    "video/test_kept_facts.py::test_what_a_turned_film_says",
    "video/test_colorize_film.py::test_text_subtitles_become_those_of_the_container",
    "video/test_colorize_film.py::test_rotation_aspect_tags_chapters_and_metadata",
    "video/test_colorize_film.py::test_the_network_sees_a_turned_film_upright",
]
OTHER_ROOMS = {"train", "export", "benchmarks", "tensorflow", "keras", "torch"}


def floors() -> list[str]:
    """Each package at its floor, as pip's constraints: `>=4.8` becomes `==4.8.0.*`."""
    import tomllib  # not in Python 3.10

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
    newest = sys.argv[1:] == ["--newest"]
    place = TOP / "build" / ("newest" if newest else "floors")
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    constraints = [] if newest else floors()
    (place / "floors.txt").write_text("".join(f"{line}\n" for line in constraints))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    runtime = f"{TOP}[bulk,onnx,tiff]" if newest else f"{TOP}[tiff]"
    subprocess.run([*pip, "--constraint", place / "floors.txt", runtime, *HELPERS], check=True)
    print("testing", sys.version.split()[0], "with", *constraints or ["the newest"], flush=True)
    tests = TOP / "tests"
    folders = [tests / "edge_runtime", tests / "test_public_face.py", tests / "test_examples.py"]
    left_out = OTHER_ROOMS if newest else OTHER_ROOMS | {"pyarrow"}
    files = sorted((tests / "edge_runtime").rglob("*.py"))
    others = [file for file in files if imported(file) & left_out]
    ignored = [f"--ignore={f.parent if f.name == 'conftest.py' else f}" for f in others]
    # Old versions warn of what newer ones have taken back.
    command = [python, "-m", "pytest", "-q", "-W", "ignore::DeprecationWarning"]
    command += ["-n", "auto", "--dist", "loadfile"]
    if not newest:
        command += [f"--deselect=tests/edge_runtime/{test}" for test in NOT_WITH_PYAV_16]
    return subprocess.run([*command, *folders, *ignored], cwd=TOP, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
