"""`tintlite colorize`: one picture or film after the other, past the bad ones, to a summary."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import cv2
import typer

from edge_runtime.cli.codes import DAMAGED, FAILED, INTERRUPTED, OK
from edge_runtime.cli.console import complain, end_quietly, say
from edge_runtime.cli.hints import Saying
from edge_runtime.cli.jobs import STREAM, ColorizeJob, Plan, make_plan, marked
from edge_runtime.cli.progress import Lines, show_progress
from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.errors import PictureError, TintLiteError
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.photo import PhotoOptions, PhotoResult, colorize_photo, mark_of
from edge_runtime.pictures import format_of_name, mark_of_file
from edge_runtime.quiet import quiet_libraries
from edge_runtime.video import VideoError, VideoOptions, VideoStoppedError
from edge_runtime.video.formats import film_format_of_name
from edge_runtime.video.sequence import is_pattern, numbers_of


@dataclass(frozen=True)
class Options:
    """What `tintlite colorize` was asked for.

    Attributes:
        model: a shipped model's name, or the path of a `.tflite`.
        device: what it runs on.
        threads: as asked for, or None: films then leave a half of the cores to their other stages.
        photo, film: how pictures and films are coloured and written.
        skip_existing: whether results that are up to date are passed over.
        saying: what is said of colours.
    """

    model: str
    device: Device
    threads: int | None
    photo: PhotoOptions
    film: VideoOptions
    skip_existing: bool = False
    saying: Saying = field(default_factory=Saying)


@dataclass
class _Outcome:
    """What became of the jobs of a plan."""

    done: int = 0
    failed: int = 0
    damaged: bool = False
    passed_over: int = 0
    existing: list[ColorizeJob] = field(default_factory=list)


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
        typer.BadParameter: one preview of several films, hints of one picture for others, or a
            picture for the terminal.
        SystemExit: stopped by ctrl-C, SIGTERM or SIGHUP, which has been told.
    """
    plan = make_plan(paths, out, recursive)
    to_stream = any(job.target == STREAM for job in plan.jobs)
    # Where the picture itself goes to standard output, nothing else may.
    tell: Callable[[str], None] = complain if to_stream else say
    if to_stream and sys.stdout.isatty():
        raise typer.BadParameter("the result would go to the terminal: send it on, or name a file")
    options.saying.check(paths, plan.jobs)
    plan.jobs = options.saying.jobs_of(plan.jobs)
    for failure in plan.failures:
        complain(failure)
    _tell_left_aside(plan)
    outcome = _Outcome(failed=len(plan.failures))
    if not plan.jobs:
        return FAILED
    films = sum(job.is_film for job in plan.jobs)
    if films:
        # PyAV takes a while to import: not for pictures alone.
        from edge_runtime.cli.film import film_threads
    if films > 1 and options.film.preview is not None:
        raise typer.BadParameter("--preview is one picture, but there are several films")
    device = options.device
    if films and options.threads is None:
        device = replace(device, threads=film_threads())
    cv2.setNumThreads(device.threads)
    with quiet_libraries():
        keep_freed_memory()
        colorizer = Colorizer(options.model, device)
    if device.accelerator != DEFAULT_ACCELERATOR:
        end_quietly(colorizer)
        tell(runs_on(colorizer.accelerator, colorizer.accelerator_note))
    try:
        # A film has a bar of its own.
        with show_progress(1 if films else len(plan.jobs), quiet=to_stream) as progress:
            for job in plan.jobs:
                progress.begin(job)
                _do(job, colorizer, options, outcome, progress)
                progress.advance()
    except (KeyboardInterrupt, SystemExit) as stop:  # ctrl-C, and signals as `main` hears them
        dealt_with = outcome.done + outcome.passed_over + outcome.failed
        left = len(plan.jobs) + len(plan.failures) - dealt_with
        complain(f"interrupted: {outcome.done} done, {left} left")
        code = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else stop.code
        raise SystemExit(code) from None
    _tell_existing(outcome)
    passed_over = outcome.passed_over + len(plan.results)
    if len(plan.jobs) + len(plan.failures) + len(plan.results) > 1:
        over = f", {_earlier(passed_over)} passed over" if passed_over else ""
        tell(f"{outcome.done} coloured, {outcome.failed} failed{over}")
    if outcome.failed or plan.left_aside:
        return FAILED
    return DAMAGED if outcome.damaged else OK


def _do(
    job: ColorizeJob,
    colorizer: Colorizer,
    options: Options,
    outcome: _Outcome,
    progress: Lines,
) -> None:
    """Do one job, and count what became of it."""
    try:
        _check_target(job)
        if _is_there(job):
            if options.skip_existing and _is_up_to_date(job, colorizer, options):
                outcome.passed_over += 1
                return
            if not options.photo.overwrite:
                outcome.failed += 1
                outcome.existing.append(job)
                return
        if job.is_film:
            notes, damaged = _colour_film(job, colorizer, options)
        else:
            result = _colour_photo(job, colorizer, options)
            notes, damaged = result.notes, result.damaged
    except VideoStoppedError as stop:
        if stop.path is None:
            progress.complain(
                f"{job.target}: {stop.film_seconds:.1f} s of the film are done: the same command "
                "goes on there"
            )
        else:
            outcome.done += 1
            progress.finish(job)
        raise (stop.__cause__ or stop) from None
    except TintLiteError as error:
        outcome.failed += 1
        progress.complain(str(error))
        return
    outcome.done += 1
    outcome.damaged = outcome.damaged or damaged
    progress.finish(job)
    for note in notes:
        progress.complain(f"{job.source}: note: {note}")


