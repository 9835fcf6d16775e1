"""Find LiteRT: ai-edge-litert, else tflite-runtime."""

import importlib
from types import ModuleType

from edge_runtime.errors import TintLiteError

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
        except ModuleNotFoundError as error:
            # A package that is there and lacks one of its own needs is not "not installed".
            if error.name not in (package, f"{package}.interpreter"):
                raise TintLiteError(_broken(package, error)) from None
        except ImportError as error:
            raise TintLiteError(_broken(package, error)) from None
    raise TintLiteError(_INSTALL)


def first_line(error: Exception) -> str:
    """The first line of what LiteRT says of a failure; the others are its own source lines."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no reason given"


def _broken(package: str, error: ImportError) -> str:
    return f"{package} is installed but cannot be loaded: {' '.join(str(error).split())}"
