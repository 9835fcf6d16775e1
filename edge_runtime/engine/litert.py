"""Find LiteRT: ai-edge-litert, else tflite-runtime."""

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from edge_runtime.errors import TintLiteError
from edge_runtime.quiet import diverted

_INSTALL = (
    "no LiteRT interpreter is installed: pip install ai-edge-litert"
    " (on a 32-bit Raspberry Pi or where it has no wheel: pip install tflite-runtime)"
)


def load_litert() -> ModuleType:
    """The module that holds `Interpreter` and `load_delegate`.

    Raises:
        TintLiteError: neither package is installed, and the message says what to install; or one
            is and cannot be loaded, and the message says why.
    """
    for package in ("ai_edge_litert", "tflite_runtime"):
        try:
            return importlib.import_module(f"{package}.interpreter")
        except ImportError as error:
            # A package that is there and lacks one of its own needs is not "not installed".
            missing = isinstance(error, ModuleNotFoundError)
            if not missing or error.name not in (package, f"{package}.interpreter"):
                reason = " ".join(str(error).split())
                raise TintLiteError(
                    f"{package} is installed but cannot be loaded: {reason}"
                ) from None
    raise TintLiteError(_INSTALL)


# What it says of every interpreter that it makes; there is no switch for it.
_GREETING = re.compile(rb"^INFO: Created TensorFlow Lite .* delegate.*\n", re.MULTILINE)


@contextmanager
def without_greeting() -> Iterator[None]:
    """Keep off standard error that LiteRT has made an interpreter; all else is written there."""
    if sys.stderr is not None:
        sys.stderr.flush()
    with tempfile.TemporaryFile() as said:
        try:
            with diverted(2, said.fileno()):
                yield
        finally:
            said.seek(0)
            rest = _GREETING.sub(b"", said.read())
            if rest:
                os.write(2, rest)


def first_line(error: Exception) -> str:
    """The first line of what LiteRT says of a failure; the others are its own source lines."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no reason given"
