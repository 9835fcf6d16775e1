"""`tintlite bulk`: millions of pictures, on this machine or a cluster, with a ledger."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edge_runtime.cli import options
from edge_runtime.cli.codes import DAMAGED, FAILED, INTERRUPTED, OK
from edge_runtime.cli.console import complain, say
from edge_runtime.cli.progress import show_progress
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.engine.threads import MAX_THREADS, usable_cores
from edge_runtime.errors import TintLiteError
from edge_runtime.look import Look
from edge_runtime.model.model_file import DEFAULT_MODEL, read_model

if TYPE_CHECKING:
    from edge_runtime.photo import PhotoOptions

_SECONDS = 60.0  # between two lines where there is no terminal for a bar


def bulk(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A folder, a .tar, or a .parquet with a column of addresses."
        ),
    ],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The folder for the results.")],
    model: options.Model = DEFAULT_MODEL,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, help="How many pictures at a time.  [default: one a core]"
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=MAX_THREADS, help="Threads of each worker.")
    ] = 1,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Ray cluster to work on, as HOST:6379; auto: the one of this machine.",
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try pictures again that earlier runs gave up.")
    ] = False,
    patience: Annotated[
        float, typer.Option(min=1, help="How many seconds a picture may take.")
    ] = 600,
    format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Of all results, as jpeg or tiff.  [default: the picture's]"
        ),
    ] = None,
    quality: options.Quality = None,
    saturation: options.Saturation = 1.0,
    framing: options.Framing = options.FRAMING,
    whole: options.Whole = False,
    accelerator: options.Accelerator = options.ACCELERATOR,
    delegate: options.Delegate = None,
    side_by_side: options.SideBySide = False,
    corner_mark: options.CornerMark = False,
    no_mark: options.NoMark = False,
    strict: options.Strict = False,
    max_pixels: options.MaxPixels = None,
) -> int:
    """Colour whole archives of photos, on this machine or on a Ray cluster (pip install
    'tintlite[bulk]' or 'tintlite[ray]').

    SOURCE and TARGET are paths, or addresses that fsspec knows, as s3://bucket/scans (which needs
    pip install s3fs). Pictures are taken of a folder, its folders and their tars; or of the column
    "source" of a list. Results have the names of their pictures, with .colour.EXT behind where the
    format is another. TARGET/tintlite-ledger holds a row for each picture; the same command does
    what is missing. Only one run at a time may write to a target.

    \b
    Examples:
      tintlite bulk scans/ in-colour/
      tintlite bulk masters/ access/ --format jpeg --quality 90
      tintlite bulk s3://archive/scans s3://archive/in-colour --workers 16
      tintlite bulk shards/ in-colour/ --retry
      tintlite bulk list.parquet in-colour/
      tintlite bulk s3://archive/scans s3://archive/in-colour --ray 10.0.0.5:6379

    \b
    Exit code: 0 all done, 1 some pictures have no result or the run was broken off, 2 wrong usage,
    3 some were damaged and what could be read of them is done, 130 stopped by ctrl-C.
    """
    from edge_runtime.photo import PhotoOptions
    from edge_runtime.pictures import format_called

    device = options.device_of(threads, accelerator, delegate)
    with options.usage():
        asked = None if format is None else format_called(format)
    photo = PhotoOptions(
        look=Look(saturation, framing.value, whole),
        side_by_side=side_by_side,
        corner_mark=corner_mark,
        format=asked,
        quality=quality,
        mark=not no_mark,
        strict=strict,
        most_pixels=max_pixels,
        quiet=True,
    )
    _need("bulk", "fsspec", "pyarrow")
    if ray is not None:
        _need("ray", "ray")
    from edge_runtime.bulk.ledger import COLOURED, KILLED, REFUSED, UNREAD, Ledger
    from edge_runtime.bulk.ledger import DAMAGED as IN_PART
    from edge_runtime.bulk.painter import Painter, Work
    from edge_runtime.bulk.place import Place
    from edge_runtime.bulk.plan import make_plan
    from edge_runtime.bulk.sources import check_source, find_items

    taken, place = Place(source), Place(target)
    check_source(taken, place)
    work = Work(place.address, model, device, photo, patience)
    ledger = Ledger(place)
    described = read_model(model).describe()
    if device.accelerator != DEFAULT_ACCELERATOR:
        painter = Painter(work)
        painter.end()
        say(runs_on(painter.accelerator, painter.note))
    run_units, machines = _way(ray)
    with machines as cores:
        ledger.check_settings(_settings(taken.address, described, photo))
        workers = workers or max(1, cores // threads)
        again = {UNREAD, REFUSED, KILLED} if retry else {UNREAD}
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


def _settings(source: str, model: str, photo: "PhotoOptions") -> dict[str, Any]:
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
            shown.advance()
            if shown.bar is None and now - told >= _SECONDS:
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