def _tell_left_aside(plan: Plan) -> None:
    for kind, count in sorted(plan.left_aside.items()):
        what = "picture" if count == 1 else "pictures"
        told = f"{count} {what} of the kind {kind} left aside: not read"
        complain(f"{told} (develop them first)" if kind == "camera raw" else told)
    if not plan.jobs and plan.results:
        complain(f"nothing to colour: {_earlier(len(plan.results))}")


def _earlier(count: int) -> str:
    return f"{count} {'result' if count == 1 else 'results'} of earlier runs"


def _tell_existing(outcome: _Outcome) -> None:
    if not outcome.existing:
        return
    if len(outcome.existing) == 1:
        complain(f"{outcome.existing[0].target}: exists already (--overwrite replaces it)")
        return
    complain(
        f"{len(outcome.existing)} results exist already, {outcome.existing[0].target} the first "
        "(--skip-existing passes over those that are up to date, --overwrite replaces them)"
    )


def _is_there(job: ColorizeJob) -> bool:
    if job.is_film and is_pattern(job.target):
        from edge_runtime.video.leftovers import is_begun

        return bool(numbers_of(job.target)) and not is_begun(job.target)
    # A link that leads nowhere does not exist, but would be replaced all the same.
    return job.target != STREAM and (job.target.exists() or job.target.is_symlink())


def _is_up_to_date(job: ColorizeJob, colorizer: Colorizer, options: Options) -> bool:
    """Whether a result is there, not older than its picture, of the same model and options.

    Raises:
        TintLiteError: the file of its hints is bad.
    """
    try:
        if job.target.stat().st_mtime_ns < job.source.stat().st_mtime_ns:
            return False
    except OSError:
        return False
    if job.is_film:  # it says nothing of how it was made
        return True
    mark = mark_of(colorizer, options.photo, options.saying.hints_of(job.source))
    return mark is not None and mark.same_colours(mark_of_file(job.target))


def _colour_photo(job: ColorizeJob, colorizer: Colorizer, asked: Options) -> PhotoResult:
    """Do one job that is a picture.

    Raises:
        TintLiteError: as `colorize_photo`; the file of its hints is bad or there already.
    """
    options, saying = asked.photo, asked.saying
    source: Path | BinaryIO = job.source
    target = None if job.target == STREAM else job.target
    if job.source == STREAM:
        # One more byte than is allowed, to be refused.
        to_tiff = target is not None and format_of_name(target).name == "TIFF"
        most = options.limits(to_tiff).file_bytes
        source = io.BytesIO(sys.stdin.buffer.read(most + 1))
    said = saying.said_of(job, options.overwrite)
    result = colorize_photo(source, target, colorizer, options, name="standard input", hints=said)
    if result.data is not None:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    return result


def _colour_film(
    job: ColorizeJob, colorizer: Colorizer, options: Options
) -> tuple[tuple[str, ...], bool]:
    """Do one job that is a film; returns notes, and whether the film was damaged.

    Raises:
        TintLiteError, VideoStoppedError: as `colorize_video`.
    """
    from edge_runtime.cli.film import colour_film

    if options.photo.side_by_side:
        raise VideoError(f"{job.source}: a film is not written side by side")
    if job.target != STREAM:
        _make_folder(job.target.parent)
    film = replace(options.film, threads=options.threads)
    # In an album of photos with films, the reference is the photos'.
    references = options.saying.frames() if options.saying.of_film else ()
    result = colour_film(job, colorizer, film, references, options.photo.overwrite)
    notes = result.warnings
    if result.resumed:
        notes = (f"{result.resumed} of its frames are those of an earlier run", *notes)
    return notes, result.damaged


def _check_target(job: ColorizeJob) -> None:
    """See that a result may be written, before the work is done.

    Raises:
        PictureError: the target is the picture itself, is no file, or has an unknown ending.
        VideoError: a film's result has an unknown ending.
    """
    if job.target == STREAM:
        return
    if job.is_film and is_pattern(job.target):
        if job.target == job.source:
            raise VideoError(f"{job.source}: the result would replace the pictures themselves")
        return
    if job.is_film:
        film_format_of_name(job.target)
    else:
        # Where no file was named, it is the picture's own ending that the result would have.
        own = job.source != STREAM and job.target.name == marked(job.source).name
        format_of_name(job.source if own and job.source.suffix == job.target.suffix else job.target)
    try:
        there = job.target.exists()
        same = there and job.source != STREAM and job.target.samefile(job.source)
    except OSError as error:
        raise PictureError(f"{job.target}: {error.strerror}") from None
    if same:
        raise PictureError(f"{job.source}: the result would replace the picture itself")
    if there and not job.target.is_file():
        raise PictureError(f"{job.target}: not a file that could be replaced")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(f"{folder}: cannot be made: {error.strerror}") from None
