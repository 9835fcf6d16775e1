"""Chroma planes from a picture's luma and low-resolution ab.

Exact CIE Lab as in `compose.py`, strip by strip: the colour that grey of this luma gets from a*
and b* at its own L*, with less chroma where the film's primaries do not hold it, then Cb and Cr of
that colour in the film's matrix (ITU-R BT.601, BT.709, BT.2020). The luma itself is not changed: it
passes through as it is. So a film's L* rises with chroma, in gamut as well, for luma is made of
encoded light: that colour's own luma is below that of the grey.
"""

import cv2
import numpy as np

from edge_runtime.colour import cielab
from edge_runtime.colour.gamut import Gamut
from edge_runtime.video.luma import grey_levels
from edge_runtime.video.signal import BT2020_PRIMARIES, Signal

# About 32 thousand pixels a strip: its float32 planes (128 kB each) stay in a second-level cache.
STRIP_PIXELS = 1 << 15

# Linear light of BT.709 primaries in those of BT.2020 (ITU-R BT.2087-0, 2.2).
_BT709_TO_BT2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)
_BT2020 = Gamut(
    (
        _BT709_TO_BT2020 / _BT709_TO_BT2020.sum(1, keepdims=True) @ cielab.XYZ_OVER_WHITE_TO_RGB
    ).astype(np.float32)
)

# sRGB as 1.055 * p + a constant (IEC 61966-2-1): p is what is computed, the constant cancels in
# chroma, whose weights sum to 0. Below the linear part's end, p grows as 12.92 * linear does.
_LINEAR_END = np.float32(0.0031308)
_DARK_SLOPE = 12.92 / 1.055


class ChromaMaker:
    """Computes the chroma planes of a film's frames."""

    def __init__(self, signal: Signal):
        """Prepare the tables.

        Args:
            signal: how luma and chroma are coded.
        """
        self._signal = signal
        self._y = cielab.srgb_to_linear(grey_levels(signal))
        self._f = cielab.f_of_linear(self._y)
        self._gamut = _BT2020 if signal.primaries == BT2020_PRIMARIES else cielab.SRGB
        red, blue = signal.weights
        green = 1 - red - blue
        # Cb = (B - Y) / (2 - 2 Kb), Cr = (R - Y) / (2 - 2 Kr), in levels; the last is added.
        # The third row is nobody's: OpenCV makes three of three in a sixth of the time of two.
        span = 1.055 * signal.chroma_span
        self._to_chroma = np.array(
            [
                [*np.array([-red, -green, 1 - blue]) * (span / (2 - 2 * blue)), signal.neutral],
                [*np.array([1 - red, -green, -blue]) * (span / (2 - 2 * red)), signal.neutral],
                [0, 0, 0, 0],
            ]
        )

    def fill(self, half: np.ndarray, ab: np.ndarray, cb: np.ndarray, cr: np.ndarray) -> None:
        """Write the chroma of a frame.

        ab is upsampled bilinearly with half-pixel centres; colours that the primaries do
        not hold keep hue and get as much chroma as fits.

        Args:
            half: uint8 or uint16 [h, w], luma at the size of the chroma planes.
            ab: float32 [h', w', 2], a* and b* of the whole frame.
            cb, cr: uint8 or uint16 [h, w]; written.
        """
        height, width = half.shape
        # In units of f: f(X) = f(Y) + a* / 500, f(Z) = f(Y) - b* / 200 (CIE 15:2004, 8.2.1).
        step_x, step_z = (
            cv2.resize(
                np.ascontiguousarray(ab[..., channel] * np.float32(scale)),
                (width, height),
                interpolation=cv2.INTER_LINEAR,
            )
            for channel, scale in ((0, 1 / 500), (1, -1 / 200))
        )
        count = max(1, STRIP_PIXELS // width)
        for top in range(0, height, count):
            rows = np.s_[top : top + count]
            chroma = self._strip(half[rows], step_x[rows], step_z[rows])
            cb[rows], cr[rows] = chroma[..., 0], chroma[..., 1]

    def _strip(self, half: np.ndarray, step_x: np.ndarray, step_z: np.ndarray) -> np.ndarray:
        """The chroma levels [n, w, 3] of a strip, of which two are its; the steps are used up."""
        y, f = self._look_up(self._y, half), self._look_up(self._f, half)
        step_x += f
        step_z += f
        encoded = _encode(self._gamut.linear_of(step_x, f, step_z, y))
        return self._quantize(cv2.transform(encoded, self._to_chroma))

    @staticmethod
    def _look_up(table: np.ndarray, levels: np.ndarray) -> np.ndarray:
        # OpenCV's look-up is twice as fast, and knows 8 bits only.
        return cv2.LUT(levels, table) if levels.dtype == np.uint8 else np.take(table, levels)

    def _quantize(self, chroma: np.ndarray) -> np.ndarray:
        if self._signal.depth == 8:
            # It takes the absolute value: no colour is further below 0 than the gamut's rounding.
            return cv2.convertScaleAbs(chroma)
        np.rint(chroma, out=chroma)
        return np.clip(chroma, 0, (1 << self._signal.depth) - 1, out=chroma).astype(np.uint16)


def _encode(linear: np.ndarray) -> np.ndarray:
    """sRGB of linear light from 0 on, as p of 1.055 p + a constant; the input is used up."""
    # Below the end a line, above it a curve, and one of them stands still: no pixel needs a branch.
    curve = np.maximum(linear, _LINEAR_END)
    cv2.pow(curve, 1 / 2.4, curve)
    line = np.clip(linear, 0, _LINEAR_END, out=linear)
    return cv2.scaleAdd(line, _DARK_SLOPE, curve, curve)
