"""What several tests use: the tiny model, a picture, a way to run the command."""

import gc
import os
import shutil
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

DATA = Path(__file__).parent / "data"

# The shell is the same browser without its windows: it takes a third less time.
CHROMIUM = (
    os.environ.get("TINTLITE_CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
)

# What takes longest begins first, so that no core waits at the end for the other's last file.
_FIRST = (
    "train/test_backends.py",
    "train/",
    "export/",
    "edge_runtime/video/",
    "edge_runtime/serve/",
)


def pytest_configure() -> None:
    """Let ctrl-C end what the tests start: in the background of a script it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was imported stays: no collection of garbage walks through it any more."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; within one, and among the rest, the order stays."""

    def turn(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((n for n, start in enumerate(_FIRST) if path.startswith(start)), len(_FIRST))

    items.sort(key=turn)


@pytest.fixture(scope="session")
def tiny_model() -> Path:
    """A sealed 1-kB network: 64 x 64 lightness to 32 x 32 ab, bright warm and dark cold."""
    return DATA / "tiny.tflite"


@pytest.fixture(scope="session")
def tiny_view_model() -> Path:
    """The tiny network with a contract of version 2: it sees pictures through the tone view."""
    return DATA / "tiny_view.tflite"


@pytest.fixture(scope="session")
def no_contract_model() -> Path:
    """The tiny network without its contract."""
    return DATA / "no_contract.tflite"


@pytest.fixture(scope="session")
def other_network() -> Path:
    """A sealed network with a contract, whose tensors are not lightness and ab."""
    return DATA / "other_network.tflite"


# Not of the session: while one Playwright runs, no loop of asyncio can start in the process.
@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Debian's Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium found: no page is tested (apt install chromium-headless-shell)")
    with playwright.sync_playwright() as driver:
        # Tests may run as root in a container, where Chromium's sandbox cannot be had.
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Two hundred different cuts of colour photos."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(1)
    sources = [photos.astronaut(), photos.chelsea(), photos.coffee(), photos.rocket()]
    count = 0
    while count < 200:
        source = sources[count % 4]
        top, left = (rng.integers(0, side - 100) for side in source.shape[:2])
        cut = source[top : top + 100, left : left + 100]
        if np.ptp(cut.astype(int), axis=-1).mean() > 25:
            Image.fromarray(cut).save(folder / f"{count:03}.jpg")
            count += 1
    return folder


@pytest.fixture(scope="session")
def grey() -> np.ndarray:
    """uint8 [90, 130]: every grey level, edges and noise."""
    rng = np.random.default_rng(4)
    ramp = np.linspace(0, 255, 130)[None] + rng.normal(0, 6, (90, 130))
    ramp[30:60, 40:90] = 230
    return np.clip(ramp, 0, 255).astype(np.uint8)


def _png_header(width: int, height: int, depth: int = 8) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    rgb = 2
    header = struct.pack(">IIBBBBB", width, height, depth, rgb, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.fixture(scope="session")
def png_header() -> Callable[..., bytes]:
    """Makes a PNG that claims a width, height and depth, and holds next to nothing."""
    return _png_header


# A small process starts the command: Linux counts the starting process's memory as its child's, and
# the tests' own may hold TensorFlow.
_MEASURE = """
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.monotonic() - start
print(code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True)
class Measured:
    """What a run of the command took: `megabytes` is its peak of resident memory."""

    code: int
    seconds: float
    megabytes: float
    stderr: str


@pytest.fixture
def measured(tmp_path) -> Callable[..., Measured]:
    """Run `tintlite` with some arguments in `tmp_path`, from process start to end."""

    def run(*arguments: str) -> Measured:
        command = [sys.executable, "-m", "edge_runtime", *arguments]
        result = subprocess.run(
            [sys.executable, "-c", _MEASURE, *command],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            check=True,
            capture_output=True,
            text=True,
        )
        code, seconds, kilobytes = result.stdout.split()
        return Measured(int(code), float(seconds), int(kilobytes) / 1024, result.stderr)

    return run
