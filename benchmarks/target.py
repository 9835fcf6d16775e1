"""See that a file can be written before hours go into what is to be in it."""

import os
from pathlib import Path

from edge_runtime.errors import TintLiteError


class TargetError(TintLiteError):
    """A place where nothing can be written."""


def check_target(file: Path) -> None:
    """Refuse a file whose folder is missing or closed, or that is a folder itself.

    Raises:
        TargetError: says which.
    """
    if not file.parent.is_dir():
        raise TargetError(f"{file} cannot be written: there is no folder {file.parent}")
    if file.is_dir():
        raise TargetError(f"{file} cannot be written: it is a folder")
    if not os.access(file.parent, os.W_OK):
        raise TargetError(f"{file} cannot be written: the folder is closed")
