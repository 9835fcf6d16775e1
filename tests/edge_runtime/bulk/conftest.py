"""What the tests of archives share: an archive, the rows of a ledger, pictures that kill."""

import os
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

# Found by every Python that is started with its folder in PYTHONPATH. The process that colours
# wraps a picture's bytes by io.BytesIO, as its first step: there these pictures strike.
_STRIKE = """
import io, os, signal, time

class Struck(io.BytesIO):
    def __init__(self, data=b""):
        if b"SEGV" in bytes(data):
            os.kill(os.getpid(), signal.SIGSEGV)
        if b"HANG" in bytes(data):
            time.sleep(86400)
        super().__init__(data)

if "edge_runtime.bulk.painter_process" in __import__("sys").orig_argv:
    io.BytesIO = Struck
"""


@pytest.fixture
def strike(tmp_path_factory, monkeypatch) -> None:
    """Lets pictures that hold SEGV end their process, and those with HANG take for ever."""
    folder = tmp_path_factory.mktemp("strike")
    (folder / "sitecustomize.py").write_text(_STRIKE)
    paths = [str(folder), str(Path(__file__).parents[3])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


def _picture(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 32), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture(scope="session")
def picture():
    """Writes a small grey picture of a seed, with its folders."""
    return _picture


def _rows(target: Path) -> dict[str, dict]:
    rows = [
        row
        for part in sorted((target / "tintlite-ledger").glob("*.parquet"))
        for row in pq.read_table(part).to_pylist()
    ]
    by_source = {row["source"]: row for row in rows}
    assert len(by_source) == len(rows)  # none twice
    return by_source


@pytest.fixture(scope="session")
def rows_of():
    """The rows of a target's ledger by their sources, each of which has one."""
    return _rows


def _results(target: Path) -> set[str]:
    files = (file for file in target.rglob("*") if file.is_file())
    names = {file.relative_to(target).as_posix() for file in files}
    return {name for name in names if not name.startswith("tintlite-ledger/")}


@pytest.fixture(scope="session")
def results_of():
    """The names of all files of a target beside its ledger."""
    return _results
