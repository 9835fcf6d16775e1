"""A film's file while it is written: beside its final place, under a name of its own."""

import os
import secrets
from contextlib import suppress
from itertools import count
from pathlib import Path

from edge_runtime.pictures.header import reason
from edge_runtime.video.errors import VideoError

# Comes before the ending of what was broken off, with a number where there is such a file.
CUT_OFF = ".cut-off"


class Unfinished:
    """As `whole_file.write_whole`, for a file that FFmpeg writes bit by bit."""

    def __init__(self, target: Path):
        """Choose a name; nothing is made yet.

        Args:
            target: the final name. In the same folder: a rename is atomic only within one file
                system.
        """
        self._target = target
        self.path = target.with_name(f".tintlite-{secrets.token_hex(8)}.part")

    def keep(self) -> None:
        """Flush the file to the disk and give it its name; a file of that name is replaced.

        Raises:
            VideoError: the disk is full, or the name cannot be given.
        """
        try:
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())
            self.path.replace(self._target)
        except OSError as error:
            raise VideoError(f"{self._target}: cannot be written: {reason(error)}") from None
        finally:
            self.discard()

    def keep_cut_off(self) -> Path:
        """As `keep`, under a name that no file has: NAME.cut-off.EXT, NAME.cut-off-2.EXT.

        Returns:
            the name.
        Raises:
            VideoError: the disk is full, or the name cannot be given.
        """
        whole = self._target
        for number in count(1):
            mark = CUT_OFF if number == 1 else f"{CUT_OFF}-{number}"
            self._target = whole.with_name(f"{whole.stem}{mark}{whole.suffix}")
            if not os.path.lexists(self._target):
                break
        self.keep()
        return self._target

    def discard(self) -> None:
        """Remove the file, if it is there."""
        with suppress(OSError):
            self.path.unlink()
