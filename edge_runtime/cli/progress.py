"""What a person sees while pictures are coloured: a bar on a terminal, else a line a picture."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from edge_runtime.cli.console import complain, say
from edge_runtime.cli.jobs import ColorizeJob
from edge_runtime.one_line import one_line


class Lines:
    """One line a picture; for pipes, logs and a single picture."""

    def __init__(self, quiet: bool = False):
        """Prepare.

        Args:
            quiet: whether standard output is for the picture itself.
        """
        self._quiet = quiet

    def begin(self, job: ColorizeJob) -> None:
        """A picture is taken up."""

    def finish(self, job: ColorizeJob) -> None:
        """A picture is done."""
        if not self._quiet:
            say(f"{job.source} -> {job.target}")

    def complain(self, text: str) -> None:
        """Something is to be said of the picture that was taken up."""
        complain(text)

    def advance(self) -> None:
        """The picture is dealt with, well or badly."""


class Bar(Lines):
    """A Rich progress bar; complaints appear above it."""

    def __init__(self, progress, count: int):  # rich.progress.Progress, imported where used
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("", total=count)

    def begin(self, job: ColorizeJob) -> None:
        self._progress.update(self._task, description=one_line(job.source.name))

    def finish(self, job: ColorizeJob) -> None:
        pass  # the bar moves, that is enough

    def complain(self, text: str) -> None:
        # Plain text: a file name may hold what Rich takes for markup.
        self._progress.console.print(
            f"tintlite: {one_line(text)}", markup=False, highlight=False, soft_wrap=True
        )

    def advance(self) -> None:
        self._progress.advance(self._task)


@contextmanager
def show_progress(count: int, quiet: bool = False) -> Iterator[Lines]:
    """A bar for several pictures on a terminal, else lines.

    Args:
        count: how many pictures there are.
        quiet: whether standard output is for the picture itself.
    """
    if count == 1 or sys.stderr is None or not sys.stderr.isatty():
        yield Lines(quiet)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress, count)
