"""Decide which pictures and films are coloured, and into which files."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import typer

from edge_runtime.pictures import ENDINGS
from edge_runtime.pictures.header import reason
from edge_runtime.video.formats import FILM_ENDINGS, is_film, result_ending

MARK = ".colour"  # between name and ending of every result

# What is taken of a folder. Films of the ending .ts must be named: TypeScript has it too.
_FOUND_ENDINGS = {*ENDINGS, *FILM_ENDINGS} - {".ts"}


@dataclass(frozen=True)
class Job:
    """One picture or film to colour.

    Attributes:
        source: where it is.
        target: where the result goes.
        make_folder: whether the target's folder is made if it is missing.
    """

    source: Path
    target: Path
    make_folder: bool = False

    @property
    def is_film(self) -> bool:
        """Whether the source's name is that of a film."""
        return is_film(self.source)


@dataclass
class Plan:
    """The jobs in order, and a sentence for each path that cannot be one."""

    jobs: list[Job] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def make_plan(paths: list[str], out: str | None, recursive: bool) -> Plan:
    """Find the pictures and films, and name their results.

    Args:
        paths: pictures, films and folders; what is named twice is taken once.
        out: the file or folder that was asked for, or None; with a slash at its end a folder.
        recursive: whether to go into sub-folders.
    Raises:
        typer.BadParameter: several pictures, and one file for them all; or an empty `out`.
    """
    plan = Plan()
    if out == "":
        raise typer.BadParameter("the path of --out is empty")
    alone = len(paths) == 1 and not _is_folder(Path(paths[0]))
    target = None if out is None else Path(out)
    to_folder = out is not None and _means_folder(out)
    if target is not None and not alone and not to_folder and _means_one_file(target):
        raise typer.BadParameter(f"'{out}' is one file, but a folder is needed for the results")
    for name in paths:
        path = Path(name)
        missing = _why_missing(path) if name else "no such file or folder"
        if missing:
            plan.failures.append(f"{name or repr(name)}: {missing}")
        elif _is_folder(path):
            _plan_folder(plan, path, target, recursive)
        elif target is None:
            plan.jobs.append(Job(path, marked(path)))
        elif not to_folder:
            plan.jobs.append(Job(path, target))
        else:
            plan.jobs.append(Job(path, target / marked(path).name, make_folder=True))
    _drop_repetitions(plan)
    _refuse_collisions(plan)
    return plan


def marked(path: Path) -> Path:
    """The result's name for a file's name: NAME.EXT becomes NAME.colour.EXT.

    Films of kinds that are only read become NAME.colour.mkv.
    """
    ending = result_ending(path) if is_film(path) else path.suffix
    return path.with_name(f"{path.stem}{MARK}{ending}")


def _means_folder(out: str) -> bool:
    path = Path(out)
    slash = out.endswith(("/", os.sep))
    return slash or _is_folder(path) or not (path.suffix or _is_file(path))


def _means_one_file(out: Path) -> bool:
    return _is_file(out) or out.suffix.lower() in ENDINGS or is_film(out)


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
        # Resolved only where there is no name to put an ending to, as in `.` and `..`: the results
        # of a link to a folder belong beside the link.
        whole = folder.resolve() if folder.name in ("", "..") else folder
        out = whole.with_name(f"{whole.name}-colour") if whole.name else whole / "colour"
    known = len(plan.failures)
    pictures = _pictures_in(plan, folder, recursive)
    if not pictures and len(plan.failures) == known:
        hint = "" if recursive else " (--recursive goes into sub-folders)"
        plan.failures.append(f"{folder}: no pictures in this folder, and no films{hint}")
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
            known = path.suffix.lower() in _FOUND_ENDINGS
            if known and not name.startswith(".") and not earlier_result:
                pictures.append(path)
    return pictures


def _drop_repetitions(plan: Plan) -> None:
    """Take each picture once, though it was named beside its folder, or twice."""
    first: dict[str, Job] = {}
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
