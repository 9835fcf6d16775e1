"""`tintlite serve`: the page in the browser, for photos and for a camera."""

from dataclasses import dataclass

import cv2

from edge_runtime.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain, end_quietly, say
from edge_runtime.colorizer import Colorizer
from edge_runtime.live.herald import Herald
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.make_view import ViewOptions, make_view
from edge_runtime.live.systemd import notify
from edge_runtime.quiet import quiet_libraries
from edge_runtime.serve import PageServer
from edge_runtime.serve.limits import Limits
from edge_runtime.serve.listener import Listener, listen

# Longer than the watchdog gives the first opening of a source.
_OPENING_SECONDS = 60.0


@dataclass(frozen=True)
class PageOptions:
    """Where and to whom the page is served.

    Attributes:
        host, port: the address.
        token: what visitors must show, or None for the usual.
        max_upload_mb: the largest photo file, in units of 2**20 bytes.
        max_viewers: how many may watch at the same time.
        hosts: names by which visitors reach it through another server.
        base_path: where in that server's paths it lies.
    """

    host: str
    port: int
    token: str | None
    max_upload_mb: int
    max_viewers: int
    hosts: tuple[str, ...] = ()
    base_path: str = ""


def run(source: str | None, options: ViewOptions, page: PageOptions) -> int:
    """Serve until ctrl-C or SIGTERM.

    Args:
        source: what to watch, as for `open_source`; None for photos alone.
        options: how to watch and colour it, and photos.
        page: where and to whom.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the address, the model or the source cannot be had.
    """
    listener = listen(page.host, page.port, page.token, hosts=page.hosts, base_path=page.base_path)
    try:
        cv2.setNumThreads(options.device.threads)
        if source is None:
            _serve(listener, None, options, page)
            return OK
        cv2.utils.logging.setLogLevel(0)  # its warnings about cameras come as our own errors
        with quiet_libraries():
            view = make_view(source, options)
        _tell_accelerator(view.colorizer, options)
        return _serve_view(listener, view, options, page)
    finally:
        listener.socket.close()


def _serve_view(listener: Listener, view: LiveView, options: ViewOptions, page: PageOptions) -> int:
    herald = Herald(view, say=None, complain=complain)
    try:
        view.start()
        herald.start()
        # What cannot be opened at all is told here and now; what is lost later is opened again.
        view.wait_frame(0, _OPENING_SECONDS)
        status = view.status()
        if status.state == "ended" and not status.frame_number:
            complain(status.message or f"{status.source}: gives no pictures")
            return FAILED
        _serve(listener, view, options, page)
    finally:
        view.stop()
        herald.stop()
    return OK


def _serve(
    listener: Listener, view: LiveView | None, options: ViewOptions, page: PageOptions
) -> None:
    def tell() -> None:
        say(f"the page is at {listener.url} (ctrl-C ends it)")
        notify("READY=1")

    with quiet_libraries():
        server = PageServer(
            listener,
            view,
            model=options.model,
            look=options.look,
            device=options.device,
            limits=Limits(page.max_upload_mb * 2**20, page.max_viewers),
            on_ready=tell,
        )
    if server.accelerator is not None and options.device.accelerator != DEFAULT_ACCELERATOR:
        say(runs_on(*server.accelerator))
    server.serve_page()


def _tell_accelerator(colorizer: Colorizer, options: ViewOptions) -> None:
    """Say what runs the network, where another than the CPU was asked for."""
    if options.device.accelerator != DEFAULT_ACCELERATOR:
        end_quietly(colorizer)
        say(runs_on(colorizer.accelerator, colorizer.accelerator_note))
