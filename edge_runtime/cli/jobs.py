"""Decide which pictures and films are coloured, and into which files."""

import os
import sys
from collections import Counter
from dataclasses import dataclass, field

# Those of Path raise, before Python 3.14, for names that are too long or hold a NUL.
from os.path import isdir, isfile
from pathlib import Path

import typer

from edge_runtime.errors import PictureError
from edge_runtime.pictures import (
    ENDINGS,
    RESULT_ENDINGS,
    format_of_name,
    mark_of_file,
    result_ending,
)
from edge_runtime.pictures.formats import OTHER_ENDINGS, RAW_ENDINGS
from edge_runtime.pictures.header import reason
from edge_runtime.video import VideoError
from edge_runtime.video.formats import (
    FILM_ENDINGS,
    SHARED_ENDINGS,
    film_format_of_name,
    has_film_name,
)
from edge_runtime.video.formats import result_ending as film_result_ending
from edge_runtime.video.sequence import is_pattern, numbers_of
from edge_runtime.video.sniff import is_y4m, looks_like_film

MARK = ".colour"  # between name and ending of every result
STREAM = Path("-")  # standard input, standard output

# What is taken of a folder.
_FOUND_ENDINGS = {*ENDINGS, *FILM_ENDINGS}


@dataclass(frozen=True)
class ColorizeJob:
    """One picture or film to colour.

    Attributes:
        source: where it is; `STREAM` for standard input.
        target: where the result goes; `STREAM` for standard output. A missing folder is made.
        is_film: whether the source is a film.
        suggestion: which of several suggestions it is, from 0 on.
    """

    source: Path
    target: Path
    is_film: bool = False
    suggestion: int = 0


@dataclass
class Plan:
    """What is to be done.

    Attributes:
        jobs: in order.
        failures: a sentence for each path that cannot be one.
        results: the results of earlier runs that were found, and are passed over.
        left_aside: by what they are, pictures of folders that are not read.
    """

    jobs: list[ColorizeJob] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    results: list[Path] = field(default_factory=list)
    left_aside: Counter[str] = field(default_factory=Counter)


def make_plan(paths: list[str], out: str | None, recursive: bool) -> Plan:
    """Find the pictures and films, and name their results.

    Args:
        paths: pictures, films and folders, or `-`; what is named twice is taken once.
        out: the file or folder that was asked for, or `-`, or None; with a slash at its end a
            folder.
        recursive: whether to go into sub-folders.
    Raises:
        typer.BadParameter: several pictures, and one file for them all; or an empty `out`.
    """
    plan = Plan()
    if out == "":
        raise typer.BadParameter("the path of --out is empty")
    alone = len(paths) == 1 and not isdir(Path(paths[0]))
    target = None if out is None else Path(out)
    to_folder = out is not None and _means_folder(out)
    if target is not None and not alone and not to_folder and _means_one_file(target):
        raise typer.BadParameter(f"'{out}' is one file, but a folder is needed for the results")
    for name in paths:
        path = Path(name)
        missing = _why_missing(path) if name else "no such file or folder"
        if path == STREAM:
            if to_folder:
                raise typer.BadParameter("what comes from standard input needs a file, or -")
            _plan_stream(plan, STREAM if target is None else target)
        elif missing and is_pattern(path):
            _plan_sequence(plan, path, None if to_folder else target)
        elif missing:
            plan.failures.append(f"{name or repr(name)}: {missing}")
        elif isdir(path):
            _plan_folder(plan, path, target, recursive)
        elif path.suffix.lower() in RAW_ENDINGS:
            plan.failures.append(f"{name}: camera raw is not read: develop it first")
        elif target is not None and not to_folder:
            still = target.suffix.lower() in RESULT_ENDINGS and not is_pattern(target)
            plan.jobs.append(ColorizeJob(path, target, is_film(path, still)))  # just that is wanted
        else:
            _plan_file(plan, path, target)
    _drop_repetitions(plan)
    _refuse_collisions(plan)
    return plan


def is_there(job: ColorizeJob) -> bool:
    """Whether there is a result already, which would be replaced."""
    if job.is_film and is_pattern(job.target):
        from edge_runtime.video.leftovers import is_begun

        return bool(numbers_of(job.target)) and not is_begun(job.target)
    # A link that leads nowhere does not exist, but would be replaced all the same.
    return job.target != STREAM and (job.target.exists() or job.target.is_symlink())


def check_target(job: ColorizeJob) -> None:
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


def is_film(path: Path, still: bool = False) -> bool:
    """Whether a file is a film: by its content, or else by its name, so that it fails as a film.

    Args:
        path: the file.
        still: whether a picture is wanted, so that an animated GIF is taken for its first one.
    """
    return looks_like_film(path, still) or has_film_name(path)


def marked(path: Path, film: bool = False) -> Path:
    """The result's name for a file's name: NAME.EXT becomes NAME.colour.EXT.

    What is of a kind that is only read gets the ending of another: films become NAME.colour.mkv,
    HEIC becomes NAME.colour.jpg, or NAME.heic.colour.jpg beside a NAME.jpg, since some phones write
    every picture in both.
    """
    if film:
        return path.with_name(f"{path.stem}{MARK}{film_result_ending(path)}")
    ending = result_ending(path)
    twins = (path.with_suffix(e) for e in (ending, ending.upper()) if ending != path.suffix)
    stem = path.name if any(map(isfile, twins)) else path.stem
    return path.with_name(f"{stem}{MARK}{ending}")


