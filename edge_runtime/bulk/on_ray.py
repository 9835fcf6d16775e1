"""A plan done on a Ray cluster: Ray Data shares out the units, and an actor does them."""

import json
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ray
import ray.data

from edge_runtime.bulk.hand import Hand
from edge_runtime.bulk.painter import Work
from edge_runtime.bulk.plan import Plan
from edge_runtime.errors import TintLiteError
from edge_runtime.pictures.header import reason
from edge_runtime.quiet import quiet_libraries

# Ray keeps count of every block: of a long plan each holds several units.
_MOST_BLOCKS = 20_000
_SECONDS = 20.0  # that a cluster may take to answer


class _Actor:
    """A `Hand` for Ray Data, made on the node where it works."""

    def __init__(self, work: Work, plan: Plan):
        self._hand = Hand(work, plan)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """Do one unit. An error comes back as a sentence: Ray would wrap it up."""
        (number,) = batch["id"]
        try:
            return {"outcomes": [json.dumps(self._hand.do(int(number)))], "error": [""]}
        except TintLiteError as error:
            return {"outcomes": ["{}"], "error": [str(error)]}


@contextmanager
def cluster(address: str) -> Iterator[int]:
    """Be connected to a cluster; gives the number of its cores.

    Args:
        address: as `ray.init` takes it: `auto`, or the HOST:PORT of its head.
    Raises:
        TintLiteError: no cluster answers, or it breaks.
    """
    # What goes wrong is told in a sentence.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    ours = signal.getsignal(signal.SIGTERM)
    try:
        _call(address)
        with quiet_libraries():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        raise TintLiteError(f"{address}: no Ray cluster answers: {reason(error)}") from None
    signal.signal(signal.SIGTERM, ours)  # Ray's own ends the command with another code
    try:
        yield int(ray.cluster_resources().get("CPU", 1))
    except ray.exceptions.RayError as error:
        raise TintLiteError(f"{address}: Ray gave up: {reason(error)}") from None
    finally:
        with quiet_libraries():
            ray.shutdown()


def _call(address: str) -> None:
    """See that someone listens, which Ray takes minutes to find out.

    Raises:
        OSError: nobody does.
    """
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.removeprefix("ray://"), int(port)), _SECONDS).close()


def run_on_ray(work: Work, plan: Plan, workers: int, tell: Callable[[str], None]) -> None:
    """Do all units of a plan on the cluster that this process is connected to.

    Args:
        work: how; its model and target must be at hand on every node.
        plan: what.
        workers: at most so many actors.
        tell: is told the outcome of each picture.
    Raises:
        TintLiteError: a worker cannot be started, or the target takes no more.
    """
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    units = ray.data.range(plan.units, override_num_blocks=min(plan.units, _MOST_BLOCKS))
    done = units.map_batches(
        _Actor,
        fn_constructor_args=(work, plan),
        batch_size=1,
        num_cpus=work.device.threads,
        concurrency=(1, min(workers, plan.units)),
    )
    for row in done.iter_rows():
        if row["error"]:
            raise TintLiteError(row["error"])
        for outcome, count in json.loads(row["outcomes"]).items():
            for _ in range(count):
                tell(outcome)
