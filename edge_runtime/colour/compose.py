"""Join a picture's own lightness with low-resolution ab into full-resolution sRGB.

Exact float32 CIE Lab (`colour.py`), strip by strip: the floats of a strip stay in the processor's
cache, and no float copy of the whole picture is ever made. The formulas are those of
`cielab.lab_to_rgb`, with f(Y) taken from a table where the picture is grey.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from edge_runtime.colour import cielab

# About 64 thousand pixels a strip: its float32 planes (256 kB each) fit a second-level cache.
STRIP_PIXELS = 1 << 16


def compose(picture: np.ndarray, ab: np.ndarray, threads: int = 1) -> np.ndarray:
    """Give a picture the colour of low-resolution ab; it keeps its own L*.

    ab is upsampled bilinearly with half-pixel centres; colours outside sRGB keep L* and hue and
    get as much chroma as fits.

    Args:
        picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB, whose lightness is kept.
        ab: float32 [h, w, 2], a* and b* of the whole picture.
        threads: how many strips are worked on at once.
    Returns:
        sRGB [H, W, 3] of the picture's dtype.
    """
    height, width = picture.shape[:2]
    result = np.empty((height, width, 3), picture.dtype)
    # In units of f: f(X) = f(Y) + a* / 500, f(Z) = f(Y) - b* / 200 (CIE 15:2004, 8.2.1).
    steps = np.stack(
        [
            cv2.resize(
                np.ascontiguousarray(ab[..., channel] * np.float32(scale)),
                (width, ab.shape[0]),
                interpolation=cv2.INTER_LINEAR,
            )
            for channel, scale in ((0, 1 / 500), (1, -1 / 200))
        ]
    )

    def work(rows: slice) -> None:
        fx, fz = _upsampled(steps, rows, height)
        _compose_strip(picture[rows], fx, fz, result[rows])

    if threads == 1 or height * width <= STRIP_PIXELS:
        for rows in _strips(height, width):
            work(rows)
    else:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(work, _strips(height, width)):
                pass
    return result


def _strips(height: int, width: int) -> Iterator[slice]:
    rows = max(1, STRIP_PIXELS // width)
    return (slice(top, min(top + rows, height)) for top in range(0, height, rows))


def _upsampled(steps: np.ndarray, rows: slice, height: int) -> np.ndarray:
    """The steps of some rows of `height`, from those of ab's rows: float32 [2, n, W].

    Half-pixel centres: row y lies at (y + 0.5) * h / height - 0.5 of the h rows of ab.
    """
    last = steps.shape[1] - 1
    centres = (np.arange(rows.start, rows.stop) + 0.5) * ((last + 1) / height) - 0.5
    centres = np.clip(centres, 0, last)
    above = np.floor(centres).astype(np.intp)
    part = (centres - above).astype(np.float32)[:, None]
    between = np.empty((2, len(above), steps.shape[2]), np.float32)
    # All rows between the same two at once.
    begins = np.flatnonzero(np.diff(above, prepend=-1))
    for begin, end in zip(begins, [*begins[1:], len(above)], strict=True):
        low = above[begin]
        here = between[:, begin:end]
        np.multiply(steps[:, low, None], 1 - part[begin:end], out=here)
        here += steps[:, min(low + 1, last), None] * part[begin:end]
    return between


def _compose_strip(picture: np.ndarray, fx: np.ndarray, fz: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` from a strip and its steps of f; `fx` and `fz` (float32 [n, W]) are used up."""
    grey = as_grey(picture)
    if grey is None:
        y = cv2.transform(cielab.integer_to_linear(picture), cielab.LUMINANCE[None, :])
        fy = cielab.f_of_linear(y)
    else:
        y, fy = cielab.integer_to_linear(grey), cielab.integer_to_f(grey)
    fx += fy
    fz += fy
    cielab.linear_to_integer(cielab.SRGB.linear_of(fx, fy, fz, y), out)


def as_grey(strip: np.ndarray) -> np.ndarray | None:
    """The one plane [n, W] of a strip whose channels are all equal, else None."""
    if strip.ndim == 2:
        return strip
    red, green, blue = strip[..., 0], strip[..., 1], strip[..., 2]
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(green)
    return None
