"""What `tintlite colorize` is told of the colours of photos."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from edge_runtime.cli.jobs import STREAM, ColorizeJob
from edge_runtime.cli.options import usage
from edge_runtime.colour.compose import as_grey
from edge_runtime.colour.hints import Hint, checked
from edge_runtime.errors import ArgumentError, PictureError
from edge_runtime.hints.file import ENDING, HintsError, read_hints, write_hints
from edge_runtime.hints.reference import reference_hints
from edge_runtime.hints.session import HintSession
from edge_runtime.hints.suggestions import check_count, suggested_hints
from edge_runtime.photo import Said, page_target
from edge_runtime.pictures import read_picture
from edge_runtime.video.frame_reference import FrameReference

# In place of a file's name: each photo has a file of its own beside it, or none.
AUTO = "auto"


class Saying:
    """What is said of colours."""

    def __init__(
        self,
        hints: Sequence[str],
        file: str | None,
        references: Sequence[str],
        suggest: int | None,
        save: bool,
        skip_existing: bool,
    ):
        """See that the options go together.

        Args:
            hints: of the one photo.
            file: of hints; `AUTO`, or None for none.
            references: a picture whose colours photos take; or frames of a film and their times.
            suggest: how many suggestions are made of the one photo; None for none.
            save: whether the hints are written beside the photo, where `AUTO` finds them; of
                suggestions beside their results.
            skip_existing: whether results that are up to date are passed over.
        Raises:
            typer.BadParameter: they do not, or a hint is none.
        """
        with usage():
            self.hints = tuple(map(Hint.from_text, hints))
            if suggest is not None:
                check_count(suggest)
        self.file = file
        self.references = references
        self.suggest = suggest
        self.save = save
        given = bool(hints or references) or file is not None
        if suggest is not None and given:
            raise typer.BadParameter("--suggest makes hints itself, and takes none")
        if save and not given and suggest is None:
            raise typer.BadParameter("--save-hints needs hints to save")
        for option, used in (("a --reference", references), ("--suggest", suggest is not None)):
            if used and skip_existing:
                raise typer.BadParameter(f"--skip-existing does not know results of {option}")

    def check(self, paths: Sequence[str], jobs: Sequence[ColorizeJob]) -> None:
        """See that hints of one picture have one.

        Args:
            paths: as they were named.
            jobs: what they are.
        Raises:
            typer.BadParameter: several pictures, a folder, or a film; suggestions of what has no
                name, or for it; references of a film for others, or without their times.
        """
        self._check_references(jobs)
        if not self.hints and self.file in (None, AUTO) and self.suggest is None:
            return
        option = "--hint" if self.hints else "--hints FILE"
        if self.suggest is not None:
            option = "--suggest"
        if not jobs:  # nothing could be read, which is told
            return
        if len(paths) > 1 or len(jobs) > 1 or Path(paths[0]) != jobs[0].source:
            several = f": for several, --hints {AUTO} takes NAME{ENDING} beside each"
            told = several if self.suggest is None else ""
            raise typer.BadParameter(f"{option} is for one picture{told}")
        if jobs[0].is_film:
            raise typer.BadParameter(f"{option} is for photos, and {paths[0]} is a film")
        if self.suggest is not None and STREAM in (jobs[0].source, jobs[0].target):
            raise typer.BadParameter("--suggest takes a file and writes files, not a stream")

    def jobs_of(self, jobs: Sequence[ColorizeJob]) -> list[ColorizeJob]:
        """The jobs, with one a suggestion where there are some: NAME-1.EXT, NAME-2.EXT, ..."""
        if self.suggest is None:
            return list(jobs)
        return [
            replace(job, target=page_target(job.target, number), suggestion=number)
            for job in jobs
            for number in range(self.suggest)
        ]

    def frames(self) -> tuple[FrameReference, ...]:
        """The references of a film.

        Raises:
            ArgumentError: one says no time.
        """
        return tuple(FrameReference.from_text(text) for text in self.references)

    @property
    def of_film(self) -> bool:
        """Whether the references are frames of a film, and not a picture for photos."""
        return any("@" in text and not Path(text).exists() for text in self.references)

    def _check_references(self, jobs: Sequence[ColorizeJob]) -> None:
        films = sum(job.is_film for job in jobs)
        if not self.of_film and films < len(jobs):
            if len(self.references) > 1:
                raise typer.BadParameter("photos take one --reference")
        elif self.references and jobs:
            if films != len(jobs) or films > 1:
                raise typer.BadParameter("--reference FRAME@TIME is for one film")
            try:
                self.frames()
            except ArgumentError as error:
                raise typer.BadParameter(f"--reference: {error}") from None

    def hints_of(self, photo: Path) -> tuple[Hint, ...]:
        """All that is said of a photo but by the reference, whether or not it is the file's.

        Raises:
            HintsError: the file is bad.
        """
        file = self._file_of(photo)
        return self.hints if file is None else (*read_hints(file), *self.hints)

    def said_of(self, job: ColorizeJob, overwrite: bool) -> Said:
        """What `colorize_photo` is given.

        Args:
            job: a photo's.
            overwrite: whether a file of hints is replaced.
        Raises:
            HintsError: the hints cannot be saved under their name. (What is given raises it where
                the file is bad, and PictureError where the reference is.)
        """
        if self.suggest is not None:
            return self._suggested(job, self.suggest, overwrite)
        file = self._file_of(job.source)
        if file is None and not self.hints and not self.references:
            return ()
        target = _free(job.source, overwrite) if self.save else None

        def say(session: HintSession) -> tuple[Hint, ...]:
            of_file = () if file is None else read_hints(file, session.picture)
            hints = checked((*self._of_reference(session), *of_file, *self.hints))
            session.ab(hints)  # what is of no use is not saved
            if target is not None:
                write_hints(target, hints, session.picture)
            return hints

        return say

    def _suggested(self, job: ColorizeJob, count: int, overwrite: bool) -> Said:
        # The first suggestion has no hints, and so no file.
        target = _free(job.target, overwrite) if self.save and job.suggestion else None

        def say(session: HintSession) -> list[Hint]:
            hints = suggested_hints(session.view, session.prints_ab, count)[job.suggestion]
            if target is not None:
                write_hints(target, hints, session.picture)
            return hints

        return say

    def _of_reference(self, session: HintSession) -> tuple[Hint, ...]:
        """The hints that the reference gives.

        Raises:
            PictureError: it cannot be read, or has no colours.
        """
        if not self.references:
            return ()
        (reference,) = self.references
        pixels = read_picture(reference).pixels
        if as_grey(pixels) is not None:
            raise PictureError(f"{reference}: the reference has no colours to take")
        return reference_hints(session, session.another(pixels))

    def _file_of(self, photo: Path) -> Path | None:
        if self.file != AUTO:
            return None if self.file is None else Path(self.file)
        beside = _beside(photo)
        return beside if photo != STREAM and beside.exists() else None


def _free(photo: Path, overwrite: bool) -> Path:
    """The file of a photo's hints, where it may be written.

    Raises:
        HintsError: it may not.
    """
    if photo == STREAM:
        raise HintsError("--save-hints: standard input has no name to save them under")
    target = _beside(photo)
    if target.exists() and not overwrite:
        raise HintsError(f"{target}: exists already (--overwrite replaces it)")
    return target


def _beside(photo: Path) -> Path:
    """The file of a photo's hints: NAME.EXT has NAME.hints.json."""
    return photo.with_name(photo.stem + ENDING)
