"""One film of `tintlite colorize`: its checks, its bar, its lines."""

import sys
from collections.abc import Callable
from pathlib import Path

from edge_runtime.cli.console import complain, say
from edge_runtime.cli.hints import Saying
from edge_runtime.cli.jobs import STREAM, ColorizeJob
from edge_runtime.cli.progress import show_bar
from edge_runtime.colorizer import Colorizer
from edge_runtime.errors import PictureError
from edge_runtime.one_line import one_line
from edge_runtime.photo import PhotoOptions
from edge_runtime.video import (
    VideoError,
    VideoOptions,
    VideoProgress,
    VideoResult,
    colorize_video,
)
from edge_runtime.video.leftovers import is_begun


def colour_film(
    job: ColorizeJob,
    colorizer: Colorizer,
    options: VideoOptions,
    photo: PhotoOptions,
    saying: Saying,
) -> tuple[tuple[str, ...], bool]:
    """Do one job that is a film, with a bar on a terminal; its target has been checked.

    Args:
        job: the film.
        colorizer: the network.
        options: how to colour and to write.
        photo: of what is for films too, whether a preview picture may be replaced.
        saying: has the frames with right colours.
    Returns:
        notes, and whether the film was damaged.
    Raises:
        TintLiteError, VideoStoppedError: as `colorize_video`.
    """
    if photo.side_by_side:
        raise VideoError(f"{job.source}: a film is not written side by side")
    to_stream = job.target == STREAM
    if not to_stream:
        _make_folder(job.target.parent)
    if options.preview is not None:
        replacing = photo.overwrite or (options.resume and is_begun(job.target))
        _check_preview(options.preview, job, replacing)
    source = sys.stdin.buffer if job.source == STREAM else job.source
    target = sys.stdout.buffer if to_stream else job.target
    # In an album of photos with films, the reference is the photos'.
    references = saying.frames() if saying.of_film else ()
    texts = ("{task.fields[frames]} frames", "{task.fields[fps]:.1f} fps")
    name = one_line(job.source.name)
    with show_bar(name, None, *texts, transient=True, frames="0", fps=0.0) as bar:

        def tell(now: VideoProgress) -> None:
            if bar is None:
                return
            total = None if now.total is None else max(now.total, now.frames)
            bar.update(
                bar.task_ids[0],
                completed=now.frames,
                total=total,
                frames=f"{now.frames}/{total}" if total else str(now.frames),
                fps=now.frames / now.seconds if now.seconds else 0.0,
            )

        result = colorize_video(source, target, colorizer, options, tell, references)
    if options.stats:
        # Where the film itself goes to standard output, nothing else may.
        _tell_stats(result, complain if to_stream else say)
    notes = result.warnings
    if result.resumed:
        notes = (f"{result.resumed} of its frames are those of an earlier run", *notes)
    return notes, result.damaged


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(f"{folder}: cannot be made: {error.strerror}") from None


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
