"""`tintlite serve`: the page in the browser, for photos and for a camera."""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from edge_runtime.cli import options
from edge_runtime.cli.codes import OK
from edge_runtime.cli.console import say
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.look import DEFAULT_SMOOTHING, Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.quiet import quiet_libraries

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveView
    from edge_runtime.live.make_view import ViewOptions
    from edge_runtime.serve.limits import Limits
    from edge_runtime.serve.listener import Listener

TOKEN_VARIABLE = "TINTLITE_TOKEN"  # noqa: S105


def serve(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]",
            show_default=False,
            help="A camera, an address or a film, as for `tintlite camera`; none: photos alone.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="The address to serve at; 0.0.0.0 for the whole network.")
    ] = "127.0.0.1",
    port: options.Port = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar=TOKEN_VARIABLE,
            show_default=False,
            help="What visitors must show.  [default: none on 127.0.0.1, else one is made]",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            show_default=False,
            help="A name by which visitors reach it through another server; may be repeated.",
        ),
    ] = None,
    base_path: Annotated[
        str,
        typer.Option(metavar="PATH", help="Where in that server's paths it lies, as /tint."),
    ] = "",
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Open no browser, where there is a screen.")
    ] = False,
    idle: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            metavar="MINUTES",
            show_default=False,
            help="End when nobody has asked for anything for so long.  [default: never]",
        ),
    ] = None,
    max_upload_mb: Annotated[
        int, typer.Option(min=1, max=2048, help="The largest photo file.")
    ] = 64,
    max_film_mb: Annotated[
        int, typer.Option(min=0, max=1024 * 1024, help="The largest film; 0: no films.")
    ] = 1024,
    max_film_minutes: Annotated[
        float, typer.Option(min=0.1, max=6000, help="The longest film.")
    ] = 10,
    max_viewers: Annotated[
        int, typer.Option(min=1, max=64, help="How many may watch at the same time.")
    ] = 8,
    model: options.Model = DEFAULT_MODEL,
    threads: options.Threads = None,
    saturation: options.Saturation = 1.0,
    smoothing: options.Smoothing = DEFAULT_SMOOTHING,
    accelerator: options.Accelerator = options.ACCELERATOR,
    delegate: options.Delegate = None,
    width: options.Width = None,
    height: options.Height = None,
    fps: options.Fps = None,
    loop: options.Loop = False,
    credentials: options.Credentials = None,
    rtsp_transport: options.Transport = options.TRANSPORT,
    patience: options.Patience = 5.0,
    retries: options.Retries = None,
) -> int:
    """Serve a page in the browser: a camera live in colour, and photos coloured by dropping them.

    It is for this machine alone, unless --host says otherwise; then visitors need the token that
    stands in the printed address. Where there is a screen, it opens the page in the browser.

    \b
    Examples:
      tintlite serve
      tintlite serve 0 --width 1280 --height 720 --model nano
      tintlite serve picamera --host 0.0.0.0
      tintlite serve --allow-host photos.example.org --base-path /tint

    \b
    Exit code: 0 ended by ctrl-C or SIGTERM, 1 something failed, 2 wrong usage.
    """
    from edge_runtime.live.make_view import ViewOptions
    from edge_runtime.serve.limits import Limits
    from edge_runtime.serve.listener import listen

    viewing = ViewOptions(
        width=width,
        height=height,
        fps=fps,
        loop=loop,
        credentials=options.credentials_of(credentials),
        rtsp_transport=rtsp_transport.value,
        model=model,
        look=Look(saturation, smoothing=smoothing),
        device=options.device_of(threads, accelerator, delegate),
        patience=patience,
        retries=retries,
        must_open=True,
    )
    limits = Limits(
        max_upload_mb * 2**20,
        max_viewers,
        film_bytes=max_film_mb * 2**20,
        film_seconds=60 * max_film_minutes,
    )
    listener = listen(host, port, token, hosts=allow_host or (), base_path=base_path)
    idle_seconds = None if idle is None else 60 * idle
    return show_page(source, viewing, listener, limits, open=not no_open, idle_seconds=idle_seconds)


def show_page(
    source: str | None,
    viewing: "ViewOptions",
    listener: "Listener",
    limits: "Limits",
    *,
    open: bool = False,
    idle_seconds: float | None = None,
    record: str | None = None,
    overwrite: bool = False,
) -> int:
    """Serve until ctrl-C or SIGTERM.

    Args:
        source: what to watch, as for `open_source`; None for photos alone.
        viewing: how to watch and colour it, and photos.
        listener: the open address; closed at the end.
        limits: what visitors may ask of this machine.
        open: whether this machine's browser is opened; only without a token, which would stand in
            the list of processes.
        idle_seconds: without a visitor for so long, it ends; None for never.
        record, overwrite: as for `watch`.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the model, the source or the recording cannot be had.
    """
    from edge_runtime.cli.watch import watch
    from edge_runtime.live.systemd import notify
    from edge_runtime.serve.server import PageServer

    def tell() -> None:
        say(f"the page is at {listener.url} (ctrl-C ends it)")
        notify("READY=1")
        if open and listener.token is None:
            open_page(listener.url)

    def show(view: "LiveView | None") -> None:
        with quiet_libraries():
            server = PageServer(
                listener,
                view,
                model=viewing.model,
                look=viewing.look,
                device=viewing.device,
                limits=limits,
                on_ready=tell,
                idle_seconds=idle_seconds,
                recording=record is not None,
            )
        if server.accelerator is not None and viewing.device.accelerator != DEFAULT_ACCELERATOR:
            say(runs_on(*server.accelerator))
        server.serve_page()

    with listener.socket:
        if source is not None:
            return watch(source, viewing, show, record, overwrite)
        show(None)
        return OK


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
    import threading
    import webbrowser

    if has_screen(os.environ):
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
