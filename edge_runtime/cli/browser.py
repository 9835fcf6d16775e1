"""Open the page in this machine's browser, where somebody sits before it."""

import os
import sys
import threading
import webbrowser
from collections.abc import Mapping


def has_screen(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a person sees a window that this program opens.

    Args:
        environment: the process's variables.
        platform: as `sys.platform`.
    """
    # A service has no desktop, and over SSH the screen is another machine's.
    if any(environment.get(name) for name in ("SSH_CONNECTION", "INVOCATION_ID", "NOTIFY_SOCKET")):
        return False
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def open_page(url: str) -> None:
    """Open an address beside what else is done; a browser that cannot be started is no failure."""
    if has_screen(os.environ):
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
