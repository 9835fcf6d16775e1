"""Look at a frame's planes, and bring a frame into the pixel format that the work is done in."""

import re
from typing import Any

import av
import numpy as np

from edge_runtime.video.errors import VideoError
from edge_runtime.video.signal import FULL, LIMITED, SMPTE170M, Signal

# Formats whose first plane is luma and nothing else, in the lower bits of each sample.
_LUMA_FIRST = re.compile(r"(yuvj?a?\d{3}p|gray(?!f))(\d+)?(le|be)?|nv\d{2}")


def work_format(depth: int) -> str:
    """FFmpeg's name of the planar 4:2:0 format of a depth, 8 or 10."""
    return "yuv420p" if depth == 8 else f"yuv420p{depth}le"


def plane(frame: av.VideoFrame, index: int) -> np.ndarray:
    """One plane of a planar frame, as a view: uint8 or uint16 [H, W].

    Writing to it writes to the frame, which must be writable.
    """
    part = frame.planes[index]
    deep = frame.format.components[index].bits > 8
    order = ">" if frame.format.name.endswith("be") else "<"
    dtype = np.dtype(f"{order}u2" if deep else "u1")
    stride = abs(part.line_size)
    rows = np.frombuffer(part, np.uint8, count=stride * part.height).reshape(part.height, stride)
    view = rows[:, : part.width * dtype.itemsize].view(dtype)
    # A negative line size: the lowest row comes first in memory.
    return view[::-1] if part.line_size < 0 else view


def deep_picture(frame: av.VideoFrame) -> np.ndarray | None:
    """A frame of grey or RGB levels at 16 bits: uint16 [H, W] or [H, W, 3]; None of other frames.

    Those have luma of a film's range, of 8 or 10 bits.
    """
    name = frame.format.name
    if frame.format.is_rgb or name.startswith("pal8"):
        return frame.reformat(format="rgb48le").to_ndarray()
    if name.startswith("gray16"):
        return frame.reformat(format="gray16le").to_ndarray()
    return None


def luma_depth(frame: av.VideoFrame) -> int:
    """Bits a sample of a frame's luma, or of its colours."""
    return max(component.bits for component in frame.format.components)


class Workbench:
    """Brings the frames of a film into one pixel format and size."""

    def __init__(self, signal: Signal, width: int, height: int, squeeze: bool = False):
        """Set the bench up.

        Args:
            signal: how the luma is to be coded.
            width, height: the size of the frames that come out, in pixels: the film's own, or a
                little more, which is filled by repeating the edge.
            squeeze: whether the film's luma takes all levels and is brought to the limited ones.
        """
        self._signal = signal
        self._size = (width, height)
        self._format = work_format(signal.depth)
        self._film_size: tuple[int, int] | None = None
        self._limited = _limited_levels(signal) if squeeze else None
        self.resized = 0

    def state(self) -> dict[str, np.ndarray]:
        """What is kept of the frames that were seen, for `restore`; empty where there were none."""
        return {"seen": np.array([*self._film_size, self.resized])} if self._film_size else {}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where `state` was asked for."""
        if "seen" in state:
            width, height, self.resized = (int(number) for number in state["seen"])
            self._film_size = width, height

    def prepare(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A frame in the format and size of the bench, its luma untouched.

        Luma of another depth is rounded; of frames without a luma plane (RGB, packed formats) it
        is computed. What the frame says of itself (times, fields, captions) stays with it; the
        chroma is of no meaning.

        Raises:
            VideoError: a pixel format that cannot be converted.
        """
        if self._film_size is None:
            self._film_size = (frame.width, frame.height)
        whole = (frame.width, frame.height) == self._film_size
        if not whole:  # the film changes its size under way
            self.resized += 1
        usual = frame.format.name == self._format and self._limited is None
        if usual and whole and self._film_size == self._size:
            return frame
        try:
            ready = self._convert(frame)
        except (av.FFmpegError, ValueError) as error:
            raise VideoError(
                f"frames of the format {frame.format.name} cannot be converted: {error}"
            ) from None
        if whole and _LUMA_FIRST.fullmatch(frame.format.name):
            self._copy_luma(plane(frame, 0), plane(ready, 0), frame.format.components[0].bits)
        return ready if self._film_size == self._size else self._pad(ready)

    def _convert(self, frame: av.VideoFrame) -> av.VideoFrame:
        """By FFmpeg; planes of luma are copied over its result, which may be of another range."""
        width, height = self._film_size or self._size
        options: dict[str, Any] = {"dst_color_range": FULL if self._signal.full else LIMITED}
        if frame.format.is_rgb:
            options["dst_colorspace"] = "ITU601" if self._signal.matrix == SMPTE170M else "ITU709"
        ready = frame.reformat(width=width, height=height, format=self._format, **options)
        if ready is frame:
            frame.make_writable()
        ready.colorspace = self._signal.matrix
        ready.color_range = FULL if self._signal.full else LIMITED
        return ready

    def _copy_luma(self, luma: np.ndarray, target: np.ndarray, bits: int) -> None:
        fewer = bits - self._signal.depth
        if fewer > 0:
            top = (1 << self._signal.depth) - 1
            rounded = (luma.astype(np.uint32) + (1 << (fewer - 1))) >> fewer
            np.minimum(rounded, top, out=target, casting="unsafe")
        else:
            # By its own dtype, 8 bits would overflow.
            np.left_shift(luma, -fewer, out=target, dtype=target.dtype)
        if self._limited is not None:
            target[:] = self._limited[target]

    def _pad(self, frame: av.VideoFrame) -> av.VideoFrame:
        width, height = self._size
        padded = av.VideoFrame(width, height, self._format)
        luma = plane(frame, 0)
        rows, columns = height - luma.shape[0], width - luma.shape[1]
        plane(padded, 0)[:] = np.pad(luma, ((0, rows), (0, columns)), mode="edge")
        padded.pts, padded.time_base = frame.pts, frame.time_base
        padded.colorspace, padded.color_range = frame.colorspace, frame.color_range
        padded.duration = frame.duration
        return padded


def _limited_levels(signal: Signal) -> np.ndarray:
    """The limited level of each level of full range, at the depth of the work."""
    levels = np.arange(1 << signal.depth)
    limited = signal.black + levels * (signal.white - signal.black) / levels[-1]
    return np.rint(limited).astype(np.uint8 if signal.depth == 8 else np.uint16)
