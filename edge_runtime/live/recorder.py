"""Record a live view as it is shown, frame by frame at the times at which the frames came."""

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from edge_runtime.errors import TintLiteError
from edge_runtime.live.fragments import trim_fragments
from edge_runtime.live.live_view import LiveFrame, LiveView
from edge_runtime.live.source import reason

_TICKS = 90_000  # a second, as MPEG counts
_KEY_SECONDS = 2.0  # at most between two key frames: seeking, and what a power cut may cost
_POLL = 0.3  # seconds after which a request to stop is seen at the latest

# ITU-T H.273: BT.709 primaries, transfer and matrix; video range. They say how to show the colours.
_BT709 = 1
_VIDEO_RANGE = 1


class RecordError(TintLiteError):
    """A recording that cannot be begun."""


@dataclass(frozen=True)
class _Container:
    """How FFmpeg writes files of one ending."""

    format: str
    codec: str
    options: Mapping[str, str] = field(default_factory=dict)
    codec_options: Mapping[str, str] = field(default_factory=dict)


# Fragments: memory does not grow with the length, and what is on the disk plays after a power cut.
_FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
_H264 = {"preset": "veryfast", "tune": "zerolatency", "crf": "20"}
_VP9 = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "crf": "30", "b": "0"}
_CONTAINERS = {
    ".mp4": _Container("mp4", "libx264", _FRAGMENTS, _H264),
    ".m4v": _Container("mp4", "libx264", _FRAGMENTS, _H264),
    ".mov": _Container("mov", "libx264", _FRAGMENTS, _H264),
    ".mkv": _Container("matroska", "libx264", {}, _H264),
    ".webm": _Container("webm", "libvpx-vp9", {}, _VP9),
}


class Recorder:
    """Writes the coloured frames of a view into a film, in a thread of its own.

    It looks at the view as any viewer does: where encoding is slower than colouring, frames are
    left out of the film, and nothing waits for it. The film is written beside its place under a
    hidden name, and gets its own when it is whole.

    Attributes:
        path: where the film will be.
        frames: how many frames it has so far.
        seconds: from its first frame to its last one.
        problem: why it ended early, in one sentence, or an empty text.
    """

    def __init__(
        self,
        view: LiveView,
        path: Path,
        *,
        overwrite: bool = False,
        on_problem: Callable[[str], None] | None = None,
    ):
        """See that it can be written, and put an unfinished file beside its place.

        Args:
            view: whose frames are recorded.
            path: the film; its ending chooses the format.
            overwrite: whether a file of that name is replaced.
            on_problem: is told at once why a recording has ended early; in another thread.
        Raises:
            RecordError: an unknown ending, a file that exists, a folder that cannot be written to.
        """
        self.path = path
        self.frames = 0
        self.seconds = 0.0
        self.problem = ""
        self._view = view
        self._overwrite = overwrite
        self._on_problem = on_problem
        self._kind = _kind_of(path)
        if not overwrite and os.path.lexists(path):
            raise RecordError(f"{path}: exists already (--overwrite replaces it)")
        if path.is_dir():
            raise RecordError(f"{path}: is a folder")
        self._unfinished = path.with_name(f".tintlite-{secrets.token_hex(8)}.part")
        try:
            self._unfinished.open("xb").close()
        except OSError as error:
            raise RecordError(f"{path}: cannot be written: {error.strerror}") from None
        self._stopping = threading.Event()
        self._film: _Film | None = None
        self._thread = threading.Thread(target=self._run, name="tintlite-recorder", daemon=True)

    def start(self) -> None:
        """Begin to record; returns at once. To be called once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the film and give it its name. Calling it twice does no harm."""
        self._stopping.set()
        if self._thread.ident is None:
            self._unfinished.unlink(missing_ok=True)
        else:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._record()
        except Exception as error:  # whatever happens here, the view goes on
            self._tell(f"the recording has ended: {reason(error)}")
        try:
            self._finish()
        except Exception as error:
            self._tell(f"not finished: {reason(error)}")

    def _tell(self, problem: str) -> None:
        """The first problem is the one that counts; what follows comes of it."""
        if not self.problem:
            self.problem = f"{self.path}: {problem}"
            if self._on_problem is not None:
                self._on_problem(self.problem)

    def _record(self) -> None:
        number = 0
        while not self._stopping.is_set():
            frame = self._view.wait_frame(number, _POLL)
            if frame is None:
                if self._view.status().state in ("ended", "stopped"):
                    return
                continue
            number = frame.number
            if self._film is None:
                self._film = _Film(self._unfinished, self._kind, frame)
            self._film.add(frame)
            self.frames += 1
            self.seconds = frame.captured - self._film.begin

    def _finish(self) -> None:
        """Close the film; what of it is whole gets its name."""
        film, self._film = self._film, None
        try:
            if film is not None:
                film.close()
        except OSError as error:
            self._tell(f"the recording has ended: {reason(error)}")
        if self.problem and self._kind.options == _FRAGMENTS:
            trim_fragments(self._unfinished)
        if not self.frames or not self._unfinished.stat().st_size:
            self._unfinished.unlink()
            # Not told: why no picture came is the source's to say.
            self.problem = self.problem or f"{self.path}: no picture came, nothing was recorded"
            return
        with self._unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        self._give_name()

    def _give_name(self) -> None:
        """Rename, and replace only what may be replaced."""
        if self._overwrite:
            self._unfinished.replace(self.path)
            return
        try:
            os.link(self._unfinished, self.path)  # fails where there is a file, unlike a rename
        except FileExistsError:
            kept = self._unfinished.with_suffix(self.path.suffix)
            self._unfinished.rename(kept)
            self._tell(f"exists by now; the recording is in {kept}")
        except OSError:  # the file systems of USB sticks have no links
            self._unfinished.rename(self.path)
        else:
            self._unfinished.unlink()


