"""A picture to compare two engines on."""

import numpy as np


def pattern(size: int) -> np.ndarray:
    """A sky over a wavy ground with a disc: shapes that a network gives colours to.

    Args:
        size: S, in pixels.
    Returns:
        float32 [S, S], a network's input, from -1 to 1.
    """
    y, x = np.mgrid[0:size, 0:size] / max(size - 1, 1)
    disc = (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.09
    lightness = 0.6 * (1 - 2 * y) + 0.25 * np.sin(25 * x * y) + disc * (0.3 * x - 0.4)
    return np.clip(lightness, -1, 1).astype(np.float32)
