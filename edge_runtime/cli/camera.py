"""`tintlite camera`: a live source in colour, shown, recorded, or both."""

import os
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from edge_runtime.cli import options
from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain
from edge_runtime.cli.serve import TOKEN_VARIABLE, show_page
from edge_runtime.look import DEFAULT_SMOOTHING, Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.one_line import one_line

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveView

DisplayName = Enum("DisplayName", {"window": "window", "web": "web", "none": "none"}, type=str)


def camera(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A camera's number or device, an address, or a film (see below)."
        ),
    ] = "0",
    list_them: Annotated[
        bool, typer.Option("--list", help="List the cameras of this machine, and end.")
    ] = False,
    display: Annotated[
        DisplayName, typer.Option(help="Show it in a window, in the browser, or not at all.")
    ] = DisplayName.web,
    record: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write what is shown: .mp4, .m4v, .mov, .mkv (H.264), .webm (VP9)."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let the recording replace a file.")
    ] = False,
    width: options.Width = None,
    height: options.Height = None,
    fps: options.Fps = None,
    loop: options.Loop = False,
    credentials: options.Credentials = None,
    rtsp_transport: options.Transport = options.TRANSPORT,
    patience: options.Patience = 5.0,
    model: options.Model = DEFAULT_MODEL,
    threads: options.Threads = None,
    saturation: options.Saturation = 1.0,
    smoothing: options.Smoothing = DEFAULT_SMOOTHING,
    accelerator: options.Accelerator = options.ACCELERATOR,
    delegate: options.Delegate = None,
    retries: options.Retries = None,
    host: Annotated[str, typer.Option(help="Where --display web is served.")] = "127.0.0.1",
    port: options.Port = 8000,
) -> int:
    """Colour a live camera: watch it in the browser or a window, record it, or both.

    A lost camera is opened again, at growing intervals up to 10 s; the newest frame wins, so that
    delay does not build up. ctrl-C ends it, and finishes the recording.

    \b
    SOURCE is one of
      0, /dev/video0          a USB or V4L2 camera; a link to one, as --list shows, keeps its name
      picamera, picamera:1    a Raspberry Pi camera
      rtsp://…, http://…      a network camera, or one that gives a JPEG at each request
      gst:PIPELINE            a GStreamer pipeline, where OpenCV has it
      night.mp4               a film, played as if live

    \b
    Examples:
      tintlite camera
      tintlite camera --list
      tintlite camera 0 --width 1280 --height 720 --fps 30 --model nano
      tintlite camera picamera --display none --record garden.mp4
      tintlite camera rtsp://192.168.1.20/stream --retries 10

    \b
    Exit code: 0 ended by ctrl-C or at a film's end, 1 something failed, 2 wrong usage.
    """
    if list_them:
        return _show_cameras()
    from edge_runtime.cli.watch import watch
    from edge_runtime.live.make_view import ViewOptions

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
    if display == DisplayName.web:
        from edge_runtime.serve.limits import Limits
        from edge_runtime.serve.listener import listen

        listener = listen(host, port, os.environ.get(TOKEN_VARIABLE) or None)
        return show_page(source, viewing, listener, Limits(), record=record, overwrite=overwrite)
    if display == DisplayName.window:
        from edge_runtime.live.window import check_window, show_window

        check_window()
        return watch(source, viewing, show_window, record, overwrite)
    return watch(source, viewing, _wait, record, overwrite, rates=True)


def _wait(view: "LiveView") -> None:
    """Let it go on until it ends."""
    from edge_runtime.cli.watch import OVER

    number = 0
    while view.status().state not in OVER:
        frame = view.wait_frame(number, 0.5)
        number = number if frame is None else frame.number


def _show_cameras() -> int:
    """Print a line for each camera of this machine; returns the exit code."""
    from edge_runtime.live.list_cameras import list_cameras

    found = list_cameras()
    for camera in found:
        print(one_line("  ".join(filter(None, (camera.device, camera.name, camera.lasting)))))
        if camera.problem:
            print(one_line(f"  {camera.problem}"))
    if not found:
        complain("no USB or V4L2 camera was found")
    return OK if found else FAILED
