"""What a film says of its picture besides the pixels, and what of that a result has lost."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from edge_runtime.video.fields import PROGRESSIVE, field_order, first_field
from edge_runtime.video.orientation import display_matrix
from edge_runtime.video.signal import UNSPECIFIED, is_full

# Codes 5 and 6 are one matrix, that of BT.601 (ITU-T H.273, table 4); 0 is RGB, which has none.
_MATRICES = {0: UNSPECIFIED, 5: 6}

# FFmpeg's own tolerance between the aspect of a stream and that of its codec.
_ASPECT_TOLERANCE = 0.004


@dataclass(frozen=True)
class PictureFacts:
    """What a stream and its first frame say.

    Attributes:
        aspect: width of a pixel over its height; 1 where nothing is said.
        turned: how the picture is turned and mirrored, as a matrix of 2 x 2.
        tags: H.273 codes of matrix, primaries and transfer.
        full: whether luma takes all levels.
        order: of the fields, as `field_order`.
    """

    aspect: Fraction
    turned: tuple[float, ...]
    tags: tuple[int, int, int]
    full: bool
    order: int


def picture_facts(stream: av.VideoStream, frame: av.VideoFrame) -> PictureFacts:
    """Read a film's facts.

    Args:
        stream: the picture, whose decoder has decoded the frame.
        frame: the first one.
    """
    context = stream.codec_context
    matrix = display_matrix(frame) or (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    spaces = (int(code) for code in (frame.colorspace, context.colorspace))
    space = next((code for code in spaces if code != UNSPECIFIED), UNSPECIFIED)
    return PictureFacts(
        Fraction(stream.sample_aspect_ratio or 1),
        tuple(round(matrix[place] / (1 << 16), 2) for place in (0, 1, 3, 4)),
        (
            _MATRICES.get(space, space),
            int(context.color_primaries or UNSPECIFIED),
            int(context.color_trc or UNSPECIFIED),
        ),
        is_full(frame, context),
        field_order(frame, context),
    )


def facts_of_file(path: Path) -> PictureFacts | None:
    """The facts of a film that was just written, or None where it cannot be read."""
    try:
        with av.open(f"file:{path.absolute()}") as film:
            stream = film.streams.video[0]
            return picture_facts(stream, next(film.decode(stream)))
    except (av.FFmpegError, IndexError, StopIteration, ValueError, OSError):
        return None


def lost(wanted: PictureFacts, found: PictureFacts) -> tuple[str, ...]:
    """What of the wanted facts is not found, in words."""
    told = []
    if abs(found.aspect / wanted.aspect - 1) > _ASPECT_TOLERANCE:
        told.append(f"its pixel aspect {wanted.aspect.numerator}:{wanted.aspect.denominator}")
    if found.turned != wanted.turned:
        told.append("its rotation")
    tags = zip(wanted.tags, found.tags, strict=True)
    if any(old not in (UNSPECIFIED, new) for old, new in tags):
        told.append("its colour tags")
    if found.full != wanted.full:
        told.append("its range of levels")
    if first_field(found.order) != first_field(wanted.order):
        fields = "its two fields" if found.order == PROGRESSIVE else "the order of its fields"
        told.append(fields)
    return tuple(told)
