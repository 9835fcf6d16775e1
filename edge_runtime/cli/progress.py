"""What a person sees while pictures are coloured: a bar on a terminal, else a line a picture."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from edge_runtime.cli.console import complain, say
from edge_runtime.one_line import one_line

if TYPE_CHECKING:
    from rich.progress import Progress

    from edge_runtime.cli.jobs import ColorizeJob


@contextmanager
def show_bar(
    name: str,
    total: int | None,
    *texts: str,
    counted: bool = False,
    transient: bool = False,
    **fields: Any,
) -> Iterator["Progress | None"]:
    """A Rich progress bar of one task on a terminal, else nothing.

    Args:
        name: stands at its end.
        total: how many steps there are; None where that is not known yet.
        texts: stand before the time that is left, as `TextColumn` takes them.
        counted: whether the steps are shown as numbers.
        transient: whether it goes away at its end.
        fields: of the task, for the texts.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
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
        *([MofNCompleteColumn()] if counted else []),
        *map(TextColumn, texts),
        TimeRemainingColumn(),
        # Plain text: a file name may hold what Rich takes for markup.
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=transient) as bar:
        bar.add_task(name, total=total, **fields)
        yield bar


class Lines:
    """What is said of pictures one after the other.

    Attributes:
        bar: above which complaints appear, or None: then each picture that is done is a line.
    """

    def __init__(self, bar: "Progress | None", quiet: bool):
        self.bar = bar
        self._quiet = quiet

    def begin(self, job: "ColorizeJob") -> None:
        """A picture is taken up."""
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], description=one_line(job.source.name))

    def finish(self, job: "ColorizeJob") -> None:
        """A picture is done; where there is a bar, it is enough that this moves."""
        if self.bar is None and not self._quiet:
            say(f"{job.source} -> {job.target}")

    def complain(self, text: str) -> None:
        """Something is to be said of the picture that was taken up."""
        if self.bar is None:
            complain(text)
        else:
            self.bar.console.print(
                f"tintlite: {one_line(text)}", markup=False, highlight=False, soft_wrap=True
            )

    def advance(self) -> None:
        """The picture is dealt with, well or badly."""
        if self.bar is not None:
            self.bar.advance(self.bar.task_ids[0])


@contextmanager
def show_progress(count: int, quiet: bool = False) -> Iterator[Lines]:
    """A bar for several pictures on a terminal, else lines.

    Args:
        count: how many pictures there are.
        quiet: whether standard output is for the picture itself.
    """
    with nullcontext() if count == 1 else show_bar("", count, counted=True) as bar:
        yield Lines(bar, quiet)
