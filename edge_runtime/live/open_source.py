"""Choose the kind of a source by the text that names it."""

import re
import stat
from pathlib import Path

from edge_runtime.live.address import is_address
from edge_runtime.live.list_cameras import device_number
from edge_runtime.live.source import READ_TIMEOUT, Source, SourceError

_PICAMERA = re.compile(r"picamera(?::(\d{1,2}))?")
_CAMERA = re.compile(r"(?:/dev/video)?(\d{1,3})")
_GSTREAMER = "gst:"


def open_source(
    spec: str,
    *,
    width: int | None = None,
    height: int | None = None,
    fps: float | None = None,
    loop: bool = False,
    patience: float | None = None,
    transport: str = "auto",
) -> Source:
    """Open what a text names.

    Args:
        spec: `0` or `/dev/video0`, or a link to one as /dev/v4l/by-id/…, `picamera` or
            `picamera:1`, `gst:PIPELINE`, an address as `rtsp://…` or `http://…`, or the path of a
            film, which is played as if live.
        width, height, fps: asked of a camera; pipelines and films have their own, and so have
            addresses, but for `fps` where single pictures are asked for.
        loop: whether a film begins again at its end.
        patience: how long an address may take for a frame, in seconds; None for the usual.
        transport: of RTSP: auto, tcp or udp.
    Raises:
        SourceError: it cannot be opened.
    """
    if not spec:
        raise SourceError("the name of the source is empty")
    if match := _CAMERA.fullmatch(spec):
        from edge_runtime.live.opencv_source import open_device

        return open_device(int(match[1]), width=width, height=height, fps=fps)
    if match := _PICAMERA.fullmatch(spec):
        from edge_runtime.live.picamera_source import PicameraSource

        return PicameraSource(int(match[1] or 0), width=width, height=height, fps=fps)
    if spec.startswith(_GSTREAMER):
        from edge_runtime.live.opencv_source import open_pipeline

        return open_pipeline(spec.removeprefix(_GSTREAMER))
    if not is_address(spec):
        # Looked up at each opening: a camera that was plugged in again has another number.
        number = device_number(spec)
        if number is not None:
            from edge_runtime.live.opencv_source import open_device

            return open_device(number, width=width, height=height, fps=fps, name=spec)
        _check_file(spec)
    from edge_runtime.live.stream_source import StreamSource

    stream = StreamSource(spec, loop=loop, patience=patience, transport=transport)
    if spec.lower().startswith("http") and stream.jpegs:
        return _snapshots(spec, stream, fps, READ_TIMEOUT if patience is None else patience)
    return stream


def _snapshots(address: str, stream: Source, fps: float | None, patience: float) -> Source:
    """What polls an address that gives single pictures; `stream` where they never end."""
    from edge_runtime.live.snapshot_source import SnapshotSource

    try:
        snapshots = SnapshotSource(address, fps=fps, patience=patience)
    except SourceError:
        if stream.live:  # a stream that takes one viewer, say: what is open is good
            return stream
        stream.close()
        raise
    unused = stream if snapshots.single else snapshots
    unused.close()
    return snapshots if snapshots.single else stream


def _check_file(path: str) -> None:
    """See that a path leads to a file that has something in it.

    Raises:
        SourceError: it does not.
    """
    try:
        status = Path(path).stat()
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file or camera") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{path}: not a file")
    if status.st_size == 0:
        raise SourceError(f"{path}: the file is empty")
