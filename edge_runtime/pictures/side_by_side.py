"""Before and after in one picture."""

from dataclasses import replace

import numpy as np

from edge_runtime.pictures.picture import Picture

_GAP_PART = 0.02  # of the longer side


def width_beside(width: int, height: int) -> int:
    """How wide the two pictures and the gap between them are, in pixels."""
    return 2 * width + _gap(width, height)


def side_by_side(before: np.ndarray, after: Picture) -> Picture:
    """A picture with the grey on the left, the colour on the right, and a white gap between.

    Args:
        before: sRGB [H, W, 3] of the dtype and size of `after`.
        after: the coloured picture.
    Returns:
        [H, 2 W + gap, 3]; alpha, where there is one, is repeated and the gap is opaque.
    """
    height, width = before.shape[:2]
    gap = _gap(width, height)
    white = np.iinfo(before.dtype).max
    pixels = np.full((height, 2 * width + gap, 3), white, before.dtype)
    pixels[:, :width] = before
    pixels[:, width + gap :] = after.pixels
    alpha = None
    if after.alpha is not None:
        alpha = np.full(pixels.shape[:2], white, before.dtype)
        alpha[:, :width] = after.alpha
        alpha[:, width + gap :] = after.alpha
    return replace(after, pixels=pixels, alpha=alpha)


def _gap(width: int, height: int) -> int:
    return max(1, round(_GAP_PART * max(height, width)))