class _Film:
    """The file that is being written: one stream of pictures, of the first frame's size."""

    def __init__(self, path: Path, kind: _Container, frame: LiveFrame):
        height, width = frame.grey.shape
        self.begin = frame.captured
        # 4:2:0 halves both sides.
        self._size = (width + width % 2, height + height % 2)
        self._last = -1
        self._key = 0
        self._container = av.open(str(path), "w", format=kind.format, options=dict(kind.options))
        self._stream = stream = self._container.add_stream(
            kind.codec, rate=30, options=dict(kind.codec_options)
        )
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
        context = stream.codec_context
        context.color_range = _VIDEO_RANGE
        context.colorspace = context.color_primaries = context.color_trc = _BT709

    def add(self, frame: LiveFrame) -> None:
        """Write a frame at its time.

        Raises:
            OSError: the disk is full.
        """
        picture = av.VideoFrame.from_ndarray(_fit(frame.colour, self._size), format="rgb24")
        picture = picture.reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
        # Two frames never have one time, whatever the clock says.
        self._last = max(round((frame.captured - self.begin) * _TICKS), self._last + 1)
        picture.pts = self._last
        picture.time_base = Fraction(1, _TICKS)
        if self._last - self._key >= _KEY_SECONDS * _TICKS or self._last == 0:
            self._key = self._last
            picture.pict_type = av.video.frame.PictureType.I
        self._container.mux(self._stream.encode(picture))

    def close(self) -> None:
        """Write what is left.

        Raises:
            OSError: the disk is full.
        """
        try:
            self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()


def _kind_of(path: Path) -> _Container:
    kind = _CONTAINERS.get(path.suffix.lower())
    if kind is None:
        endings = ", ".join(_CONTAINERS)
        raise RecordError(f"{path}: a recording's name ends with one of {endings}")
    return kind


def _fit(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture in the film's size: an odd side repeats its edge, another size is scaled in.

    Args:
        picture: uint8 [H, W, 3].
        size: (width, height) of the film.
    Returns:
        uint8 [height, width, 3].
    """
    width, height = size
    rows, columns = picture.shape[:2]
    if (columns + columns % 2, rows + rows % 2) == size:
        return cv2.copyMakeBorder(
            picture, 0, height - rows, 0, width - columns, cv2.BORDER_REPLICATE
        )
    # A camera that came back with another size: as large as fits, on black.
    scale = min(width / columns, height / rows)
    inner = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    whole = np.zeros((height, width, 3), np.uint8)
    top, left = (height - inner[1]) // 2, (width - inner[0]) // 2
    whole[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        picture, inner, interpolation=cv2.INTER_AREA
    )
    return whole
