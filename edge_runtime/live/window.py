"""Show a live view in a window, where OpenCV has windows."""

import os
import sys

import cv2

from edge_runtime.errors import TintLiteError
from edge_runtime.live.live_view import LiveView

_TITLE = "TintLite"
_ENDS = {ord("q"), 27}  # 27 is Esc


class WindowError(TintLiteError):
    """There can be no window here."""


def check_window() -> None:
    """See that a window can be opened.

    Raises:
        WindowError: this OpenCV has none, or there is no screen.
    """
    if not _has_windows():
        raise WindowError(
            "this OpenCV is the headless one, which has no windows: --display web shows the"
            " pictures in a browser"
        )
    # The toolkit would end the process, not raise, where it finds no screen.
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not screen:
        raise WindowError("there is no screen here: --display web shows the pictures in a browser")


def _has_windows() -> bool:
    for line in cv2.getBuildInformation().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "GUI":
            return value.strip().upper() not in ("NONE", "NO")
    return False


def show_window(view: LiveView) -> None:
    """Show the coloured frames until the view ends, `q` or Esc is pressed, or the window closed."""
    cv2.namedWindow(_TITLE, cv2.WINDOW_NORMAL)
    number = 0
    try:
        while view.status().state not in ("ended", "stopped"):
            frame = view.wait_frame(number, 0.1)
            if frame is not None:
                number = frame.number
                cv2.imshow(_TITLE, cv2.cvtColor(frame.colour, cv2.COLOR_RGB2BGR))
            if cv2.waitKey(1) & 0xFF in _ENDS:
                return
            if number and cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) < 1:
                return
    finally:
        cv2.destroyAllWindows()
