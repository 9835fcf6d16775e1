"""What runs in a `Painter`: pictures are decoded and coloured in a process that may be ended."""

import io
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import cv2

from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.errors import PictureError, TintLiteError
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.look import Look
from edge_runtime.messages import receive, send
from edge_runtime.photo import PhotoOptions, colorize_photo
from edge_runtime.pictures import format_called, mark_of_open_file
from edge_runtime.quiet import quiet_libraries
from edge_runtime.worker import worker_streams

_NAME = "the picture"


def main() -> None:
    """Answer requests on standard input until it ends."""
    requests, answers = worker_streams()
    # Where memory runs out, Linux shall end this process, and not the one that holds the rows.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    with suppress(EOFError, BrokenPipeError):  # the run has gone
        words, _ = receive(requests)
        device = Device(**words["device"])
        look = Look(**words["photo"].pop("look"))
        options = PhotoOptions(**words["photo"], look=look)
        cv2.setNumThreads(device.threads)
        try:
            with quiet_libraries():
                keep_freed_memory()
                colorizer = Colorizer(words["model"], device)
        except TintLiteError as error:
            send(answers, {"error": str(error)})
            return
        described = (colorizer.described, colorizer.accelerator, colorizer.accelerator_note)
        send(answers, {"described": described})
        while True:
            words, data = receive(requests)
            _answer(colorizer, options, words["format"], data, answers)


def _answer(
    colorizer: Colorizer, options: PhotoOptions, format: str | None, data: bytes, to: BinaryIO
) -> None:
    told: dict[str, Any]
    asked = None if format is None else format_called(format)
    # Of the pages of a TIFF, another format gets the first one, with a note.
    options = replace(options, format=asked, pages=format in (None, "TIFF"))
    file = io.BytesIO(data)
    try:
        if mark_of_open_file(file) is not None:
            raise PictureError("a result of TintLite")
        result = colorize_photo(file, None, colorizer, options, name=_NAME)
    except TintLiteError as error:
        told, coloured = {"error": str(error).removeprefix(f"{_NAME}: ")}, b""
    else:
        told = {name: getattr(result, name) for name in ("damaged", "notes")}
        told["format"], coloured = result.format.name, result.data or b""
    send(to, told, coloured)
