"""One film of `tintlite colorize`: its checks, its bar, its lines."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge_runtime.cli.console import complain, say
from edge_runtime.cli.jobs import STREAM, ColorizeJob
from edge_runtime.colorizer import Colorizer
from edge_runtime.engine.threads import default_threads
from edge_runtime.one_line import one_line
from edge_runtime.video import (
    FrameReference,
    VideoError,
    VideoOptions,
    VideoProgress,
    VideoResult,
    colorize_video,
)
from edge_runtime.video.leftovers import is_begun


def film_threads() -> int:
    """Threads of the network for films: half the cores, since the other stages run beside it."""
    return max(1, default_threads() // 2)


def colour_film(
    job: ColorizeJob,
    colorizer: Colorizer,
    options: VideoOptions,
    references: Sequence[FrameReference],
    overwrite: bool,
) -> VideoResult:
    """Colour a film, with a bar on a terminal; its target has been checked.

    Args:
        job: the film.
        colorizer: the network.
        options: how to colour and to write.
        references: frames with right colours.
        overwrite: whether a preview picture may be replaced.
    Raises:
        TintLiteError, VideoStoppedError: as `colorize_video`.
    """
    if options.preview is not None:
        _check_preview(options.preview, job, overwrite or (options.resume and is_begun(job.target)))
    to_stream = job.target == STREAM
    source = sys.stdin.buffer if job.source == STREAM else job.source
    target = sys.stdout.buffer if to_stream else job.target
    with _bar(job) as tell:
        result = colorize_video(source, target, colorizer, options, tell, references)
    if options.stats:
        # Where the film itself goes to standard output, nothing else may.
        _tell_stats(result, complain if to_stream else say)
    return result


def _check_preview(preview: Path, job: ColorizeJob, overwrite: bool) -> None:
    if preview.exists() or preview.is_symlink():
        for path in (job.source, job.target):
            if path.exists() and preview.exists() and preview.samefile(path):
                raise VideoError(f"{preview}: the preview would replace the film")
        if not overwrite:
            raise VideoError(f"{preview}: exists already (--overwrite replaces it)")
        if preview.exists() and not preview.is_file():
            raise VideoError(f"{preview}: not a file that could be replaced")


def _tell_stats(result: VideoResult, tell: Callable[[str], None]) -> None:
    tell(
        f"{result.frames} frames, {result.film_seconds:.2f} s of film in {result.seconds:.1f} s "
        f"({result.fps:.1f} frames a second)"
    )
    shares = (f"{name} {share:.0%}" for name, share in result.stages.items())
    tell(f"time: {', '.join(shares)}")
    tell(f"flicker: {result.flicker:.3f} (warping error of ab), scene cuts: {result.cuts}")


@contextmanager
def _bar(job: ColorizeJob) -> Iterator[Callable[[VideoProgress], None] | None]:
    """A bar with frames, frames a second and the time left, on a terminal; else nothing."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.fields[frames]} frames"),
        TextColumn("{task.fields[fps]:.1f} fps"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        name = one_line(job.source.name)
        task = progress.add_task(name, total=None, frames="0", fps=0.0)

        def tell(now: VideoProgress) -> None:
            total = None if now.total is None else max(now.total, now.frames)
            progress.update(
                task,
                completed=now.frames,
                total=total,
                frames=f"{now.frames}/{total}" if total else str(now.frames),
                fps=now.frames / now.seconds if now.seconds else 0.0,
            )

        yield tell
