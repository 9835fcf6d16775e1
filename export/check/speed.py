"""How long the network takes on this machine's CPU."""

import numpy as np

from edge_runtime.bench.timing import Times, time_runs, times_of
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.threads import usable_cores
from export.check.result import Result

_THREADS = (1, 2)
_RUNS = 30
_LEAST_SECONDS = 0.5
_MOST_SECONDS = 10.0


def network_times(network: Network, lightness: np.ndarray) -> Times:
    """Times of one network, after a first run that is not counted."""
    network.run(lightness)
    return times_of(time_runs(lambda: network.run(lightness), _RUNS, _LEAST_SECONDS, _MOST_SECONDS))


def check_speed(model: str, lightness: np.ndarray) -> Result:
    """Milliseconds a picture with one thread and with two; told, without a limit.

    Args:
        model: as for `Network`.
        lightness: float32 [S, S], an input.
    """
    rows = {}
    for threads in _THREADS:
        if threads <= usable_cores():
            rows[threads] = network_times(Network(model, threads=threads), lightness)
    figures = {
        f"threads_{threads}": {"median_ms": row.median, "p90_ms": row.p90, "runs": row.runs}
        for threads, row in rows.items()
    }
    words = {1: "1 thread", 2: "2 threads"}
    parts = [
        f"{words[threads]}: median {row.median:.1f} ms, p90 {row.p90:.1f} ms"
        for threads, row in rows.items()
    ]
    return Result("speed", "told", "; ".join(parts), figures)
