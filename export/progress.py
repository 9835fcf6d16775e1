"""Show how far a long stage is: on a terminal in place, in a log now and then."""

import time

from rich.console import Console
from rich.status import Status

_SECONDS_BETWEEN_LINES = 60.0


class Progress:
    """Called with a line each time something moved.

    Args:
        status: the line on a terminal.
        console: where lines go if it is none.
    """

    def __init__(self, status: Status, console: Console) -> None:
        self._status, self._console = status, console
        self._printed = time.monotonic()

    def __call__(self, line: str) -> None:
        self._status.update(line)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._printed > _SECONDS_BETWEEN_LINES:
            self._printed = now
            self._console.print(line, style="dim", highlight=False)
