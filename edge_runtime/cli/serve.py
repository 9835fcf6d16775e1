"""`tintlite serve`: the page in the browser, for photos and for a camera."""

from dataclasses import dataclass
from functools import partial

from edge_runtime.cli.browser import open_page
from edge_runtime.cli.codes import OK
from edge_runtime.cli.console import say
from edge_runtime.cli.watch import Recording, watch
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.make_view import ViewOptions
from edge_runtime.live.systemd import notify
from edge_runtime.quiet import quiet_libraries
from edge_runtime.serve.limits import Limits
from edge_runtime.serve.listener import Listener, listen
from edge_runtime.serve.server import PageServer

TOKEN_VARIABLE = "TINTLITE_TOKEN"  # noqa: S105


@dataclass(frozen=True)
class PageOptions:
    """Where and to whom the page is served.

    Attributes:
        host, port: the address.
        token: what visitors must show, or None for the usual.
        max_upload_mb: the largest photo file, in units of 2**20 bytes.
        max_film_mb: the largest film, in the same units; 0 for no films.
        max_film_minutes: the longest one.
        max_viewers: how many may watch at the same time.
        hosts: names by which visitors reach it through another server.
        base_path: where in that server's paths it lies.
        open: whether this machine's browser is opened; only without a token, which would stand in
            the list of processes.
        idle_minutes: without a visitor for so long, it ends; None for never.
    """

    host: str
    port: int
    token: str | None
    max_upload_mb: int = Limits.upload_bytes // 2**20
    max_viewers: int = Limits.viewers
    max_film_mb: int = Limits.film_bytes // 2**20
    max_film_minutes: float = Limits.film_seconds / 60
    hosts: tuple[str, ...] = ()
    base_path: str = ""
    open: bool = False
    idle_minutes: float | None = None


def run(
    source: str | None,
    options: ViewOptions,
    page: PageOptions,
    recording: Recording | None = None,
) -> int:
    """Serve until ctrl-C or SIGTERM.

    Args:
        source: what to watch, as for `open_source`; None for photos alone.
        options: how to watch and colour it, and photos.
        page: where and to whom.
        recording: the film to write of the source, or None.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the address, the model, the source or the recording cannot be had.
    """
    listener = listen(page.host, page.port, page.token, hosts=page.hosts, base_path=page.base_path)
    try:
        if source is None:
            _serve(None, listener, options, page)
            return OK
        recorded = recording is not None
        show = partial(_serve, listener=listener, options=options, page=page, recorded=recorded)
        return watch(source, options, show, recording=recording)
    finally:
        listener.socket.close()


def _serve(
    view: LiveView | None,
    listener: Listener,
    options: ViewOptions,
    page: PageOptions,
    recorded: bool = False,
) -> None:
    def tell() -> None:
        say(f"the page is at {listener.url} (ctrl-C ends it)")
        notify("READY=1")
        if page.open and listener.token is None:
            open_page(listener.url)

    with quiet_libraries():
        server = PageServer(
            listener,
            view,
            model=options.model,
            look=options.look,
            device=options.device,
            limits=Limits(
                page.max_upload_mb * 2**20,
                page.max_viewers,
                film_bytes=page.max_film_mb * 2**20,
                film_seconds=60 * page.max_film_minutes,
            ),
            on_ready=tell,
            idle_seconds=None if page.idle_minutes is None else 60 * page.idle_minutes,
            recording=recorded,
        )
    if server.accelerator is not None and options.device.accelerator != DEFAULT_ACCELERATOR:
        say(runs_on(*server.accelerator))
    server.serve_page()
