"""LiteRT delegates from outside: libraries that run a network on a chip of their own."""

import ctypes
from pathlib import Path
from typing import Any

from edge_runtime.engine.litert import load_litert
from edge_runtime.errors import TintLiteError

# The two functions of LiteRT's external_delegate_interface.h.
_FUNCTIONS = ("tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate")


def load_delegate(library: str | Path) -> Any:
    """Load a delegate, such as `libedgetpu.so.1`. Its code then runs in this process.

    Args:
        library: a path, or a name that the system's loader finds.
    Returns:
        what LiteRT's `Interpreter` takes as one of its `experimental_delegates`.
    Raises:
        TintLiteError: no such library, no delegate, or it does not start (no chip, as a rule).
    """
    name = str(library)
    if not name:  # the system's loader would take it for this program
        raise TintLiteError("the delegate is named by an empty text")
    litert = load_litert()
    # LiteRT's own loader leaves half-made objects behind that complain when they are collected.
    try:
        functions = ctypes.CDLL(name)
    except (OSError, ValueError) as error:
        raise TintLiteError(f"the delegate cannot be loaded: {_once(name, error)}") from None
    for function in _FUNCTIONS:
        if not hasattr(functions, function):
            raise TintLiteError(f"{name}: a library, but no LiteRT delegate: no {function}")
    try:
        return litert.load_delegate(name)
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[1:] or ["it gives no reason; is its chip there?"]
        raise TintLiteError(f"the delegate {name} does not start: {' '.join(reason)}") from None


def takes_part(data: bytes, delegate: Any) -> bool:
    """Whether a delegate runs at least one operator of a model.

    LiteRT runs all that a delegate leaves on the CPU, and does not tell; an Edge TPU leaves all of
    a model that was not compiled for it.

    Args:
        data: the checked bytes of a model file.
        delegate: of `load_delegate`; it belongs to this trial, and is used nowhere else.
    Raises:
        ValueError, RuntimeError: LiteRT or the delegate cannot run the model.
    """
    litert = load_litert()
    interpreter = litert.Interpreter(
        model_content=data,
        experimental_delegates=[delegate],
        # Without XNNPACK, whose share would be a delegate's too.
        experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    return any(operator["op_name"] == "DELEGATE" for operator in interpreter._get_ops_details())


def _once(name: str, error: Exception) -> str:
    text = str(error)
    return text if text.startswith(name) else f"{name}: {text}"
