"""One sentence for what converters raise, which is anything, over any number of lines."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from edge_runtime.errors import TintLiteError
from export.errors import ExportError
from train.errors import TrainError

# MLIR's messages name their place in our own sources first.
_MLIR = re.compile(r"\berror: (.+)")
_MAX_CHARACTERS = 300


@contextmanager
def as_one_sentence(recipe: str) -> Iterator[None]:
    """Say which recipe broke, and why; errors that are for people already pass.

    Raises:
        ExportError: the converter or the quantizer inside raised something; that is its cause.
    """
    try:
        yield
    except (TrainError, TintLiteError, OSError, ModuleNotFoundError):
        raise
    except Exception as error:
        raise ExportError(f"{recipe}: the converter failed: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    text = str(error).strip()
    found = _MLIR.search(text)
    line = found[1] if found else (text.splitlines() or [type(error).__name__])[0]
    return " ".join(line.split())[:_MAX_CHARACTERS]
