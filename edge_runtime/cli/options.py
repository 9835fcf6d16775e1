"""The options that several commands take, and what is made of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Annotated

import typer

from edge_runtime.colour.framing import DEFAULT_FRAMING, FRAMINGS
from edge_runtime.device import Device
from edge_runtime.engine.accelerator import ACCELERATORS, DEFAULT_ACCELERATOR
from edge_runtime.engine.threads import MAX_THREADS, default_threads
from edge_runtime.errors import TintLiteError
from edge_runtime.live.address import (
    CREDENTIALS_VARIABLE,
    TRANSPORTS,
    check_credentials,
    read_credentials,
)
from edge_runtime.look import MAX_SATURATION, Look


@contextmanager
def usage() -> Iterator[None]:
    """Turn an option's value that is refused into wrong usage.

    Raises:
        typer.BadParameter: a TintLiteError was raised.
    """
    try:
        yield
    except TintLiteError as error:
        raise typer.BadParameter(str(error)) from None


def _saturation(value: float) -> float:
    with usage():
        Look(saturation=value)
    return value


# What runs the network.

AcceleratorName = Enum("AcceleratorName", {name: name for name in ACCELERATORS}, type=str)  # type: ignore[misc]
ACCELERATOR = AcceleratorName(DEFAULT_ACCELERATOR)
Model = Annotated[
    str,
    typer.Option("--model", "-m", help="A shipped model's name, or a .tflite or .onnx file."),
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, max=MAX_THREADS, help="Threads to use.  [default: the cores, at most 4]"),
]
Accelerator = Annotated[
    AcceleratorName,
    typer.Option(help="What runs the network; auto, onnx: a GPU if it is sound and no slower."),
]
Delegate = Annotated[
    str | None,
    typer.Option(metavar="LIBRARY", help="A LiteRT delegate to load, as libedgetpu.so.1."),
]


def device_of(threads: int | None, accelerator: AcceleratorName, delegate: str | None) -> Device:
    """What a command runs on.

    Raises:
        typer.BadParameter: a delegate beside another accelerator than the CPU.
    """
    with usage():
        return Device(threads or default_threads(), accelerator.value, delegate)


# How pictures are coloured.

FramingName = Enum("FramingName", {name: name for name in FRAMINGS}, type=str)  # type: ignore[misc]
FRAMING = FramingName(DEFAULT_FRAMING)
Saturation = Annotated[
    float,
    typer.Option(
        callback=_saturation, help=f"How strong the colours are, 0 to {MAX_SATURATION:g}."
    ),
]
Framing = Annotated[
    FramingName, typer.Option(help="How the network sees pictures that are not square.")
]
Whole = Annotated[
    bool, typer.Option("--whole", help="Photos: colour borders, film edges and album pages too.")
]
Smoothing = Annotated[
    float,
    typer.Option(
        min=0,
        max=1,
        show_default=False,
        help="How strongly colours are steadied over time; 0: not.  [default: 0.8]",
    ),
]

# How photos are read and written.

SideBySide = Annotated[
    bool, typer.Option("--side-by-side", help="Write grey and colour beside each other.")
]
CornerMark = Annotated[
    bool, typer.Option("--corner-mark", help="Photos: write 'colourized' small in a corner.")
]
Quality = Annotated[
    int | None,
    typer.Option(min=1, max=100, help="JPEG and WebP: quality, higher is better.  [default: 95]"),
]
NoMark = Annotated[
    bool, typer.Option("--no-mark", help="Photos: say nothing of TintLite in the result.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Photos: refuse damaged ones instead of noting it.")
]
MaxPixels = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="NUMBER",
        help="Photos: how many pixels one may have.  [default: 178 million]",
    ),
]

# How a camera is watched.

TransportName = Enum("TransportName", {name: name for name in TRANSPORTS}, type=str)  # type: ignore[misc]
TRANSPORT = TransportName(TRANSPORTS[0])
Width = Annotated[int | None, typer.Option(min=1, max=8192, help="Width to ask of the camera.")]
Height = Annotated[int | None, typer.Option(min=1, max=8192, help="Height to ask of the camera.")]
Fps = Annotated[
    float | None, typer.Option(min=0.1, max=1000, help="Frames a second to ask of the camera.")
]
Loop = Annotated[bool, typer.Option("--loop", help="Begin a film again at its end.")]
Credentials = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="A file with the address's USER:PASSWORD.  [default: what TINTLITE_CREDENTIALS holds]",
    ),
]
Transport = Annotated[
    TransportName,
    typer.Option(help="How RTSP's pictures come; auto: TCP, or UDP where the camera refuses it."),
]
Patience = Annotated[
    float,
    typer.Option(
        min=0.5, max=3600, help="Without a frame for so many seconds, a camera counts as lost."
    ),
]
Retries = Annotated[
    int | None,
    typer.Option(min=0, help="How often in a row to try a lost camera again.  [default: for ever]"),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Its port; 0: any.")]


def credentials_of(file: str | None) -> str | None:
    """The user and password of an address: of the file, or else of the environment.

    Raises:
        TintLiteError: as for `read_credentials`; or the environment holds something else.
    """
    if file is not None:
        return read_credentials(file)
    words = os.environ.get(CREDENTIALS_VARIABLE)
    return check_credentials(words, CREDENTIALS_VARIABLE) if words else None