def is_result(path: Path, film: bool = False) -> bool:
    """Whether a file is a result of TintLite.

    A picture says so itself. BMP has no place for that, and films do not say it: there it is the
    name, and of a BMP also that the picture of that name lies beside it.
    """
    if film:
        return path.stem.endswith(MARK)
    if path.suffix.lower() == ".bmp":
        return path.stem.endswith(MARK) and any(
            isfile(path.with_name(path.stem.removesuffix(MARK) + ending))
            for ending in (path.suffix, *RESULT_ENDINGS)
        )
    return mark_of_file(path) is not None


def _means_folder(out: str) -> bool:
    path = Path(out)
    if path == STREAM:
        return False
    slash = out.endswith(("/", os.sep))
    return slash or isdir(path) or not (path.suffix or isfile(path))


def _means_one_file(out: Path) -> bool:
    return out == STREAM or isfile(out) or out.suffix.lower() in ENDINGS or has_film_name(out)


def _why_missing(path: Path) -> str | None:
    try:
        path.stat()
    except FileNotFoundError:
        return "no such file or folder"
    except (OSError, ValueError) as error:
        return reason(error)
    return None


def _plan_folder(plan: Plan, folder: Path, out: Path | None, recursive: bool) -> None:
    if out is None:
        # Resolved only where there is no name to put an ending to, as in `.` and `..`: the results
        # of a link to a folder belong beside the link.
        whole = folder.resolve() if folder.name in ("", "..") else folder
        out = whole.with_name(f"{whole.name}-colour") if whole.name else whole / "colour"
    known = len(plan.failures) + len(plan.results) + plan.left_aside.total()
    pictures = _pictures_in(plan, folder, recursive)
    if not pictures and len(plan.failures) + len(plan.results) + plan.left_aside.total() == known:
        hint = "" if recursive else " (--recursive goes into sub-folders)"
        plan.failures.append(f"{folder}: no pictures in this folder, and no films{hint}")
    for picture, film in pictures:
        target = out / marked(picture, film).relative_to(folder)
        plan.jobs.append(ColorizeJob(picture, target, film))


def _plan_stream(plan: Plan, target: Path) -> None:
    """Plan what comes from standard input: a picture, or a film as y4m."""
    # What is not buffered (a test's input) cannot be looked at and read afterwards.
    peek = getattr(sys.stdin.buffer, "peek", None)
    film = peek is not None and is_y4m(peek(1))
    if has_film_name(target) and not film:
        how = "ffmpeg -i FILM -f yuv4mpegpipe -"
        plan.failures.append(f"standard input: films are taken as y4m ({how})")
    else:
        plan.jobs.append(ColorizeJob(STREAM, target, film))


def _plan_sequence(plan: Plan, pattern: Path, target: Path | None) -> None:
    """Plan a film whose frames are files of their own."""
    if target is None:
        plan.failures.append(
            f"{pattern}: say where the film goes (-o film.mkv, or -o out/{pattern.name})"
        )
    else:
        plan.jobs.append(ColorizeJob(pattern, target, True))


def _plan_file(plan: Plan, path: Path, folder: Path | None) -> None:
    """Plan a file that is named; its result gets the usual name, in a folder or beside it."""
    film = is_film(path)
    if is_result(path, film):
        plan.results.append(path)
        return
    target = marked(path, film)
    plan.jobs.append(ColorizeJob(path, target if folder is None else folder / target.name, film))


def _pictures_in(plan: Plan, folder: Path, recursive: bool) -> list[tuple[Path, bool]]:
    """The pictures and films of a folder, and whether each is a film."""

    def complain(error: OSError) -> None:
        plan.failures.append(f"{error.filename}: {error.strerror}")

    pictures: list[tuple[Path, bool]] = []
    for place, folders, names in os.walk(folder, onerror=complain):
        folders[:] = sorted(f for f in folders if not f.startswith(".")) if recursive else []
        for name in sorted(names):
            path = Path(place, name)
            ending = path.suffix.lower()
            if name.startswith("."):
                continue
            if ending in RAW_ENDINGS:
                plan.left_aside["camera raw"] += 1
            elif ending in OTHER_ENDINGS:
                plan.left_aside[ending] += 1
            elif ending in _FOUND_ENDINGS:
                film = looks_like_film(path) or (
                    has_film_name(path) and ending not in SHARED_ENDINGS
                )
                if not film and has_film_name(path):
                    continue  # something else of the same ending
                if is_result(path, film):
                    plan.results.append(path)
                else:
                    pictures.append((path, film))
    return pictures


def _drop_repetitions(plan: Plan) -> None:
    """Take each picture once, though it was named beside its folder, or twice."""
    first: dict[str, ColorizeJob] = {}
    for job in plan.jobs:
        # The folder alone is followed: a link to a picture has a name and a result of its own.
        place = os.path.realpath(job.source.parent)
        first.setdefault(os.path.join(place, job.source.name), job)
    plan.jobs = list(first.values())


def _refuse_collisions(plan: Plan) -> None:
    """Let no result replace another result of this run, nor one of its inputs."""
    # Not Path.resolve, which raises for links that go round in a circle.
    sources = {os.path.realpath(job.source) for job in plan.jobs}
    first: dict[str, Path] = {}
    jobs = []
    for job in plan.jobs:
        if job.target == STREAM:
            jobs.append(job)
            continue
        target = os.path.realpath(job.target)
        if target in sources and target != os.path.realpath(job.source):
            plan.failures.append(f"{job.source}: the result would replace the input {job.target}")
        elif target in first:
            plan.failures.append(
                f"{job.source}: would be written to {job.target}, as {first[target]} is"
            )
        else:
            first[target] = job.source
            jobs.append(job)
    plan.jobs = jobs
