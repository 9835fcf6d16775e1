"""Inputs at the ends of what a network may see."""

import numpy as np

from edge_runtime.engine.pattern import pattern


def extreme_inputs(size: int) -> dict[str, np.ndarray]:
    """Black, white, a checkerboard, noise, and a drawn landscape.

    Args:
        size: S, in pixels.
    Returns:
        By name; float32 [S, S], a network's input, from -1 to 1.
    """
    rows, columns = np.indices((size, size))
    noise = np.random.default_rng(0).uniform(-1, 1, (size, size))
    return {
        "black": np.full((size, size), -1, np.float32),
        "white": np.full((size, size), 1, np.float32),
        "checkerboard": (((rows + columns) % 2) * 2 - 1).astype(np.float32),
        "noise": noise.astype(np.float32),
        "pattern": pattern(size),
    }
