"""Grey pictures out of the luma that cameras and films carry."""

from functools import lru_cache

import cv2
import numpy as np


@lru_cache(maxsize=1)
def _video_range_table() -> np.ndarray:
    """Grey of every luma of video range (ITU-R BT.601: 16 is black, 235 white): uint8 [256]."""
    level = (np.arange(256) - 16) * (255 / 219)
    table = np.clip(np.rint(level), 0, 255).astype(np.uint8)
    table.setflags(write=False)
    return table


def luma_to_grey(luma: np.ndarray, full_range: bool) -> np.ndarray:
    """A grey picture of its own memory from a plane of luma.

    Args:
        luma: uint8 [H, W], of any strides; often a view into a buffer that is soon used again.
        full_range: whether black is 0 and white 255; otherwise they are 16 and 235.
    Returns:
        uint8 [H, W], contiguous.
    """
    if full_range:
        return np.array(luma, order="C")
    return cv2.LUT(np.ascontiguousarray(luma), _video_range_table())
