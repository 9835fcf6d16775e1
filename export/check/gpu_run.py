"""The network on a real GPU, or on Vulkan in software: all of it, and with the CPU's colours."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from edge_runtime.engine.choose_engine import MAX_DISTANCE, MAX_RELATIVE_DISTANCE
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.gpu_probe import PROBE_SECONDS, probe_gpu
from edge_runtime.engine.interpreter import Network
from edge_runtime.model.contract import AB_SCALE, FULL_INTEGER
from export.check.result import Result

# Debian's Chromium brings SwiftShader, Vulkan in software, and a loader for it.
CHROMIUM = Path("/usr/lib/chromium")
DRIVER_VARIABLE = "VK_ICD_FILENAMES"

# What `probe_gpu` says where there is nothing to run on, rather than something wrong with a model.
_NOTHING_THERE = ("Vulkan", "found no GPU driver", "ai-edge-litert", "instructions")


def check_gpu_run(data: bytes, network: Network, inputs: Mapping[str, np.ndarray]) -> Result:
    """Fully accelerated by LiteRT's GPU accelerator, and near enough to the CPU.

    The limit is the runtime's own (`edge_runtime.engine.choose_engine.check_distance`).

    Args:
        data: the checked bytes of a model file.
        network: the same model on the CPU.
        inputs: lightness, float32 [S, S], by name.
    """
    if network.contract.recipe == FULL_INTEGER:
        return Result("gpu run", "skipped", "the model takes and gives int8, the GPU float only")
    with _software_driver() as driver:
        try:
            probe_gpu(data, network.input_size, network.output_size)
            found = _run(data, network.output_size, list(inputs.values()))
        except GpuError as error:
            if any(words in str(error) for words in _NOTHING_THERE):
                return Result("gpu run", "skipped", f"no GPU was tried: {error}")
            return Result("gpu run", "fail", str(error), {"driver": driver})
    distances, allowed = {}, {}
    for name, ab in zip(inputs, found, strict=True):
        expected = network.run(inputs[name]) * AB_SCALE
        distances[name] = _root_mean_square(ab * AB_SCALE - expected)
        allowed[name] = max(MAX_DISTANCE, MAX_RELATIVE_DISTANCE * _root_mean_square(expected))
    worst = max(distances, key=lambda name: distances[name] / allowed[name])
    far = not all(distances[name] <= allowed[name] for name in distances)
    figures = {
        "driver": driver,
        "rms_ab_to_cpu": {name: round(value, 5) for name, value in distances.items()},
    }
    detail = (
        f"all of it on the GPU ({driver}); at most {distances[worst]:.3g} units of ab off the CPU"
        f" ({worst}), {'more than' if far else 'limit'} {allowed[worst]:.3g}"
    )
    return Result("gpu run", "fail" if far else "pass", detail, figures)


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


@contextmanager
def _software_driver():
    """Point the loader to SwiftShader where no driver was chosen; gives the driver's name."""
    icd = CHROMIUM / "vk_swiftshader_icd.json"
    chosen = os.environ.get(DRIVER_VARIABLE) or os.environ.get("VK_DRIVER_FILES")
    if chosen or not icd.exists():
        yield Path(chosen.split(os.pathsep)[0]).stem if chosen else "the system's driver"
        return
    before = {name: os.environ.get(name) for name in (DRIVER_VARIABLE, "LD_LIBRARY_PATH")}
    os.environ[DRIVER_VARIABLE] = str(icd)
    # For the processes that are started from here; this one has its loader already.
    folders = [str(CHROMIUM), before["LD_LIBRARY_PATH"] or ""]
    os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, folders))
    try:
        yield "SwiftShader, in software"
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _run(data: bytes, output_size: int, inputs: list[np.ndarray]) -> np.ndarray:
    """ab, float32 [N, S', S', 2], of each input; in a process of its own, which may die of it.

    Raises:
        GpuError: it fails.
    """
    with TemporaryDirectory(prefix="tintlite-check-") as folder:
        model = Path(folder) / "model.tflite"
        model.write_bytes(data)
        stream = io.BytesIO()
        np.save(stream, np.stack(inputs), allow_pickle=False)
        command = [sys.executable, "-m", "export.check.gpu_child", str(model), str(output_size)]
        root = str(Path(__file__).parents[2])
        paths = [root, os.environ.get("PYTHONPATH", "")]
        try:
            child = subprocess.run(  # noqa: S603 (our own interpreter and code)
                command,
                input=stream.getvalue(),
                capture_output=True,
                timeout=PROBE_SECONDS * 2,
                check=False,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            )
        except subprocess.TimeoutExpired:
            raise GpuError("no answer on the test inputs") from None
    if child.returncode:
        raise GpuError(f"it fails on the test inputs (code {child.returncode})")
    return np.load(io.BytesIO(child.stdout), allow_pickle=False)
