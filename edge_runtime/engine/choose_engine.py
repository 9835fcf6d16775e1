"""Choose what runs a network: a GPU where it can be trusted, else the CPU."""

import timeit
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from edge_runtime.engine.accelerator import PROVIDERS
from edge_runtime.engine.gpu_engine import GpuEngine, GpuError
from edge_runtime.engine.gpu_probe import probe_gpu
from edge_runtime.engine.onnx_engine import OnnxEngine, providers_here
from edge_runtime.engine.pattern import pattern
from edge_runtime.model.contract import AB_SCALE

# The largest distance between the colours of GPU and CPU on the test pattern, as the root of the
# mean square over a* and b*: one unit is less than an eye sees, and a tenth of the colour's own
# strength is three times what int8 on the CPU differs from the GPU, which computes it in float.
MAX_DISTANCE = 1.0
MAX_RELATIVE_DISTANCE = 0.1

_TIMED_RUNS = 3


class Engine(Protocol):
    """What runs a network."""

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """float32 [S, S], a network's input, to float32 [S', S', 2], a* and b* / 110.

        Raises:
            RuntimeError: the network fails on this input.
        """


@dataclass(frozen=True)
class Choice:
    """An engine, the accelerator that it is, and why it is no other (or nothing)."""

    engine: Engine
    accelerator: str
    note: str


def choose_engine(
    accelerator: str,
    data: bytes,
    cpu: Engine,
    input_size: int,
    output_size: int,
    *,
    integer: bool = False,
) -> Choice:
    """Choose an engine.

    Args:
        accelerator: one of `ACCELERATORS`.
        data: the checked bytes of the model.
        cpu: the same model on the CPU.
        input_size: S, in pixels.
        output_size: S', in pixels.
        integer: whether the model takes and gives int8, which the GPU does not.
    Raises:
        GpuError: the GPU was asked for and cannot be used.
    """
    if accelerator == "cpu":
        return Choice(cpu, "cpu", "")
    try:
        if integer:
            raise GpuError("this model takes and gives int8, the GPU float only")
        gpu = _trusted(data, cpu, input_size, output_size)
        if accelerator == "auto":
            _check_speed(gpu, cpu, pattern(input_size))
    except GpuError as error:
        if accelerator == "gpu":
            raise GpuError(f"the GPU cannot be used: {error}") from None
        return Choice(cpu, "cpu", f"the GPU is not used: {error}")
    return Choice(gpu, "gpu", "")


def choose_provider(
    accelerator: str,
    data: bytes,
    cpu: OnnxEngine,
    threads: int,
    input_size: int,
    output_size: int,
) -> Choice:
    """Choose what runs an `.onnx`.

    Args:
        threads: how many threads a run may use on the CPU.
        accelerator, data, cpu, input_size, output_size: as for `choose_engine`.
    Raises:
        GpuError: a provider was asked for and cannot be used, or LiteRT's GPU was.
    """
    if accelerator == "gpu":
        raise GpuError("the accelerator 'gpu' is LiteRT's, for a .tflite; an .onnx takes 'onnx'")
    asked = accelerator.partition(":")[2]
    if accelerator == "cpu" or asked == "cpu":
        return Choice(cpu, "onnx:cpu", "")

    if asked:
        try:
            engine = _trusted(data, cpu, input_size, output_size, asked, threads)
            return Choice(engine, accelerator, "")
        except GpuError as error:
            raise GpuError(f"{accelerator} cannot be used: {error}") from None
    reasons = []
    for provider in providers_here():
        if PROVIDERS[provider].tried:
            try:
                engine = _trusted(data, cpu, input_size, output_size, provider, threads)
                _check_speed(engine, cpu, pattern(input_size))
            except GpuError as error:
                reasons.append(f"{provider} is not used: {error}")
            else:
                return Choice(engine, f"onnx:{provider}", "")
    note = "; ".join(reasons) or "this ONNX Runtime was built for nothing else that is tried"
    return Choice(cpu, "onnx:cpu", note)


def _trusted(
    data: bytes,
    cpu: Engine,
    input_size: int,
    output_size: int,
    kind: str = "gpu",
    threads: int = 1,
) -> Engine:
    """The GPU, or a provider of ONNX Runtime, that lives and gives the CPU's colours."""
    probe_gpu(data, input_size, output_size, kind, threads)
    gpu = GpuEngine(data, output_size) if kind == "gpu" else OnnxEngine(data, threads, kind)
    check_distance(gpu, cpu, pattern(input_size))
    return gpu


def check_distance(gpu: Engine, cpu: Engine, lightness: np.ndarray) -> None:
    """See that the GPU, or what else is tried, gives the CPU's colours.

    Args:
        gpu, cpu: the same model on both.
        lightness: float32 [S, S], of `edge_runtime.model.contract.as_input`.
    Raises:
        GpuError: it does not, or fails, or gives what are no numbers.
    """
    expected = cpu.run(lightness) * AB_SCALE
    try:
        found = gpu.run(lightness) * AB_SCALE
    except RuntimeError as error:
        raise GpuError(f"it fails: {error}") from None
    distance = _root_mean_square(found - expected)
    allowed = max(MAX_DISTANCE, MAX_RELATIVE_DISTANCE * _root_mean_square(expected))
    if not distance <= allowed:  # so that what is no number is refused too
        raise GpuError(
            f"its colours are {distance:.1f} units of a* and b* off those of the CPU,"
            f" more than {allowed:.1f}"
        )


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _check_speed(gpu: Engine, cpu: Engine, lightness: np.ndarray) -> None:
    # A software driver is a GPU to LiteRT, and so is that of a small board.
    gpu_ms, cpu_ms = (_best_ms(engine, lightness) for engine in (gpu, cpu))
    if gpu_ms > cpu_ms:
        raise GpuError(f"it takes {gpu_ms:.1f} ms a run, the CPU {cpu_ms:.1f} ms")


def _best_ms(engine: Engine, lightness: np.ndarray) -> float:
    return 1000 * min(timeit.repeat(lambda: engine.run(lightness), number=1, repeat=_TIMED_RUNS))
