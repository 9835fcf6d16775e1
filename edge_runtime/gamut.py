"""Colours that a display cannot show get less chroma, at the same L* and hue.

The most chroma of each lightness and direction is found once, by halving, and kept in a table, for
on photos millions of pixels ask for it. Formulas: CIE 15:2004, 8.2.1; tests/golden/README.md.
"""

from functools import cached_property

import cv2
import numpy as np

# Steps of the table: L* from 0 to 100, and directions once round a grey.
LEVELS, DIRECTIONS = 128, 256

# Linear light beyond 0..1 by no more than this is clipped: less than half a level of 8 bits.
_SLACK = 2.0**-13

_MOST, _HALVINGS = 256.0, 16  # |a*| + |b*|, more than any display has

_DELTA = np.float32(6 / 29)
_SLOPE = np.float32(3 * (6 / 29) ** 2)
_BLACK = np.float32(4 / 29)  # f(0)


class Gamut:
    """The colours that linear red, green and blue in 0..1 make."""

    def __init__(self, to_rgb: np.ndarray):
        """Take the primaries.

        Args:
            to_rgb: from X, Y and Z over white to linear light, float [3, 3]; its rows sum to 1.
        """
        self._to_rgb = to_rgb

    def linear_of(self, f: np.ndarray) -> np.ndarray:
        """Linear light of colours, with less chroma where they are out of gamut.

        Some bright yellows (L* 93 to 97) are inside, outside and inside again on their way from
        grey: they keep what is before the first edge, or all where they are inside themselves.

        Args:
            f: CIE's f of X, Y and Z over white, float32 [n, W, 3].
        Returns:
            float32 [n, W, 3], beyond 0..1 by what the rounding and the table's steps make.
        """
        linear = self._linear(f)
        low, high = -_SLACK, 1 + _SLACK
        if linear.min() < low or linear.max() > high:  # five times as fast as inRange
            outside = np.flatnonzero(cv2.inRange(linear, (low,) * 3, (high,) * 3) == 0)
            inside = self._linear(self._reduced(f.reshape(-1, 1, 3)[outside]))
            linear.reshape(-1, 1, 3)[outside] = inside
        return linear

    def _linear(self, f: np.ndarray) -> np.ndarray:
        """float32 [n, W, 3] of f."""
        xyz = cv2.pow(f, 3)
        if f.min() <= _DELTA:  # from there on down a straight line
            np.copyto(xyz, (f - _BLACK) * _SLOPE, where=f <= _DELTA)
        return cv2.transform(xyz, self._to_rgb)

    def _reduced(self, f: np.ndarray) -> np.ndarray:
        """f with less chroma, as much as is in gamut: float32 [k, 1, 3] each."""
        fx, fy, fz = cv2.split(f)
        fx -= fy
        fz -= fy
        a, b = fx * 500, fz * -200
        length = np.abs(a) + np.abs(b)
        a /= length
        column = np.where(b >= 0, 1 - a, 3 + a) * np.float32(DIRECTIONS / 4)
        row = (116 * fy - 16) * np.float32(LEVELS / 100)
        left = np.minimum(column.astype(np.int32), DIRECTIONS - 1)
        top = np.minimum(row.astype(np.int32), LEVELS - 1)
        column -= left
        row -= top
        corner = top * (DIRECTIONS + 1) + left
        above, below = (
            (1 - column) * np.take(self._longest, place)
            + column * np.take(self._longest, place + 1)
            for place in (corner, corner + DIRECTIONS + 1)
        )
        share = np.minimum(((1 - row) * above + row * below) / length, 1)
        return cv2.merge([fy + share * fx, fy, fy + share * fz])

    @cached_property
    def _longest(self) -> np.ndarray:
        """The largest |a*| + |b*| in gamut: float32 [LEVELS + 1, DIRECTIONS + 1].

        Directions go in straight lines from (a*, b*) = (1, 0) by (0, 1), (-1, 0) and (0, -1) round.
        """
        fy = (np.linspace(0, 100, LEVELS + 1)[:, None] + 16) / 116
        turn = np.linspace(0, 4, DIRECTIONS + 1)
        a, b = np.abs(turn - 2) - 1, 1 - np.abs((turn + 1) % 4 - 2)
        y = _undo_f(fy)
        longest, part = np.zeros((LEVELS + 1, DIRECTIONS + 1)), _MOST
        for _ in range(_HALVINGS):
            part /= 2
            tried = longest + part
            x, z = _undo_f(fy + tried * a / 500), _undo_f(fy - tried * b / 200)
            held = True
            for of_x, of_y, of_z in self._to_rgb:
                held &= np.abs(of_x * x + of_y * y + of_z * z - 0.5) <= 0.5
            longest += part * held
        return longest.astype(np.float32)


def _undo_f(f: np.ndarray) -> np.ndarray:
    """X / Xn of f(X / Xn), the inverse of CIE's f. float64, any shape."""
    return np.where(f > 6 / 29, f * f * f, 3 * (6 / 29) ** 2 * (f - 4 / 29))
