"""`tintlite colorize`: one picture or film after the other, past the bad ones, to a summary."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import typer

from edge_runtime.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.cli.codes import DAMAGED, FAILED, INTERRUPTED, OK, TERMINATED
from edge_runtime.cli.console import complain, end_quietly, quiet_libraries, say
from edge_runtime.cli.jobs import Job, make_plan, marked
from edge_runtime.cli.progress import show_progress
from edge_runtime.colorizer import Colorizer
from edge_runtime.compose import compose
from edge_runtime.errors import PictureError, TintLiteError
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.pictures import (
    format_of_name,
    losses,
    read_picture,
    side_by_side,
    write_picture,
)
from edge_runtime.threads import default_threads
from edge_runtime.video import VideoError, VideoOptions, VideoStoppedError
from edge_runtime.video.formats import film_format_of_name


@dataclass(frozen=True)
class Options:
    """The options of `tintlite colorize`, as `Colorizer` and this module understand them."""

    model: str
    threads: int | None
    saturation: float
    framing: str
    side_by_side: bool
    overwrite: bool
    accelerator: str = DEFAULT_ACCELERATOR
    delegate: str | None = None
    film: VideoOptions = field(default_factory=VideoOptions)


def run(paths: list[str], out: str | None, recursive: bool, options: Options) -> int:
    """Colour pictures, films, and folders of them.

    Args:
        paths: what to colour.
        out: the file or folder for the results, or None for the usual names.
        recursive: whether to go into sub-folders.
        options: how to colour.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the model cannot be used.
        typer.BadParameter: one preview of several films.
        SystemExit: stopped by ctrl-C or SIGTERM, which has been told.
    """
    plan = make_plan(paths, out, recursive)
    for failure in plan.failures:
        complain(failure)
    if not plan.jobs:
        return FAILED
    films = sum(job.is_film for job in plan.jobs)
    if films:
        # PyAV takes a while to import: not for pictures alone.
        from edge_runtime.cli.film import film_threads
    if films > 1 and options.film.preview is not None:
        raise typer.BadParameter("--preview is one picture, but there are several films")
    threads = options.threads or (film_threads() if films else default_threads())
    cv2.setNumThreads(threads)
    with quiet_libraries():
        keep_freed_memory()
        colorizer = Colorizer(
            options.model,
            threads=threads,
            saturation=options.saturation,
            framing=options.framing,
            accelerator=options.accelerator,
            delegate=options.delegate,
        )
    if options.accelerator != DEFAULT_ACCELERATOR:
        end_quietly(colorizer)
        say(runs_on(colorizer.accelerator, colorizer.accelerator_note))
    failed = len(plan.failures)
    done = 0
    damaged = False
    try:
        # A film has a bar of its own.
        with show_progress(1 if films else len(plan.jobs)) as progress:
            for job in plan.jobs:
                progress.begin(job)
                try:
                    if job.is_film:
                        notes, faulty = _colour_film(job, colorizer, options)
                        damaged = damaged or faulty
                    else:
                        notes = _colour(job, colorizer, options)
                except VideoStoppedError as stop:
                    seconds = stop.result.film_seconds
                    progress.complain(f"{job.target}: holds the first {seconds:.1f} s of the film")
                    raise (stop.__cause__ or stop) from None
                except TintLiteError as error:
                    failed += 1
                    progress.complain(str(error))
                else:
                    done += 1
                    progress.finish(job)
                    for note in notes:
                        progress.complain(f"{job.source}: note: {note}")
                progress.advance()
    except (KeyboardInterrupt, SystemExit) as stop:  # ctrl-C, and SIGTERM as `main` hears it
        left = len(plan.jobs) + len(plan.failures) - failed - done
        complain(f"interrupted: {done} done, {left} left")
        code = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else TERMINATED
        raise SystemExit(code) from None
    if len(plan.jobs) + len(plan.failures) > 1:
        say(f"{done} coloured, {failed} failed")
    if failed:
        return FAILED
    return DAMAGED if damaged else OK


def _colour(job: Job, colorizer: Colorizer, options: Options) -> tuple[str, ...]:
    """Do one job; returns notes on what of the file was not taken or kept.

    Raises:
        PictureError: the picture cannot be read, or the result not be written.
    """
    _check_target(job, options.overwrite)
    with quiet_libraries():
        picture = read_picture(job.source)
    try:
        result = replace(picture, pixels=colorizer.colorize(picture.pixels))
        if options.side_by_side:
            no_colour = np.zeros((1, 1, 2), np.float32)
            result = side_by_side(compose(picture.pixels, no_colour), result)
        if job.make_folder:
            _make_folder(job.target.parent)
        write_picture(result, job.target)
    except MemoryError:
        raise PictureError(f"{job.source}: not enough memory to colour it") from None
    return picture.notes + losses(picture, format_of_name(job.target))


def _colour_film(job: Job, colorizer: Colorizer, options: Options) -> tuple[tuple[str, ...], bool]:
    """Do one job that is a film; returns notes, and whether the film was damaged.

    Raises:
        TintLiteError, VideoStoppedError: as `colorize_video`.
    """
    from edge_runtime.cli.film import colour_film

    if options.side_by_side:
        raise VideoError(f"{job.source}: a film is not written side by side")
    _check_target(job, options.overwrite)
    if job.make_folder:
        _make_folder(job.target.parent)
    film = replace(
        options.film,
        saturation=options.saturation,
        framing=options.framing,
        threads=options.threads,
    )
    result = colour_film(job, colorizer, film, options.overwrite)
    return result.warnings, result.damaged


def _check_target(job: Job, overwrite: bool) -> None:
    """See that a result may be written, before the work is done.

    Raises:
        PictureError: the target is the picture itself, exists, or has an unknown ending.
        VideoError: a film's result has an unknown ending.
    """
    if job.is_film:
        film_format_of_name(job.target)
    else:
        # Where no file was named, it is the picture's own ending that the result would have.
        format_of_name(job.source if job.target.name == marked(job.source).name else job.target)
    try:
        there = job.target.exists()
        # A link that leads nowhere does not exist, but would be replaced all the same.
        if not (there or job.target.is_symlink()):
            return
        same = there and job.target.samefile(job.source)
    except OSError as error:
        raise PictureError(f"{job.target}: {error.strerror}") from None
    if same:
        raise PictureError(f"{job.source}: the result would replace the picture itself")
    if not overwrite:
        raise PictureError(f"{job.target}: exists already (--overwrite replaces it)")
    if there and not job.target.is_file():
        raise PictureError(f"{job.target}: not a file that could be replaced")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(f"{folder}: cannot be made: {error.strerror}") from None
