"""Make a live view of what a user asked for."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.live.address import is_address, with_credentials, without_passwords
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.open_source import open_source
from edge_runtime.live.source import READ_TIMEOUT
from edge_runtime.live.watchdog import WatchTimes
from edge_runtime.look import Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.steady.temporal import ChromaSmoother

# Heaps of a live view's threads: with more, a small board's memory goes to what none of them uses.
_ARENAS = 2


@dataclass(frozen=True)
class ViewOptions:
    """How a source is watched and coloured.

    Attributes:
        width, height, fps: asked of a camera, or None; `fps` of single pictures too.
        loop: whether a film begins again at its end.
        credentials: user and password of an address, `USER:PASSWORD`, or None.
        rtsp_transport: how RTSP's pictures come: auto, tcp or udp.
        model: a shipped model's name, or the path of a `.tflite`.
        look: how frames are coloured, and steadied over time.
        device: what the network runs on.
        patience: without a frame for so many seconds, a camera is lost.
        retries: how many openings in a row may fail after a loss; None for any number.
        must_open: whether a first opening that fails is the end; otherwise it is a loss.
    """

    width: int | None = None
    height: int | None = None
    fps: float | None = None
    loop: bool = False
    credentials: str | None = field(default=None, repr=False)
    rtsp_transport: str = "auto"
    model: str | Path = DEFAULT_MODEL
    look: Look = field(default_factory=Look)
    device: Device = field(default_factory=Device)
    patience: float = READ_TIMEOUT
    retries: int | None = None
    must_open: bool = False


def open_camera(source: str = "0", **options: Any) -> LiveView:
    """A live source in colour, to be used in a `with` block and looped over.

    Example:
        with open_camera("0", model="nano") as view:
            for frame in view:
                show(frame.grey, frame.colour)

    Args:
        source: a camera's number or device, an address or a film, as for `open_source`.
        options: fields of `ViewOptions`, as `model`, `look`, `device`, `width` or `loop`.
    Raises:
        ModelError, TintLiteError: as `make_view` does. What is wrong with the source
            is told by the loop, as SourceError.
    """
    return make_view(source, ViewOptions(**{"must_open": True} | options))


def make_view(source: str, options: ViewOptions) -> LiveView:
    """Load the network and prepare the view; its `start` opens the source.

    The process keeps memory that is freed from then on (`keep_freed_memory`).

    Args:
        source: as for `open_source`.
        options: how to watch and colour it.
    Raises:
        ModelError, TintLiteError: as `Colorizer` does.
    """
    keep_freed_memory(_ARENAS)
    smoothing = options.look.smoothing
    place = source
    if options.credentials and is_address(source):
        place = with_credentials(source, options.credentials)
    return LiveView(
        partial(
            open_source,
            place,
            width=options.width,
            height=options.height,
            fps=options.fps,
            loop=options.loop,
            patience=options.patience,
            transport=options.rtsp_transport,
        ),
        colorizer=Colorizer(str(options.model), options.device),
        smoother=ChromaSmoother(smoothing) if smoothing else None,
        name=without_passwords(source),
        model=str(options.model),
        look=options.look,
        retries=options.retries,
        must_open=options.must_open,
        times=WatchTimes(
            silence=options.patience, opening=max(WatchTimes.opening, 3 * options.patience)
        ),
    )
