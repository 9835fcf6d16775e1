"""What the numbers of a film's luma and chroma mean: matrix, range and depth.

The codes are those of ITU-T H.273, which FFmpeg uses.
"""

from dataclasses import dataclass

import av

# Luma weights of red and blue by matrix code: BT.709, FCC, BT.470 BG and SMPTE 170M (both BT.601),
# SMPTE 240M, BT.2020 (ITU-T H.273, table 4).
_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
BT709, UNSPECIFIED, SMPTE170M = 1, 2, 6
BT2020_PRIMARIES = 9
LIMITED, FULL = 1, 2

# Players take what is not tagged for BT.601 up to the size of PAL, and for BT.709 above.
_LARGEST_SD = (1024, 576)

# Decoders of these give grey for a picture without chroma planes, in the range of their others.
_YUV_CODECS = {"h264", "hevc", "vp9", "av1", "mpeg2video", "mpeg4"}


@dataclass(frozen=True)
class Signal:
    """How luma and chroma are coded.

    Attributes:
        matrix: H.273 code of the matrix, one of those with known luma weights.
        full: whether luma takes all levels (JPEG) or 16 to 235 of 8 bits.
        depth: bits a sample, 8 or 10.
        primaries, transfer: H.273 codes, as the film has them.
    """

    matrix: int
    full: bool
    depth: int = 8
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED

    @property
    def weights(self) -> tuple[float, float]:
        """The parts of red and blue in luma, Kr and Kb."""
        return _WEIGHTS[self.matrix]

    @property
    def black(self) -> int:
        """The luma level of black."""
        return 0 if self.full else 16 << (self.depth - 8)

    @property
    def white(self) -> int:
        """The luma level of white."""
        return (1 << self.depth) - 1 if self.full else 235 << (self.depth - 8)

    @property
    def chroma_span(self) -> int:
        """The levels from the lowest to the highest chroma."""
        return (1 << self.depth) - 1 if self.full else 224 << (self.depth - 8)

    @property
    def neutral(self) -> int:
        """The chroma level of grey."""
        return 1 << (self.depth - 1)


def signal_of(frame: av.VideoFrame, context: av.VideoCodecContext, depth: int) -> Signal:
    """Read a film's signal off its first frame and its decoder; guess as players do.

    Args:
        frame: as decoded.
        context: the decoder, after that frame.
        depth: bits a sample that the work is done with.
    """
    matrix = next((code for code in (frame.colorspace, context.colorspace) if code in _WEIGHTS), 0)
    if not matrix:
        small = frame.width <= _LARGEST_SD[0] and frame.height <= _LARGEST_SD[1]
        matrix = SMPTE170M if small else BT709
    return Signal(
        matrix,
        is_full(frame, context),
        depth,
        int(context.color_primaries or UNSPECIFIED),
        int(context.color_trc or UNSPECIFIED),
    )


def is_full(frame: av.VideoFrame, context: av.VideoCodecContext) -> bool:
    """Whether a film's luma takes all levels, as its first frame, its decoder or its kind say.

    Args:
        frame: as decoded.
        context: the decoder, after that frame.
    """
    name = frame.format.name
    ranges = (frame.color_range, context.color_range)
    tagged = next((code for code in ranges if code in (LIMITED, FULL)), None)
    if name.startswith("yuvj"):
        return True
    if frame.format.is_rgb:
        return False  # it is converted
    if tagged:
        return tagged == FULL
    return name.startswith(("gray", "ya", "mono")) and context.name not in _YUV_CODECS
