"""Decide which pictures are coloured, and into which files."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import typer

from edge_runtime.pictures import ENDINGS
from edge_runtime.pictures.header import reason

MARK = ".colour"  # between name and ending of every result


@dataclass(frozen=True)
class Job:
    """One picture to colour.

    Attributes:
        source: where it is.
        target: where the result goes.
        make_folder: whether the target's folder is made if it is missing.
    """

    source: Path
    target: Path
    make_folder: bool = False


@dataclass
class Plan:
    """The jobs in order, and a sentence for each path that cannot be one."""

    jobs: list[Job] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def make_plan(paths: list[Path], out: Path | None, recursive: bool) -> Plan:
    """Find the pictures and name their results.

    Args:
        paths: pictures and folders.
        out: the file or folder that was asked for, or None.
        recursive: whether to go into sub-folders.
    Raises:
        typer.BadParameter: several pictures, and one file for them all.
    """
    plan = Plan()
    alone = len(paths) == 1 and not _is_folder(paths[0])
    if out is not None and not alone and _means_picture(out):
        raise typer.BadParameter(f"'{out}' is one file, but a folder is needed for the results")
    for path in paths:
        missing = _why_missing(path)
        if missing:
            plan.failures.append(f"{path}: {missing}")
        elif _is_folder(path):
            _plan_folder(plan, path, out, recursive)
        elif out is None:
            plan.jobs.append(Job(path, marked(path)))
        elif not _means_folder(out):
            plan.jobs.append(Job(path, out))
        else:
            plan.jobs.append(Job(path, out / marked(path).name, make_folder=True))
    _refuse_collisions(plan)
    return plan


def marked(path: Path) -> Path:
    """The result's name for a picture's name: NAME.EXT becomes NAME.colour.EXT."""
    return path.with_name(f"{path.stem}{MARK}{path.suffix}")


def _means_folder(out: Path) -> bool:
    return _is_folder(out) or not (out.suffix or _is_file(out))


def _means_picture(out: Path) -> bool:
    return not _is_folder(out) and (_is_file(out) or out.suffix.lower() in ENDINGS)


# Path.is_dir and its like raise, before Python 3.14, for names that are too long or hold a NUL.


def _is_folder(path: Path) -> bool:
    return not _why_missing(path) and path.is_dir()


def _is_file(path: Path) -> bool:
    return not _why_missing(path) and path.is_file()


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
        # Resolved, since `.` and `..` have no name to put an ending to.
        whole = folder.resolve()
        out = whole.with_name(f"{whole.name}-colour") if whole.name else whole / "colour"
    pictures = _pictures_in(plan, folder, recursive)
    if not pictures:
        hint = "" if recursive else " (--recursive goes into sub-folders)"
        plan.failures.append(f"{folder}: no pictures in this folder{hint}")
    for picture in pictures:
        target = out / marked(picture).relative_to(folder)
        plan.jobs.append(Job(picture, target, make_folder=True))


def _pictures_in(plan: Plan, folder: Path, recursive: bool) -> list[Path]:
    def complain(error: OSError) -> None:
        plan.failures.append(f"{error.filename}: {error.strerror}")

    pictures = []
    for place, folders, names in os.walk(folder, onerror=complain):
        folders[:] = sorted(f for f in folders if not f.startswith(".")) if recursive else []
        for name in sorted(names):
            path = Path(place, name)
            earlier_result = path.stem.endswith(MARK)
            if path.suffix.lower() in ENDINGS and not name.startswith(".") and not earlier_result:
                pictures.append(path)
    return pictures


def _refuse_collisions(plan: Plan) -> None:
    """Let no result replace another result of this run, nor one of its inputs."""
    # Not Path.resolve, which raises for links that go round in a circle.
    sources = {os.path.realpath(job.source) for job in plan.jobs}
    first: dict[str, Path] = {}
    jobs = []
    for job in plan.jobs:
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
