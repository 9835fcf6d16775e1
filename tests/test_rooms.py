"""Who imports whom: the table of CONTRIBUTING.md, read off the code."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"edge_runtime", "tintlite", "train", "export", "benchmarks", "browser"}
HEAVY = {"tensorflow", "tf_keras", "keras", "torch", "jax"}
FORBIDDEN = {
    "edge_runtime": (ROOMS - {"edge_runtime"}) | HEAVY,
    "tintlite": (ROOMS - {"edge_runtime", "tintlite"}) | HEAVY,
    "examples": (ROOMS - {"tintlite"}) | HEAVY,
    "train": {"export", "benchmarks", "browser", "tensorflow", "tf_keras"},
    "export": {"benchmarks", "browser"},
    "benchmarks": {"browser"},
    "browser": (ROOMS - {"edge_runtime", "browser"}) | HEAVY,
}


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports(room):
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for file in files:
        assert not imported(file) & FORBIDDEN[room], file


def floors(room: str) -> list[list[str]]:
    """The diagram of CONTRIBUTING.md, from the roof down: what lies on each floor."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    diagram = text.split(f"\n{room}/\n")[1].split("\n\n")[0].split("```")[0]
    return [line.strip().split("   ")[0].split() for line in diagram.splitlines() if line.strip()]


def used(file: Path, room: str) -> set[str]:
    """Which folders and files of its own room a file imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == room:
            names |= {f"{room}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[1] for name in names if name.startswith(f"{room}.")}


@pytest.mark.parametrize("room", ["edge_runtime", "train"])
def test_a_floor_uses_only_those_below(room):
    height = {}
    for level, names in enumerate(reversed(floors(room))):
        height |= dict.fromkeys(names, level)
    folders = {folder.parent.name for folder in (ROOT / room).glob("*/__init__.py")}
    assert folders - {"configs"} <= set(height)
    for name in height:
        files = sorted((ROOT / room / name).rglob("*.py")) or [ROOT / room / f"{name}.py"]
        for file in files:
            above = {
                other
                for other in (used(file, room) & set(height)) - {name}
                if height[other] >= height[name]
            }
            assert not above, (file, above)


def test_the_wheel_holds_the_runtime_alone(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
    tops = {name.split("/")[0].split("-")[0] for name in names}
    assert tops == {"edge_runtime", "tintlite"}
    assert {"edge_runtime/py.typed", "tintlite/__init__.py", "tintlite/py.typed"} <= set(names)
    page = {file.name for file in (ROOT / "edge_runtime" / "serve" / "page").iterdir()}
    assert {"index.html", "main.js", "style.css"} <= page
    assert {f"edge_runtime/serve/page/{name}" for name in page} <= set(names)
    assert "edge_runtime/hints/moods.json" in names
    models = {"nano.tflite", "standard.tflite", "SHA256SUMS"}
    assert {f"edge_runtime/models/{name}" for name in models} <= set(names)
