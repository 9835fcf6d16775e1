"""Watch a live source until its end, whatever shows it: `tintlite camera` and `tintlite serve`."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import cv2

from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain, end_quietly, say
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, runs_on
from edge_runtime.live.herald import Herald
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.make_view import ViewOptions, make_view
from edge_runtime.live.recorder import Recorder
from edge_runtime.quiet import quiet_libraries

OVER = ("ended", "stopped")


def watch(
    source: str,
    options: ViewOptions,
    show: Callable[[LiveView], None],
    record: str | None,
    overwrite: bool,
    rates: bool = False,
) -> int:
    """Watch a source until it ends, or the user has seen enough.

    Args:
        source: what to watch, as for `open_source`.
        options: how to watch and colour it.
        show: shows the view, which has its first picture, until there is nothing more to see.
        record: a film to write of what is shown, or None.
        overwrite: whether that may replace a file.
        rates: whether lines on rate and delay are printed.
    Returns:
        the exit code.
    Raises:
        TintLiteError: the model, the recording or what `show` needs cannot be had.
    """
    cv2.setNumThreads(options.device.threads)
    # Its warnings about cameras come as our own errors.
    logging = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging  # OpenCV 4, and 5
    logging.setLogLevel(0)
    with quiet_libraries():
        view = make_view(source, options)
    if options.device.accelerator != DEFAULT_ACCELERATOR:
        end_quietly(view.colorizer)
        say(runs_on(view.colorizer.accelerator, view.colorizer.accelerator_note))
    recorder = None
    if record is not None:
        recorder = Recorder(view, Path(record), overwrite=overwrite, on_problem=complain)
    herald = Herald(view, say=say if rates else None, complain=complain)
    opened = False
    try:
        view.start()
        herald.start()
        if recorder is not None:
            recorder.start()
        opened = _opens(view)
        if opened:
            # ctrl-C and SIGTERM are how watching ends: no failure, once there is something to see.
            with suppress(KeyboardInterrupt, SystemExit):
                show(view)
    finally:
        herald.stop()
        if recorder is not None:
            recorder.stop()
            if recorder.frames:
                say(f"recorded {record}: {recorder.frames} frames, {recorder.seconds:.1f} s")
        view.stop()
    status = view.status()
    if status.state == "ended" and (status.message or not opened):
        complain(status.message or f"{status.source}: gives no pictures")
        return FAILED
    return FAILED if recorder is not None and recorder.problem else OK


def _opens(view: LiveView) -> bool:
    """Wait for the first picture; False where none will come."""
    while view.wait_frame(0, 0.5) is None:
        if view.status().state in OVER:
            return False
    return True
