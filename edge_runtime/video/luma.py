"""The network's view of a frame: its luma plane as lightness."""

from functools import lru_cache

import numpy as np

from edge_runtime.colour import cielab
from edge_runtime.colour.shrink import shrink
from edge_runtime.video.signal import Signal


@lru_cache(maxsize=4)
def grey_levels(signal: Signal) -> np.ndarray:
    """Grey (0..1, sRGB-encoded) of every luma level: float64 [2 ** depth].

    Black and white are those of the signal's range; what lies beyond them is clipped.
    """
    levels = np.arange(1 << signal.depth, dtype=np.float64)
    return np.clip((levels - signal.black) / (signal.white - signal.black), 0, 1)


@lru_cache(maxsize=4)
def _lightness_table(signal: Signal) -> np.ndarray:
    return cielab.lightness_from_luminance(cielab.srgb_to_linear(grey_levels(signal)))


def half_size(luma: np.ndarray) -> np.ndarray:
    """The luma at the size of 4:2:0 chroma planes: means of 2 x 2 pixels.

    Args:
        luma: uint8 or uint16 [H, W].
    Returns:
        the same dtype, [ceil(H / 2), ceil(W / 2)].
    """
    height, width = luma.shape
    return shrink(luma, (height + 1) // 2, (width + 1) // 2)


def lightness_of(
    luma: np.ndarray, half: np.ndarray, shape: tuple[int, int], signal: Signal
) -> np.ndarray:
    """L* of a frame at the size at which the network looks at it.

    Args:
        luma: uint8 or uint16 [H, W].
        half: the same at half size, taken instead where it is larger than `shape`: several times
            as fast, and the mean of means differs from the mean at sharp edges alone.
        shape: (height, width) to reach.
        signal: how luma is coded.
    Returns:
        float32 [height, width], 0..100.
    """
    enough = half.shape[0] >= shape[0] and half.shape[1] >= shape[1]
    return np.take(_lightness_table(signal), shrink(half if enough else luma, *shape))
