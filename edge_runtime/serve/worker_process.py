"""What runs in a worker: photos are decoded and coloured in a process that can be ended."""

import io
from contextlib import suppress
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2

from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.hints import Hint
from edge_runtime.device import Device
from edge_runtime.errors import ModelError, PictureError, TintLiteError
from edge_runtime.look import Look
from edge_runtime.messages import receive, send
from edge_runtime.photo import PhotoOptions, colorize_photo
from edge_runtime.pictures import format_called
from edge_runtime.quiet import quiet_libraries
from edge_runtime.serve.film_frame import film_frame
from edge_runtime.serve.open_photo import open_photo
from edge_runtime.video import VideoError
from edge_runtime.worker import worker_streams

_Answer = tuple[dict[str, Any], bytes | memoryview]


def main() -> None:
    """Answer requests on standard input until it ends."""
    requests, answers = worker_streams()
    with suppress(EOFError, BrokenPipeError):  # the server has gone
        while True:
            send(answers, *_answer(*receive(requests)))


def _answer(words: dict[str, Any], data: bytes) -> _Answer:
    """What comes of one job, or why nothing does."""
    try:
        colorizer = _loaded(words["model"], Device(**words["device"]))
        return _JOBS[words["job"]](colorizer, words, data)
    except TintLiteError as error:
        return {"error": str(error), "model": isinstance(error, ModelError)}, b""
    except MemoryError:
        return {"error": f"{words['name']}: not enough memory to colour it"}, b""


@lru_cache(maxsize=1)
def _loaded(model: str, device: Device) -> Colorizer:
    """The network, kept for the next photo."""
    cv2.setNumThreads(device.threads)
    with quiet_libraries():
        return Colorizer(model, device)


def _load(colorizer: Colorizer, words: dict[str, Any], data: bytes) -> _Answer:
    return {"accelerator": colorizer.accelerator, "note": colorizer.accelerator_note}, b""


def _open(colorizer: Colorizer, words: dict[str, Any], data: bytes) -> _Answer:
    look = Look(saturation=words["saturation"])
    opened = open_photo(io.BytesIO(data), words["name"], colorizer, look)
    colours, packed = opened.colours.packed()
    told = {field.name: getattr(opened, field.name) for field in fields(opened)}
    told |= {"colours": colours, "likeness": asdict(opened.likeness), "before": len(opened.before)}
    return told, opened.before + packed


def _frame(colorizer: Colorizer, words: dict[str, Any], data: bytes) -> _Answer:
    try:
        picture = film_frame(Path(words["source"]), words["seconds"], colorizer)
    except VideoError as error:
        raise PictureError(str(error).replace(words["source"], words["name"])) from None
    told, opened = _open(colorizer, words, picture)
    return told | {"picture": len(picture)}, picture + opened


def _colorize(colorizer: Colorizer, words: dict[str, Any], data: bytes) -> _Answer:
    format = words["options"]["format"]
    chosen = {
        "look": Look(saturation=words["saturation"]),
        "format": None if format is None else format_called(format),
    }
    options = PhotoOptions(**words["options"] | chosen)
    hints = [Hint(*hint) for hint in words["hints"]]
    file = io.BytesIO(data)
    result = colorize_photo(file, None, colorizer, options, name=words["name"], hints=hints)
    names = ("width", "height", "pages", "seconds", "notes", "damaged", "coloured")
    told = {name: getattr(result, name) for name in names}
    return told | {"format": result.format.name}, result.data or b""


_JOBS = {"load": _load, "open": _open, "frame": _frame, "colorize": _colorize}
