"""What runs in a worker: photos are decoded and coloured in a process that can be ended."""

import io
import os
import signal
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

import cv2

from edge_runtime.colour.hints import Hint
from edge_runtime.device import Device
from edge_runtime.errors import ModelError, PictureError, TintLiteError
from edge_runtime.messages import receive, send
from edge_runtime.photo import PhotoOptions
from edge_runtime.pictures import format_called
from edge_runtime.quiet import quiet_libraries
from edge_runtime.serve.film_frame import film_frame
from edge_runtime.serve.settings import Models, Settings
from edge_runtime.serve.studio import Studio
from edge_runtime.video import VideoError


def main() -> None:
    """Answer requests on standard input until it ends."""
    # Ctrl-C goes to all processes of a terminal; it is the server that ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    try:
        words, _ = receive(requests)
        studio = Studio(Models(words["model"]), Device(**words["device"]))
        while True:
            words, data = receive(requests)
            answer(studio, words, data, answers)
    except (EOFError, BrokenPipeError):  # the server has gone
        return


def answer(studio: Studio, words: dict[str, Any], data: bytes, to: BinaryIO) -> None:
    """Do one job, and send what comes of it, or why nothing does."""
    try:
        result = _JOBS[words["job"]](studio, words, data)
    except TintLiteError as error:
        result = {"error": str(error), "model": isinstance(error, ModelError)}, b""
    except MemoryError:
        result = {"error": f"{words.get('name')}: not enough memory to colour it"}, b""
    send(to, *result)


def _load(studio: Studio, words: dict[str, Any], data: bytes) -> tuple[dict, bytes]:
    settings = Settings(**words["settings"])
    cv2.setNumThreads(settings.threads)
    with quiet_libraries():
        colorizer = studio.load(settings)
    return {"accelerator": colorizer.accelerator, "note": colorizer.accelerator_note}, b""


def _open(studio: Studio, words: dict[str, Any], data: bytes) -> tuple[dict, bytes]:
    _load(studio, words, b"")
    opened = studio.open(io.BytesIO(data), words["name"], Settings(**words["settings"]))
    colours, packed = opened.colours.packed()
    told = {field.name: getattr(opened, field.name) for field in fields(opened)}
    told |= {"colours": colours, "likeness": asdict(opened.likeness), "before": len(opened.before)}
    return told, opened.before + packed


def _frame(studio: Studio, words: dict[str, Any], data: bytes) -> tuple[dict, bytes]:
    _load(studio, words, b"")
    colorizer = studio.load(Settings(**words["settings"]))
    try:
        picture = film_frame(Path(words["source"]), words["seconds"], colorizer)
    except VideoError as error:
        raise PictureError(str(error).replace(words["source"], words["name"])) from None
    told, opened = _open(studio, words, picture)
    return told | {"picture": len(picture)}, picture + opened


def _colorize(studio: Studio, words: dict[str, Any], data: bytes) -> tuple[dict, bytes]:
    _load(studio, words, b"")
    settings = Settings(**words["settings"])
    options = PhotoOptions(
        look=settings.look,
        side_by_side=words["side_by_side"],
        corner_mark=words["corner_mark"],
        longest=words["longest"],
        quality=words["quality"],
        format=format_called(words["format"]) if words["format"] else None,
    )
    hints = [Hint(*hint) for hint in words["hints"]]
    result = studio.colorize(io.BytesIO(data), words["name"], settings, options, hints)
    told = {
        "format": result.format.name,
        "width": result.width,
        "height": result.height,
        "seconds": result.seconds,
        "notes": result.notes,
        "coloured": result.coloured,
    }
    return told, result.data if result.data is not None else b""


_JOBS = {"load": _load, "open": _open, "frame": _frame, "colorize": _colorize}

if __name__ == "__main__":
    main()
