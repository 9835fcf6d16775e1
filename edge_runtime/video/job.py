"""One frame on its way through the stages."""

from dataclasses import dataclass, field
from typing import Any

import av


@dataclass
class Job:
    """A frame, what has been computed of it, and the packets that lay before it in the file.

    Attributes:
        frame: an av.VideoFrame as decoded, then in the pixel format of the work; None where only
            packets are left.
        packets: of sound and subtitles, to be copied.
        half: uint8 or uint16, the luma at the size of the chroma planes; this and what follows is
            None where it is not known yet.
        lightness: float32 [h, w], L* of the whole upright frame as the network sees it.
        ab: float32 [h', w', 2], a* and b* of the whole upright frame.
    """

    frame: Any
    packets: list[av.Packet] = field(default_factory=list)
    half: Any = None
    lightness: Any = None
    ab: Any = None
