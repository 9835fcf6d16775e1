"""`tintlite camera`: a live source in colour, shown, recorded, or both."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2

from edge_runtime.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain, end_quietly, one_line, say
from edge_runtime.live.herald import Herald
from edge_runtime.live.list_cameras import list_cameras
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.make_view import ViewOptions, make_view
from edge_runtime.live.recorder import Recorder
from edge_runtime.quiet import quiet_libraries

_OVER = ("ended", "stopped")


@dataclass(frozen=True)
class ShowOptions:
    """What is done with the coloured frames.

    Attributes:
        display: window, web or none.
        host, port: where the page is served.
        record: the film to write, or None.
        overwrite: whether that may replace a file.
    """

    display: str
    host: str
    port: int
    record: str | None
    overwrite: bool


def run(source: str, options: ViewOptions, show: ShowOptions) -> int:
    """Watch a source until it ends, or the user has seen enough.

    Args:
        source: what to watch, as for `open_source`.
        options: how to watch and colour it.
        show: what to do with the frames.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the model, the recording or the display cannot be had.
    """
    if show.display == "window":
        from edge_runtime.live.window import check_window

        check_window()
    cv2.setNumThreads(options.device.threads)
    cv2.utils.logging.setLogLevel(0)  # its warnings about cameras come as our own errors
    with quiet_libraries():
        view = make_view(source, options)
    if options.device.accelerator != DEFAULT_ACCELERATOR:
        end_quietly(view.colorizer)
        say(runs_on(view.colorizer.accelerator, view.colorizer.accelerator_note))
    recorder = None
    if show.record is not None:
        recorder = Recorder(view, Path(show.record), overwrite=show.overwrite, on_problem=complain)
    herald = Herald(view, say=say if show.display == "none" else None, complain=complain)
    try:
        view.start()
        herald.start()
        if recorder is not None:
            recorder.start()
        if _opens(view):
            # ctrl-C and SIGTERM are how watching ends: no failure, once there is something to see.
            with suppress(KeyboardInterrupt, SystemExit):
                _show(view, show)
    finally:
        herald.stop()
        if recorder is not None:
            recorder.stop()
            if recorder.frames:
                say(f"recorded {show.record}: {recorder.frames} frames, {recorder.seconds:.1f} s")
        view.stop()
    status = view.status()
    if status.state == "ended" and status.message:
        complain(status.message)
        return FAILED
    return FAILED if recorder is not None and recorder.problem else OK


def show_cameras() -> int:
    """Print a line for each camera of this machine; returns the exit code."""
    found = list_cameras()
    for camera in found:
        print(one_line("  ".join(filter(None, (camera.device, camera.name, camera.lasting)))))
        if camera.problem:
            print(one_line(f"  {camera.problem}"))
    if not found:
        complain("no USB or V4L2 camera was found")
    return OK if found else FAILED


def _opens(view: LiveView) -> bool:
    """Wait for the first picture; False where none will come."""
    while view.wait_frame(0, 0.5) is None:
        if view.status().state in _OVER:
            return False
    return True


def _show(view: LiveView, show: ShowOptions) -> None:
    if show.display == "window":
        from edge_runtime.live.window import show_window

        show_window(view)
    elif show.display == "web":
        from edge_runtime.serve import serve_live

        serve_live(view, show.host, show.port, say=say)
    else:
        number = 0
        while view.status().state not in _OVER:
            frame = view.wait_frame(number, 0.5)
            number = number if frame is None else frame.number
