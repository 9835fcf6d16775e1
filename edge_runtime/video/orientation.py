"""Which way up a film is: the display matrix that its frames bring along."""

import av
import numpy as np
from av.sidedata.sidedata import Type


def display_matrix(frame: av.VideoFrame) -> tuple[int, ...] | None:
    """The 9 numbers of a frame's display matrix, as FFmpeg lays them out, or None."""
    data = frame.side_data.get(Type.DISPLAYMATRIX)
    return None if data is None else tuple(np.frombuffer(bytes(data), np.int32).tolist())


def turns_of(frame: av.VideoFrame) -> int:
    """How often a frame is turned by 90 degrees, against the clock, to stand upright: 0 to 3.

    For many frames: whoever asks a frame of PyAV for its side data ties it into a cycle, and it is
    held until Python's collector comes by, some hundred frames later.
    """
    angle = frame.rotation
    # Of a matrix without any extent it is no angle.
    return round(angle / 90) % 4 if abs(angle) <= 180 else 0
