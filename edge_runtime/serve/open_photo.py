"""Opens an uploaded photo: what a browser paints it from, at any saturation."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

import cv2
import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.compose import as_grey
from edge_runtime.hints.file import Likeness
from edge_runtime.hints.session import HintSession
from edge_runtime.look import Look
from edge_runtime.pictures import (
    Picture,
    format_called,
    losses,
    picture_bytes,
    read_open_picture,
    result_format,
)
from edge_runtime.serve.colours import Colours

# What a screen shows of a photo: its longer side in pixels, and the quality of its JPEG.
PREVIEW_LONGEST = 2400
_PREVIEW_QUALITY = 90

COLOURS_NOTE = "it has colours already: only its lightness was used"


@dataclass(frozen=True)
class OpenedPhoto:
    """What a browser paints a photo from.

    Attributes:
        before: the file of the photo as it was, upright, no larger than a screen.
        media_type: of `before`.
        colours: what the network said of it.
        likeness: by which its hints know it.
        width, height: of the photo, in pixels.
        format: the result's, by its `Format.name`.
        ending: of the result's name, as `.jpg`.
        seconds: what it took to decode and to colour.
        notes: sentences about what is not taken or kept.
    """

    before: bytes
    media_type: str
    colours: Colours
    likeness: Likeness
    width: int
    height: int
    format: str
    ending: str
    seconds: float
    notes: tuple[str, ...]


def open_photo(file: BinaryIO, name: str, colorizer: Colorizer, look: Look) -> OpenedPhoto:
    """Decode one photo and find its colours, painting nothing.

    Args:
        file: its bytes.
        name: what it is called, for messages.
        colorizer: the network that is asked.
        look: how it sees the photo.
    Raises:
        PictureError: not a picture, too large, or damaged.
        ModelError: the model cannot be used.
    """
    begin = perf_counter()
    picture = read_open_picture(file, Path(name))
    colours = Colours.of(HintSession(colorizer, picture.pixels, look))
    format = result_format(picture.format)
    notes = picture.notes + losses(picture, format)
    if picture.coloured or (picture.pixels.ndim == 3 and as_grey(picture.pixels) is None):
        notes += (COLOURS_NOTE,)
    before, media_type = _preview(picture)
    height, width = picture.pixels.shape[:2]
    return OpenedPhoto(
        before=before,
        media_type=media_type,
        colours=colours,
        likeness=Likeness.of(picture.pixels),
        width=width,
        height=height,
        format=format.name,
        ending=format.endings[0],
        seconds=perf_counter() - begin,
        notes=notes,
    )


def _preview(picture: Picture) -> tuple[bytes, str]:
    """The file of a picture for the screen, and its media type."""
    height, width = picture.pixels.shape[:2]
    scale = min(1.0, PREVIEW_LONGEST / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def shown(plane: np.ndarray) -> np.ndarray:
        if plane.dtype == np.uint16:
            plane = cv2.convertScaleAbs(plane, alpha=1 / 257)
        return plane if scale == 1 else cv2.resize(plane, size, interpolation=cv2.INTER_AREA)

    alpha = None if picture.alpha is None else shown(picture.alpha)
    format = format_called("jpeg" if alpha is None else "webp")
    small = Picture(shown(picture.pixels), alpha)
    data = picture_bytes(small, format, Path("preview"), _PREVIEW_QUALITY)
    return bytes(data), format.media_type
