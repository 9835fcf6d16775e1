"""`tintlite camera`: a live source in colour, shown, recorded, or both."""

import os
from dataclasses import dataclass

from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain
from edge_runtime.cli.watch import OVER, Recording, watch
from edge_runtime.live.list_cameras import list_cameras
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.make_view import ViewOptions
from edge_runtime.one_line import one_line


@dataclass(frozen=True)
class ShowOptions:
    """What is done with the coloured frames.

    Attributes:
        display: window, web or none.
        host, port: where the page is served.
        recording: the film to write, or None.
    """

    display: str
    host: str
    port: int
    recording: Recording | None


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
    if show.display == "web":
        from edge_runtime.cli import serve

        token = os.environ.get(serve.TOKEN_VARIABLE) or None
        page = serve.PageOptions(show.host, show.port, token)
        return serve.run(source, options, page, show.recording)
    if show.display == "window":
        from edge_runtime.live.window import check_window, show_window

        check_window()
        return watch(source, options, show_window, recording=show.recording)
    return watch(source, options, _wait, recording=show.recording, rates=True)


def _wait(view: LiveView) -> None:
    """Let it go on until it ends."""
    number = 0
    while view.status().state not in OVER:
        frame = view.wait_frame(number, 0.5)
        number = number if frame is None else frame.number


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
