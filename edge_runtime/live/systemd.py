"""Tell systemd that the service is ready, alive or stopping, by its sd_notify protocol.

The protocol (sd_notify(3)): one datagram of `NAME=value` lines to the socket that the environment
variable NOTIFY_SOCKET names; a name that begins with @ is one of Linux's abstract sockets.
"""

import os
import socket


def notify(text: str) -> bool:
    """Tell systemd something, as `READY=1`, `STATUS=waiting for the camera` or `WATCHDOG=1`.

    Args:
        text: lines of `NAME=value`.
    Returns:
        whether it was sent; False where no systemd listens. It never raises: a service goes on
        without its supervisor.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    # Other kinds of address (vsock:…) are for virtual machines.
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        # A full queue must not hold up the frames: who does not listen now may be told later.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.connect(address)
            sender.send(text.encode(errors="replace"))
    except (OSError, ValueError):
        return False
    return True


def watchdog_seconds() -> float | None:
    """Within how many seconds systemd wants `WATCHDOG=1` again and again.

    Tell it twice as often: systemd ends the service when the time is up (sd_watchdog_enabled(3)).

    Returns:
        the seconds; None where systemd wants nothing, or wants it of another process.
    """
    try:
        microseconds = int(os.environ.get("WATCHDOG_USEC", ""))
        process = int(os.environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    if microseconds <= 0 or process != os.getpid():
        return None
    return microseconds / 1e6
