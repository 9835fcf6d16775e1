"""What `tintlite --verbose` shows: the runtime's own log, on standard error."""

import logging
import os
from contextlib import suppress

from edge_runtime.one_line import one_line

# All of the runtime's loggers lie under this one; programs that import it choose what is shown.
_LOGGER = logging.getLogger("tintlite")


class _OwnStream(logging.StreamHandler):
    """Writes a line a message, and closes its stream with itself."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{record.name}: {one_line(record.getMessage())}"

    def close(self) -> None:
        super().close()
        with suppress(OSError):
            self.stream.close()


def show_log(verbose: bool) -> None:
    """Begin to show the log, or cease to.

    What is shown goes past `quiet_libraries`, which is for the libraries below.
    """
    for handler in list(_LOGGER.handlers):
        _LOGGER.removeHandler(handler)
        handler.close()
    _LOGGER.setLevel(logging.INFO if verbose else logging.WARNING)
    if verbose:
        with suppress(OSError):  # standard error may be closed
            stream = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
            _LOGGER.addHandler(_OwnStream(stream))
