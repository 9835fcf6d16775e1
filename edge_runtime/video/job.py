"""One frame on its way through the stages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_runtime.video.reader import ReadPoint


@dataclass
class FrameJob:
    """A frame, and what has been computed of it.

    Attributes:
        frame: an av.VideoFrame as decoded, then in the pixel format of the work.
        number: how many frames come before it.
        state: of all steps before they see this frame, by names; each step that keeps something
            from frame to frame puts it there. None where no segment begins.
        point: where in the film it is; None where no segment ends.
        picture: uint16 [H, W] grey or [H, W, 3] sRGB, the upright frame, then painted; None where
            no pictures are written.
        half: uint8 or uint16, the luma at the size of the chroma planes; this and what follows is
            None where it is not known yet.
        lightness: float32 [h, w], L* of the whole upright frame as the network sees it.
        view: what the network is shown.
        shot: what the frame is within its shot, a `ShotFrame`.
        ab: float32 [h', w', 2], a* and b* of the whole upright frame.
    """

    frame: Any
    number: int = 0
    state: dict[str, Any] | None = None
    point: "ReadPoint | None" = None
    picture: Any = None
    half: Any = None
    lightness: Any = None
    view: Any = None
    shot: Any = None
    ab: Any = None
