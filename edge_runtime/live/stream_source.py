"""Films played as if live, and cameras at an address (RTSP, HTTP and what else FFmpeg speaks)."""

import errno
import re
import time
from collections.abc import Iterator

import av
import numpy as np

from edge_runtime.live.address import is_address, without_passwords
from edge_runtime.live.luma import luma_to_grey
from edge_runtime.live.source import (
    MAX_FRAME_PIXELS,
    READ_TIMEOUT,
    GuardedSource,
    SourceError,
    reason,
)
from edge_runtime.video.orientation import turns_of
from edge_runtime.video.planes import plane
from edge_runtime.video.signal import signal_of

# Seconds for connecting and for finding out what comes, each; more for who is more patient.
OPEN_TIMEOUT = 6.0

# A film that falls behind by more than this goes on from where it is, and does not race.
_MOST_BEHIND = 1.0

_LOW_DELAY = {"fflags": "nobuffer", "flags": "low_delay"}

# What cameras answer that do not want TCP: FFmpeg's word for "461 Unsupported transport", and the
# other refusals of what was asked.
_UNSUPPORTED = errno.EPROTONOSUPPORT
_REFUSED = (av.error.HTTPBadRequestError, av.error.HTTPOtherClientError, av.error.HTTPServerError)

# FFmpeg's names of a single JPEG, the second by its address, and of JPEGs one behind the other.
_JPEGS = ("jpeg_pipe", "image2")

# Formats whose first plane is 8-bit luma, to be taken as it is; all others are converted.
_LUMA_FIRST = re.compile(r"yuvj?a?\d{3}p|nv\d{2}|gray")


class StreamSource(GuardedSource):
    """A film or an address, read by FFmpeg through PyAV.

    What has a length is a recording, and is played at its own timestamps; what has none is live.
    """

    def __init__(
        self,
        place: str,
        *,
        loop: bool = False,
        patience: float | None = None,
        transport: str = "auto",
    ):
        """Open it.

        Args:
            place: the path of a film, or an address.
            loop: whether a recording begins again at its end.
            patience: how long an address may take for a frame, in seconds; None for the usual.
            transport: how RTSP's pictures come, `auto`, `tcp` or `udp`; auto is TCP, and UDP
                where the camera refuses that: over UDP a lost packet smears them.
        Raises:
            SourceError: not there, not a film, without pictures, or no answer in time.
        """
        super().__init__()
        self.description = without_passwords(place)
        address = is_address(place)
        self._loop = loop
        self._patience = READ_TIMEOUT if patience is None else patience
        self._opening = max(OPEN_TIMEOUT, patience or 0)
        self._decoded = 0
        self._start: float | None = None  # of the monotonic clock, where the timestamps are 0
        if place.lower().startswith("rtsp"):
            self._container = self._open_rtsp(place, transport)
        else:
            self._container = self._open(place, _LOW_DELAY if address else {})
        try:
            self._stream = self._choose()
        except BaseException:
            self._container.close()
            raise
        self.live = address and not self._container.duration
        self._frames = self._decode()

    @property
    def jpegs(self) -> bool:
        """Whether it is JPEGs and nothing else: a stream of them, or just one."""
        kind, codec = self._container.format.name, self._stream.codec_context.name
        return kind in _JPEGS and codec == "mjpeg"

    def _open_rtsp(self, address: str, transport: str) -> av.container.InputContainer:
        """Open a camera over TCP, or over UDP, which is told in its description.

        Raises:
            SourceError: as for `_open`.
        """
        name = self.description
        if transport != "udp":
            self.description = f"{name} over TCP"
            try:
                return self._open(address, _LOW_DELAY | {"rtsp_transport": "tcp"})
            except SourceError as error:
                cause = error.__context__
                refused = getattr(cause, "errno", 0) == _UNSUPPORTED or isinstance(cause, _REFUSED)
                if transport == "tcp" or not refused:
                    raise
        self.description = f"{name} over UDP"
        return self._open(address, _LOW_DELAY | {"rtsp_transport": "udp"})

    def _open(self, place: str, options: dict[str, str]) -> av.container.InputContainer:
        """Open a film or an address.

        Raises:
            SourceError: it cannot be opened.
        """
        address = is_address(place)
        began = time.monotonic()
        try:
            return av.open(
                place,
                options=options,
                timeout=(self._opening, self._patience) if address else None,
                metadata_errors="replace",
            )
        except (av.error.FFmpegError, OSError, ValueError) as error:
            late = address and time.monotonic() - began >= self._opening
            why = f"no answer for {self._opening:g} s" if late else _reason(error, self._patience)
            raise SourceError(f"{self.description}: {why}") from None

    def _choose(self) -> av.VideoStream:
        """The stream of pictures.

        Raises:
            SourceError: there is none, or its pictures are too large.
        """
        if not self._container.streams.video:
            raise SourceError(f"{self.description}: holds no moving pictures")
        stream = self._container.streams.video[0]
        if stream.codec_context is None:
            raise SourceError(f"{self.description}: its kind of video cannot be decoded")
        if stream.codec_context.width * stream.codec_context.height > MAX_FRAME_PIXELS:
            raise SourceError(f"{self.description}: its pictures are too large")
        # Also for what comes later: a stream may change its size as it goes.
        stream.codec_context.options = {"max_pixels": str(MAX_FRAME_PIXELS)}
        return stream

    def _read(self) -> np.ndarray | None:
        try:
            frame = next(self._frames, None)
        except (av.error.FFmpegError, OSError) as error:
            raise SourceError(f"{self.description}: {_reason(error, self._patience)}") from None
        if frame is None:
            if not self._decoded:
                raise SourceError(f"{self.description}: none of its pictures can be decoded")
            return None
        if not self.live:
            self._wait_for(frame.time)
        return frame_to_grey(frame, self._stream.codec_context)

    def _decode(self) -> Iterator[av.VideoFrame]:
        while True:
            before = self._decoded
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    continue  # damaged on its way: the next key frame mends it
                for frame in frames:
                    self._decoded += 1
                    yield frame
            if not self._loop or self.live or self._decoded == before:
                return
            self._container.seek(0)
            self._start = None

    def _wait_for(self, seconds: float | None) -> None:
        """Wait until a timestamp of a recording is due."""
        if seconds is None:
            return
        now = time.monotonic()
        if self._start is None or now - self._start - seconds > _MOST_BEHIND:
            self._start = now - seconds
        self._closing.wait(max(0.0, self._start + seconds - now))

    def _release(self) -> None:
        self._container.close()


def frame_to_grey(frame: av.VideoFrame, context: av.VideoCodecContext) -> np.ndarray:
    """The grey picture of a frame from a decoder: uint8 [H, W], turned as its file says."""
    if _LUMA_FIRST.fullmatch(frame.format.name):
        luma = plane(frame, 0)[: frame.height, : frame.width]
        grey = luma_to_grey(luma, signal_of(frame, context, depth=8).full)
    else:
        grey = frame.to_ndarray(format="gray")
    return np.ascontiguousarray(np.rot90(grey, turns_of(frame)))


def _reason(error: Exception, patience: float) -> str:
    if isinstance(error, av.error.ExitError):  # PyAV's own timeout
        return f"no answer for {patience:g} s"
    if isinstance(error, av.error.InvalidDataError | av.error.DemuxerNotFoundError):
        return "not a video"
    return reason(error)
