"""Which way up a film is: the display matrix that its frames bring along."""

import math

import av
import numpy as np
from av.sidedata.sidedata import Type


def display_matrix(frame: av.VideoFrame) -> tuple[int, ...] | None:
    """The 9 numbers of a frame's display matrix, as FFmpeg lays them out, or None."""
    data = frame.side_data.get(Type.DISPLAYMATRIX)
    if data is None:
        return None
    matrix = np.frombuffer(bytes(data), np.int32)
    return tuple(int(value) for value in matrix) if len(matrix) == 9 else None


def quarter_turns(matrix: tuple[int, ...] | None) -> int:
    """How often a frame is turned by 90 degrees, against the clock, to stand upright: 0 to 3.

    As `av_display_rotation_get` of FFmpeg computes the angle.
    """
    if matrix is None:
        return 0
    across, down = math.hypot(matrix[0], matrix[3]), math.hypot(matrix[1], matrix[4])
    if not across or not down:
        return 0
    angle = -math.degrees(math.atan2(matrix[1] / down, matrix[0] / across))
    return round(angle / 90) % 4


def turns_of(frame: av.VideoFrame) -> int:
    """The `quarter_turns` of a frame, for many frames.

    Whoever asks a frame of PyAV for its side data ties it into a cycle, and it is held until
    Python's collector comes by, some hundred frames later.
    """
    angle = frame.rotation
    # Of a matrix without any extent it is no angle.
    return round(angle / 90) % 4 if abs(angle) <= 180 else 0
