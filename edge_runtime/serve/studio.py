"""Colours uploaded photos, one after the other, beside the live view."""

from dataclasses import replace
from typing import BinaryIO

from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.photo import PhotoOptions, PhotoResult, colorize_photo
from edge_runtime.serve.settings import Models, Settings


class Studio:
    """Colours photos; not for two threads at the same time."""

    def __init__(self, models: Models, device: Device):
        """Load nothing yet.

        Args:
            models: those at hand.
            device: what the network runs on, but for the threads, which are a setting.
        """
        self._models = models
        self._device = device
        self._loaded: tuple[tuple[str, int], Colorizer] | None = None

    def colorize(
        self, file: BinaryIO, name: str, settings: Settings, options: PhotoOptions
    ) -> PhotoResult:
        """Colour one photo: the first page, into bytes.

        Args:
            file: its bytes.
            name: what it is called, for messages.
            settings: the model and the threads.
            options: how to colour it, and what to write.
        Raises:
            PictureError: not a picture, too large, damaged, or the result cannot be encoded.
            ModelError: the model cannot be used.
        """
        return colorize_photo(
            file, None, self.load(settings), replace(options, pages=False), name=name
        )

    def load(self, settings: Settings) -> Colorizer:
        """The network for some settings, kept for the next photo.

        Raises:
            ModelError, TintLiteError: as for `Colorizer`.
        """
        asked = settings.model, settings.threads
        if self._loaded is None or self._loaded[0] != asked:
            device = replace(self._device, threads=settings.threads)
            self._loaded = asked, Colorizer(self._models.file(settings.model), device)
        return self._loaded[1]
