"""The network in half precision, as GPUs compute it: the same colours, and no overflow."""

from collections.abc import Mapping

import numpy as np

from edge_runtime.choose_engine import MAX_DISTANCE
from edge_runtime.contract import AB_SCALE
from export.check.graph import Graph
from export.check.half import MAX_HALF
from export.check.half_kernels import Arithmetic, half_arithmetic
from export.check.half_network import HalfNetwork, UnknownOperatorError
from export.check.operators import macs
from export.check.result import Result
from export.errors import ExportError

# Other pictures than the tried ones may drive a layer further: so much is kept in reserve.
_RESERVE = 4.0
MAX_PEAK = MAX_HALF / _RESERVE


def check_half_precision(graph: Graph, inputs: Mapping[str, np.ndarray]) -> Result:
    """Compute some inputs in half precision and in float32, by the same code, and compare.

    The limits: on each input the root mean square over a* and b* of the difference is at most
    `edge_runtime.choose_engine.MAX_DISTANCE`, which is what the runtime allows a GPU; no layer's
    values, taken before its activation, reach a quarter of what half precision holds.

    Args:
        graph: of a model file.
        inputs: lightness, float32 [S, S], by name.
    """
    arithmetic = half_arithmetic(macs(graph))
    try:
        half, full = HalfNetwork(graph, arithmetic), HalfNetwork(graph, Arithmetic(False))
        runs = {name: (half.run(x), full.run(x)) for name, x in inputs.items()}
    except UnknownOperatorError as error:
        return Result("half precision", "skipped", f"cannot be computed here: {error}")
    except ExportError as error:
        return Result("half precision", "fail", f"cannot be computed: {error}")
    layer, where, peak = max(
        (
            (layer, name, peak)
            for name, both in runs.items()
            for run in both
            for layer, peak in run.peaks.items()
        ),
        key=lambda found: found[2],
    )
    distances, largest = {}, 0.0
    for name, (ours, true) in runs.items():
        error = np.abs((ours.ab - true.ab).astype(np.float64)) * AB_SCALE
        distances[name] = float(np.sqrt(np.mean(np.square(error))))
        largest = max(largest, float(error.max()))
    figures = {
        "rms_ab": {name: _figure(value) for name, value in distances.items()},
        "max_ab": _figure(largest),
        "peak": _figure(peak),
        "peak_layer": layer,
        "peak_input": where,
        "products_between_roundings": arithmetic.block,
    }
    overflow = _first_overflow(runs)
    if overflow:
        return Result("half precision", "fail", overflow, figures)
    if peak > MAX_PEAK:
        detail = f"{layer} reaches {peak:.0f} on {where}, more than {MAX_PEAK:.0f}"
        return Result("half precision", "fail", f"near overflow: {detail}", figures)
    worst = max(distances, key=lambda name: distances[name])
    far = not distances[worst] <= MAX_DISTANCE  # so that what is no number is far too
    detail = (
        f"at most {distances[worst]:.2f} units of ab off ({worst}; single values {largest:.1f}),"
        f" {'more than' if far else 'limit'} {MAX_DISTANCE:g};"
        f" largest value {peak:.0f} at {layer}, limit {MAX_PEAK:.0f}"
    )
    return Result("half precision", "fail" if far else "pass", detail, figures)


def _first_overflow(runs: Mapping) -> str | None:
    """The first layer whose values half precision cannot hold."""
    for name, (half, full) in runs.items():
        for layer, peak in half.peaks.items():
            if not np.isfinite(peak):
                return (
                    f"overflow at {layer} on {name}: it reaches {full.peaks[layer]:.3g},"
                    f" half precision ends at {MAX_HALF:.0f}"
                )
    return None


def _figure(value: float) -> float | None:
    """A number that JSON holds."""
    return round(value, 5) if np.isfinite(value) else None
