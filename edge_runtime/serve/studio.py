"""Colours uploaded photos, one after the other, beside the live view."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from edge_runtime.accelerator import DEFAULT_ACCELERATOR
from edge_runtime.colorizer import Colorizer
from edge_runtime.compose import as_grey, compose
from edge_runtime.errors import PictureError
from edge_runtime.framing import DEFAULT_FRAMING
from edge_runtime.pictures import (
    Picture,
    losses,
    picture_bytes,
    put_mark,
    read_open_picture,
    result_format,
    side_by_side,
)
from edge_runtime.result_mark import describe_model, result_mark
from edge_runtime.serve.photo_options import PhotoOptions
from edge_runtime.serve.settings import Models, Settings


@dataclass(frozen=True)
class Coloured:
    """A coloured photo.

    Attributes:
        data: the bytes of its file.
        name: a name for it, as in `grandmother.colour.jpg`.
        media_type: as in `image/jpeg`.
        width, height: in pixels.
        seconds: from the bytes of the upload to those of the result.
        notes: sentences about what was not taken or kept.
    """

    data: memoryview
    name: str
    media_type: str
    width: int
    height: int
    seconds: float
    notes: tuple[str, ...]


class Studio:
    """Colours photos; not for two threads at the same time."""

    def __init__(
        self,
        models: Models,
        accelerator: str = DEFAULT_ACCELERATOR,
        delegate: str | None = None,
    ):
        """Load nothing yet.

        Args:
            models: those at hand.
            accelerator, delegate: what the network runs on, as for `Colorizer`.
        """
        self._models = models
        self._accelerator = accelerator
        self._delegate = delegate
        self._colorizer: tuple[Settings, Colorizer] | None = None
        self._described = ""  # the model of that

    def colorize(self, file: BinaryIO, name: str, options: PhotoOptions) -> Coloured:
        """Colour one photo.

        Args:
            file: its bytes.
            name: what it is called, for messages and for the result's name.
            options: how to colour it, and what to write.
        Raises:
            PictureError: not a picture, too large, damaged, or the result cannot be encoded.
            ModelError: the model cannot be used.
        """
        begin = time.monotonic()
        path = Path(name)
        picture = read_open_picture(file, path)
        format = options.format or result_format(picture.format)
        try:
            result = self._result(picture, options)
            data = picture_bytes(result, format, path)
        except MemoryError:
            raise PictureError(f"{name}: not enough memory to colour it") from None
        notes = picture.notes + losses(picture, format)
        if picture.coloured or (picture.pixels.ndim == 3 and as_grey(picture.pixels) is None):
            notes += ("it has colours already: only its lightness was used",)
        return Coloured(
            data,
            f"{path.stem}.colour{format.endings[0]}",
            format.media_type,
            result.pixels.shape[1],
            result.pixels.shape[0],
            time.monotonic() - begin,
            notes,
        )

    def _result(self, picture: Picture, options: PhotoOptions) -> Picture:
        colorizer = self.load(options.settings)
        mark = result_mark(
            self._described,
            saturation=options.settings.saturation,
            framing=DEFAULT_FRAMING,
            side_by_side=options.side_by_side,
            whole=False,
        )
        captions = replace(picture.captions, xmp=put_mark(picture.captions.xmp, mark))
        pixels = colorizer.colorize(picture.pixels)
        result = replace(picture, pixels=pixels, captions=captions)
        if options.side_by_side:
            no_colour = np.zeros((1, 1, 2), np.float32)
            result = side_by_side(compose(picture.pixels, no_colour), result)
        return _at_most(result, options.longest)

    def load(self, settings: Settings) -> Colorizer:
        """The network for some settings, kept for the next photo.

        Raises:
            ModelError, TintLiteError: as for `Colorizer`.
        """
        if self._colorizer is None or self._colorizer[0] != settings:
            file = self._models.file(settings.model)
            self._described = describe_model(file)
            colorizer = Colorizer(
                file,
                threads=settings.threads,
                saturation=settings.saturation,
                accelerator=self._accelerator,
                delegate=self._delegate,
            )
            self._colorizer = settings, colorizer
        return self._colorizer[1]


def _at_most(picture: Picture, longest: int | None) -> Picture:
    height, width = picture.pixels.shape[:2]
    if longest is None or max(height, width) <= longest:
        return picture
    scale = longest / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def shrunk(plane: np.ndarray | None) -> np.ndarray | None:
        return None if plane is None else cv2.resize(plane, size, interpolation=cv2.INTER_AREA)

    return replace(picture, pixels=shrunk(picture.pixels), alpha=shrunk(picture.alpha))
