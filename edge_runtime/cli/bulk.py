"""`tintlite bulk`: millions of pictures, on this machine or a cluster, with a ledger."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from time import monotonic
from typing import Any

from edge_runtime.cli.codes import DAMAGED, FAILED, INTERRUPTED, OK
from edge_runtime.cli.console import complain, say
from edge_runtime.cli.progress import Bar, show_progress
from edge_runtime.device import Device
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.engine.threads import usable_cores
from edge_runtime.errors import TintLiteError
from edge_runtime.model.model_file import read_model
from edge_runtime.photo import PhotoOptions

_SECONDS = 60.0  # between two lines where there is no terminal for a bar


@dataclass(frozen=True)
class BulkOptions:
    """What `tintlite bulk` was asked for.

    Attributes:
        model: a shipped model's name, or a file.
        device: what each worker runs on.
        photo: how pictures are coloured and written.
        workers: how many work beside each other; None for the cores.
        ray: the address of a Ray cluster, or None for this machine.
        retry: whether pictures that were refused, or killed their worker, are done again.
        patience: how many seconds a picture may take.
    """

    model: str
    device: Device
    photo: PhotoOptions
    workers: int | None = None
    ray: str | None = None
    retry: bool = False
    patience: float = 600.0


def run(source: str, target: str, options: BulkOptions) -> int:
    """Colour what is missing.

    Args:
        source, target: addresses.
        options: how.
    Returns:
        the exit code.
    Raises:
        TintLiteError: a package is missing, the source cannot be listed, the model not be used, the
            target is of other settings or takes no more, no cluster answers.
        SystemExit: stopped by ctrl-C, SIGTERM or SIGHUP, which has been told.
    """
    _need("bulk", "fsspec", "pyarrow")
    if options.ray is not None:
        _need("ray", "ray")
    from edge_runtime.bulk.hand import Work
    from edge_runtime.bulk.ledger import COLOURED, KILLED, REFUSED, UNREAD, Ledger
    from edge_runtime.bulk.ledger import DAMAGED as IN_PART
    from edge_runtime.bulk.place import Place
    from edge_runtime.bulk.plan import make_plan
    from edge_runtime.bulk.sources import check_source, find_items

    taken, place = Place(source), Place(target)
    check_source(taken, place)
    work = Work(place.address, options.model, options.device, options.photo, options.patience)
    ledger = Ledger(place)
    model = read_model(options.model).describe()
    if options.device.accelerator != DEFAULT_ACCELERATOR:
        painter = work.painter()
        painter.end()
        say(runs_on(painter.accelerator, painter.note))
    run_units, machines = _way(options.ray)
    with machines as cores:
        ledger.check_settings(_settings(taken.address, model, options.photo))
        workers = options.workers or max(1, cores // options.device.threads)
        again = {UNREAD, REFUSED, KILLED} if options.retry else {UNREAD}
        known, counts = ledger.forget(again)
        earlier = counts.total()
        say(f"{source}: looking for pictures")
        plan = make_plan(find_items(taken), known, ledger, workers)
        over = f", {earlier:,} done by earlier runs" if earlier else ""
        say(f"{plan.total:,} to colour{over}")
        try:
            if plan.total:
                with _progress(plan.total, counts) as tell:
                    run_units(work, plan, workers, tell)
        except (TintLiteError, KeyboardInterrupt, SystemExit) as stop:
            done = counts.total() - earlier
            left = f"{done:,} done, {plan.total - done:,} left: the same command goes on"
            if isinstance(stop, TintLiteError):
                complain(str(stop))
                complain(left)
                return FAILED
            complain(f"interrupted: {left}")
            code = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else stop.code
            raise SystemExit(code) from None
        finally:
            with suppress(Exception):  # the next run removes it, too
                plan.remove()
    fine = counts[COLOURED] + counts[IN_PART]
    bad = "".join(
        f", {counts[name]:,} {name}" for name in (REFUSED, KILLED, UNREAD) if counts[name]
    )
    say(f"{fine:,} coloured{bad}: see {ledger.place}")
    return FAILED if bad else DAMAGED if counts[IN_PART] else OK


def _need(extra: str, *packages: str) -> None:
    for name in packages:
        if find_spec(name) is None:
            raise TintLiteError(f"{name} is missing: pip install 'tintlite[{extra}]'")


def _way(ray: str | None) -> tuple[Callable[..., None], AbstractContextManager[int]]:
    """What does a plan's units, and what gives the cores for it."""
    if ray is None:
        from edge_runtime.bulk.local import run_here

        return run_here, nullcontext(usable_cores())
    from edge_runtime.bulk.on_ray import cluster, run_on_ray

    return run_on_ray, cluster(ray)


def _settings(source: str, model: str, photo: PhotoOptions) -> dict[str, Any]:
    """What all results of a target have in common."""
    return {
        "source": source,
        "model": model,
        "saturation": float(photo.look.saturation),
        "framing": photo.look.framing,
        "whole": photo.look.whole,
        "side by side": photo.side_by_side,
        "corner mark": photo.corner_mark,
        "format": None if photo.format is None else photo.format.name,
        "quality": photo.quality,
        "mark": photo.mark,
    }


@contextmanager
def _progress(total: int, counts: Counter[str]) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, else a line a minute; gives what is told each picture's outcome."""
    begin = told = monotonic()
    earlier = counts.total()
    with show_progress(total) as shown:

        def tell(outcome: str) -> None:
            nonlocal told
            counts[outcome] += 1
            now = monotonic()
            if isinstance(shown, Bar):
                shown.advance()
            elif now - told >= _SECONDS:
                told = now
                say(pace(counts.total() - earlier, total, now - begin))

        yield tell


def pace(done: int, total: int, seconds: float) -> str:
    """How far a run is, and how long it will take.

    Args:
        done: how many pictures are done; not none.
        total: of so many.
        seconds: since when.
    """
    left = timedelta(seconds=round(seconds / done * (total - done)))
    return f"{done:,} of {total:,}, {done / seconds:.3g} a second, {left} left"
