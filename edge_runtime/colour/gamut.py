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

_PIXEL = np.dtype("V12")  # three float32

_DELTA = np.float32(6 / 29)
_SLOPE = 3 * (6 / 29) ** 2


class Gamut:
    """The colours that linear red, green and blue in 0..1 make."""

    def __init__(self, to_rgb: np.ndarray):
        """Take the primaries.

        Args:
            to_rgb: from X, Y and Z over white to linear light, float [3, 3]; its rows sum to 1.
        """
        self._to_rgb = to_rgb

    def linear_of(
        self, fx: np.ndarray, fy: np.ndarray, fz: np.ndarray, y: np.ndarray | None = None
    ) -> np.ndarray:
        """Linear light of colours, with less chroma where they are out of gamut.

        Some bright yellows (L* 93 to 97) are inside, outside and inside again on their way from
        grey: they keep what is before the first edge, or all where they are inside themselves.

        Args:
            fx, fy, fz: CIE's f of X, Y and Z over white, float32 [n, W] each.
            y: Y over white, of the same kind, where it is known.
        Returns:
            float32 [n, W, 3], beyond 0..1 by what the rounding and the table's steps make.
        """
        linear = self._linear(fx, _undo_f(fy) if y is None else y, fz)
        values = linear.reshape(-1)
        # Twice as fast as inRange.
        beyond = values < -_SLACK
        beyond |= values > 1 + _SLACK
        outside = np.flatnonzero(beyond)
        if len(outside):
            outside //= 3
            outside = outside[np.append(True, outside[1:] != outside[:-1])]
            fx, fy, fz = self._reduced(
                *(np.take(plane, outside)[:, None] for plane in (fx, fy, fz))
            )
            # A pixel is one thing to NumPy: twice as fast as three.
            pixels = values.view(_PIXEL)
            pixels[outside] = self._linear(fx, _undo_f(fy), fz).reshape(-1).view(_PIXEL)
        return linear

    def _linear(self, fx: np.ndarray, y: np.ndarray, fz: np.ndarray) -> np.ndarray:
        """float32 [n, W, 3] of [n, W] each."""
        return cv2.transform(cv2.merge([_undo_f(fx), y, _undo_f(fz)]), self._to_rgb)

    def _reduced(
        self, fx: np.ndarray, fy: np.ndarray, fz: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """f with as much chroma as is in gamut: float32 [k, 1] each; fx and fz are used up."""
        fx -= fy
        fz -= fy
        length = np.abs(fx)
        length *= 500
        length += np.abs(fz) * 200
        # From (a*, b*) = (1, 0) by (0, 1), (-1, 0) and (0, -1) round; b* falls where fz grows.
        turn = fx * (500 * DIRECTIONS / 4)
        turn /= length
        column = np.where(fz <= 0, DIRECTIONS / 4 - turn, 3 * DIRECTIONS / 4 + turn)
        row = fy * (116 * LEVELS / 100)
        row -= 16 * LEVELS / 100
        left = np.minimum(np.trunc(column), DIRECTIONS - 1)
        top = np.minimum(np.trunc(row), LEVELS - 1)
        column -= left
        row -= top
        top *= DIRECTIONS
        top += left
        found = np.take(self._cells, top.astype(np.intp)).view(np.float32)
        share = found[:, 3:] * column
        share += found[:, 2:3]
        share *= row
        share += found[:, 1:2] * column
        share += found[:, :1]
        share /= length
        np.minimum(share, 1, out=share)
        fx *= share
        fz *= share
        fx += fy
        fz += fy
        return fx, fy, fz

    @cached_property
    def _cells(self) -> np.ndarray:
        """Between four entries of `_longest`: v, and what a column, a row and both add.

        Four float32 each that are one complex number, so that they are looked up at once:
        complex128 [LEVELS * DIRECTIONS].
        """
        longest = self._longest
        along = np.diff(longest, axis=1)
        parts = (
            longest[:-1, :-1],
            along[:-1],
            np.diff(longest, axis=0)[:, :-1],
            np.diff(along, axis=0),
        )
        return np.stack(parts, axis=-1).reshape(-1).view(np.complex128)

    @cached_property
    def _longest(self) -> np.ndarray:
        """The largest |a*| + |b*| in gamut: float32 [LEVELS + 1, DIRECTIONS + 1].

        Directions go in straight lines from (a*, b*) = (1, 0) by (0, 1), (-1, 0) and (0, -1) round.
        """
        fy = (np.linspace(0, 100, LEVELS + 1)[:, None] + 16) / 116
        turn = np.linspace(0, 4, DIRECTIONS + 1)
        a, b = np.abs(turn - 2) - 1, 1 - np.abs((turn + 1) % 4 - 2)
        y = _exactly(fy)
        longest, part = np.zeros((LEVELS + 1, DIRECTIONS + 1)), _MOST
        for _ in range(_HALVINGS):
            part /= 2
            tried = longest + part
            x, z = _exactly(fy + tried * a / 500), _exactly(fy - tried * b / 200)
            held = True
            for of_x, of_y, of_z in self._to_rgb:
                held &= np.abs(of_x * x + of_y * y + of_z * z - 0.5) <= 0.5
            longest += part * held
        return longest.astype(np.float32)


def _undo_f(f: np.ndarray) -> np.ndarray:
    """X / Xn of f(X / Xn), the inverse of CIE's f. float32 of any shape, which stays."""
    if f.min() > _DELTA:
        return cv2.pow(f, 3)
    # From there on down it is the tangent of the cube: no pixel needs a branch.
    above = np.maximum(f, _DELTA)
    x = cv2.pow(above, 3)
    below = np.subtract(f, above, out=above)
    return cv2.scaleAdd(below, _SLOPE, x, x)


def _exactly(f: np.ndarray) -> np.ndarray:
    """As `_undo_f`, in float64."""
    return np.where(f > 6 / 29, f * f * f, 3 * (6 / 29) ** 2 * (f - 4 / 29))
