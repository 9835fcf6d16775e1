"""`import tintlite`: the names that users build on, and what they can rely on."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import edge_runtime
import tintlite

# To take a name away breaks the programs of others; a new one is to be documented.
NAMES = [
    "ArgumentError",
    "ArgumentTypeError",
    "Colorizer",
    "Contract",
    "Device",
    "FrameReference",
    "GpuError",
    "Hint",
    "HintSession",
    "HintsError",
    "LiveFrame",
    "LiveStatus",
    "LiveView",
    "Look",
    "ModelError",
    "PhotoOptions",
    "PhotoResult",
    "Picture",
    "PictureError",
    "RecordError",
    "SourceError",
    "TintLiteError",
    "VideoError",
    "VideoOptions",
    "VideoProgress",
    "VideoResult",
    "VideoStoppedError",
    "View",
    "__version__",
    "colorize_photo",
    "colorize_video",
    "open_camera",
    "read_hints",
    "read_picture",
    "suggest",
    "write_hints",
    "write_picture",
]

# Raised and caught inside, but for the last: ctrl-C, which `except TintLiteError` must not swallow.
NO_TINTLITE_ERRORS = {"BrokenOffError", "ElsewhereError", "VideoStoppedError"}


def test_the_public_names():
    assert sorted(tintlite.__all__) == sorted(NAMES)
    for name in NAMES:
        assert getattr(tintlite, name) is getattr(edge_runtime, name)
    with pytest.raises(AttributeError, match="no attribute 'Colouriser'"):
        tintlite.Colouriser  # noqa: B018


def test_every_public_name_is_documented():
    for name in set(NAMES) - {"__version__"}:
        assert inspect.getdoc(getattr(tintlite, name)), name


def errors_in_the_code() -> set[type]:
    found = set()
    for module in pkgutil.walk_packages(edge_runtime.__path__, "edge_runtime."):
        source = Path(module.module_finder.path, module.name.rsplit(".", 1)[1] + ".py")
        if not source.is_file():
            continue
        for node in ast.parse(source.read_text("utf-8")).body:
            # A private one never leaves its file.
            named = isinstance(node, ast.ClassDef) and node.name.endswith("Error")
            if named and not node.name.startswith("_"):
                found.add(getattr(importlib.import_module(module.name), node.name))
    return found


def test_every_error_is_a_tintlite_error():
    errors = errors_in_the_code()
    assert {"PictureError", "VideoError", "GpuError"} <= {error.__name__ for error in errors}
    others = {error.__name__ for error in errors if not issubclass(error, tintlite.TintLiteError)}
    assert others == NO_TINTLITE_ERRORS


def test_wrong_arguments_are_tintlite_errors_and_value_errors(tiny_model):
    make, device = tintlite.Colorizer, tintlite.Device
    look, options = tintlite.Look, tintlite.VideoOptions
    wrong = [
        lambda: device(threads=0),
        lambda: device(threads="two"),
        lambda: device(accelerator="abacus"),
        lambda: device(accelerator="gpu", delegate="libedgetpu.so.1"),
        lambda: look(saturation=-1),
        lambda: look(saturation="much"),
        lambda: look(framing="round"),
        lambda: look(smoothing=2),
        lambda: make(tiny_model).colorize([[1, 2], [3, 4]]),
        lambda: make(tiny_model).colorize(np.zeros((4, 4))),
        lambda: make(tiny_model).colorize(np.zeros((0, 4), np.uint8)),
        lambda: options(start=2, end=1),
        lambda: tintlite.Hint(1.2, 0.5, "grey"),
        lambda: tintlite.Hint(0.2, 0.5, "reddish"),
        lambda: tintlite.Hint("left", 0.5, "grey"),
    ]
    for call in wrong:
        with pytest.raises(tintlite.TintLiteError) as caught:
            call()
        assert isinstance(caught.value, ValueError)
        assert "\n" not in str(caught.value)


def test_a_camera_that_is_not_there_is_told_by_the_loop(tiny_model):
    with (
        tintlite.open_camera("missing.mp4", model=tiny_model) as view,
        pytest.raises(tintlite.SourceError, match=r"missing\.mp4: no such file"),
    ):
        next(iter(view))
