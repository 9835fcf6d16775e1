"""Photos that visitors have open: each uploaded once, and kept for a while within bounds."""

import asyncio
import io
import secrets
import time
from collections import OrderedDict
from typing import BinaryIO

from edge_runtime.serve.colours import Colours
from edge_runtime.serve.open_photo import OpenedPhoto

# Bounds of what is kept; the photo that was not asked for the longest goes first.
MOST_PHOTOS = 32
KEPT_SECONDS = 3600.0


class ShelvedPhoto:
    """An upload, and what was found out of it.

    Attributes:
        id: by which its owner asks for it; not to be guessed.
        name: as the sender calls it.
        opened: what a browser paints it from.
        colours: what was said of its colours, by the model's name.
        asked: when it was asked for last, in seconds of the monotonic clock.
    """

    def __init__(self, file: BinaryIO, name: str, opened: OpenedPhoto, model: str):
        self.id = secrets.token_urlsafe(18)
        self.name = name
        self.opened = opened
        self.colours: dict[str, Colours] = {model: opened.colours}
        self.asked = time.monotonic()
        self._uploaded = file.seek(0, io.SEEK_END)
        self._file = file

    @property
    def size(self) -> int:
        """Of the upload and of what is kept beside it, in bytes."""
        return self._uploaded + sum(one.nbytes for one in self.colours.values())

    def upload(self) -> BinaryIO | None:
        """The upload's bytes in memory; None where it was thrown away meanwhile."""
        if self._file.closed:
            return None
        self._file.seek(0)
        return io.BytesIO(self._file.read())

    def close(self) -> None:
        """Throw the upload away."""
        self._file.close()


class Shelf:
    """Photos by their ids. For the event loop's thread alone."""

    def __init__(self, most_bytes: int):
        """Begin empty.

        Args:
            most_bytes: of all photos together.
        """
        self._most_bytes = most_bytes
        self._photos: OrderedDict[str, ShelvedPhoto] = OrderedDict()

    def put(self, photo: ShelvedPhoto) -> None:
        """Keep a photo, and throw away the oldest ones that it leaves no room for."""
        self._photos[photo.id] = photo
        self._tidy()
        self._expire(photo.id)

    def get(self, id: str) -> ShelvedPhoto | None:
        """The photo of an id, or None where it is gone or never was."""
        photo = self._photos.get(id)
        if photo is not None:
            photo.asked = time.monotonic()
            self._photos.move_to_end(id)
        return photo

    def drop(self, id: str) -> None:
        """Throw a photo away, if it is there."""
        photo = self._photos.pop(id, None)
        if photo is not None:
            photo.close()

    def _tidy(self) -> None:
        size = sum(photo.size for photo in self._photos.values())
        while len(self._photos) > 1 and (
            len(self._photos) > MOST_PHOTOS or size > self._most_bytes
        ):
            id, oldest = next(iter(self._photos.items()))
            size -= oldest.size
            self.drop(id)

    def _expire(self, id: str) -> None:
        photo = self._photos.get(id)
        if photo is None:
            return
        left = photo.asked + KEPT_SECONDS - time.monotonic()
        if left <= 0:
            self.drop(id)
        else:
            asyncio.get_running_loop().call_later(left, self._expire, id)

    def close(self) -> None:
        """Throw all away."""
        for id in list(self._photos):
            self.drop(id)
