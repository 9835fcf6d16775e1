"""`tintlite colorize`: one picture after the other, past the bad ones, to a summary."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from edge_runtime.cli.codes import FAILED, INTERRUPTED, OK, TERMINATED
from edge_runtime.cli.console import complain, quiet_libraries, say
from edge_runtime.cli.jobs import Job, make_plan, marked
from edge_runtime.cli.progress import show_progress
from edge_runtime.colorizer import Colorizer
from edge_runtime.compose import compose
from edge_runtime.errors import PictureError, TintLiteError
from edge_runtime.pictures import (
    format_of_name,
    losses,
    read_picture,
    side_by_side,
    write_picture,
)
from edge_runtime.threads import default_threads


@dataclass(frozen=True)
class Options:
    """The options of `tintlite colorize`, as `Colorizer` and this module understand them."""

    model: str
    threads: int | None
    saturation: float
    framing: str
    side_by_side: bool
    overwrite: bool


def run(paths: list[str], out: str | None, recursive: bool, options: Options) -> int:
    """Colour pictures and folders of pictures.

    Args:
        paths: what to colour.
        out: the file or folder for the results, or None for the usual names.
        recursive: whether to go into sub-folders.
        options: how to colour.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the model cannot be used.
        SystemExit: stopped by ctrl-C or SIGTERM, which has been told.
    """
    plan = make_plan(paths, out, recursive)
    for failure in plan.failures:
        complain(failure)
    if not plan.jobs:
        return FAILED
    threads = options.threads or default_threads()
    cv2.setNumThreads(threads)
    with quiet_libraries():
        colorizer = Colorizer(
            options.model,
            threads=threads,
            saturation=options.saturation,
            framing=options.framing,
        )
    failed = len(plan.failures)
    done = 0
    try:
        with show_progress(len(plan.jobs)) as progress:
            for job in plan.jobs:
                progress.begin(job)
                try:
                    notes = _colour(job, colorizer, options)
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
    return FAILED if failed else OK


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


def _check_target(job: Job, overwrite: bool) -> None:
    """See that a result may be written, before the work is done.

    Raises:
        PictureError: the target is the picture itself, exists, or has an unknown ending.
    """
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
