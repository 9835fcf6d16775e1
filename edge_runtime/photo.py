"""One photo from file to file: read, coloured, marked, written; all pages of a TIFF."""

import io
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO

import cv2
import numpy as np

from edge_runtime import __version__
from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.compose import as_grey
from edge_runtime.colour.hints import Hint, checked, digest
from edge_runtime.colour.painted_rows import PaintedRows
from edge_runtime.errors import ArgumentError, PictureError
from edge_runtime.hints.session import HintSession
from edge_runtime.look import Look
from edge_runtime.pictures import (
    Format,
    Mark,
    Picture,
    check_fits,
    format_of_name,
    losses,
    pages_bytes,
    picture_bytes,
    put_mark,
    read_open_picture,
    result_format,
    side_by_side,
    write_bytes,
)
from edge_runtime.pictures.corner_mark import put_corner_mark
from edge_runtime.pictures.header import LIMITS, MAX_PIXELS, PictureLimits, reason
from edge_runtime.pictures.side_by_side import width_beside
from edge_runtime.quiet import quiet_libraries

_LOG = logging.getLogger("tintlite.photo")

# What is held of a pixel where the result is made by rows: the picture itself, at 16 bits.
_BYTES_BY_ROWS = 8

_NO_COLOUR = np.zeros((1, 1, 2), np.float32)

# What is said of a photo's colours: hints, or what makes them of the photo, once it is read.
Said = Iterable[Hint] | Callable[[HintSession], Iterable[Hint]]


@dataclass(frozen=True)
class PhotoOptions:
    """How `colorize_photo` reads and writes.

    Attributes:
        look: how the photo is coloured.
        side_by_side: whether grey and colour are written beside each other.
        corner_mark: whether the word "colourized" stands small in a corner of the colour picture.
        longest: the longest side of the result in pixels, or None for full resolution.
        format: of a result that has no file name; None for the photo's own.
        quality: of JPEG and WebP, 1 to 100; None for the usual one.
        mark: whether results say of how they were made.
        pages: whether all pages of a TIFF are taken; otherwise the first one, with a note.
        strict: whether damaged pictures are refused.
        most_pixels: how many pixels a picture may have; None for the usual limit.
        overwrite: whether files are replaced.
        quiet: whether what decoders print is kept off standard error; for programs that do one
            thing at a time.
    """

    look: Look = field(default_factory=Look)
    side_by_side: bool = False
    corner_mark: bool = False
    longest: int | None = None
    format: Format | None = None
    quality: int | None = None
    mark: bool = True
    pages: bool = True
    strict: bool = False
    most_pixels: int | None = None
    overwrite: bool = True
    quiet: bool = False

    def limits(self, to_tiff: bool) -> PictureLimits:
        """How large a picture may be."""
        if self.most_pixels is None or self.most_pixels <= MAX_PIXELS:
            return LIMITS if self.most_pixels is None else PictureLimits(self.most_pixels)
        by_rows = to_tiff and not (self.side_by_side or self.corner_mark)
        return PictureLimits(
            self.most_pixels, _BYTES_BY_ROWS if by_rows else LIMITS.bytes_per_pixel
        )


@dataclass(frozen=True)
class PhotoResult:
    """A photo that was coloured.

    Attributes:
        files: what was written; empty where no target was named.
        data: the bytes of the result's file where no target was named, else None.
        format: of the result.
        width, height: of the result, in pixels; those of the first page.
        pages: how many were coloured.
        seconds: from the first byte read to the last one written.
        notes: sentences about what of the file was not taken or kept.
        damaged: whether the photo was damaged, and only what could be read of it is there.
        coloured: whether it had colours already, of which only the lightness was used.
        hints: by which it was coloured.
    """

    files: tuple[Path, ...]
    data: memoryview | None
    format: Format
    width: int
    height: int
    pages: int
    seconds: float
    notes: tuple[str, ...]
    damaged: bool
    coloured: bool
    hints: tuple[Hint, ...] = ()


def colorize_photo(
    source: str | Path | BinaryIO,
    target: str | Path | None,
    colorizer: Colorizer,
    options: PhotoOptions | None = None,
    *,
    name: str = "the photo",
    hints: Said = (),
) -> PhotoResult:
    """Colour a photo's file.

    Orientation, EXIF, captions, transparency, 16 bits and resolution are kept as far as the
    result's format holds them. A file appears under its name only when it is whole; it gets the
    dates of the photo. Pages of a TIFF that become another format are written into files of their
    own, NAME-1.EXT and so on.

    Args:
        source: the photo's path, or an open file that can be sought in.
        target: the file to write, whose ending chooses the format; None for bytes in the result.
        colorizer: the network.
        options: how to colour, to read and to write.
        name: what an open file is called in messages.
        hints: what is said of its colours, in places of the photo as it is seen upright; or what
            gives them when it is called with the photo's `HintSession`. They are for one page.
    Raises:
        PictureError: the photo cannot be read, is too large or damaged (where that is refused), has
            hints and several pages, a hint is of no use for it, or the result cannot be written.
        ModelError: the network fails.
        TintLiteError: what gives the hints fails.
    """
    options = options or PhotoOptions()
    target = None if target is None else Path(target)
    said = hints if callable(hints) else checked(hints)
    with _opened(source, name) as (file, path):
        try:
            result = _Run(file, path, target, colorizer, options, said).run()
        except MemoryError:
            raise PictureError(f"{path}: not enough memory to colour it") from None
    _LOG.info(
        "%s: %s of %d x %d pixels, pages %d, %.2f s",
        *(path, result.format.name, result.width, result.height, result.pages, result.seconds),
    )
    return result


def mark_of(colorizer: Colorizer, options: PhotoOptions, hints: Iterable[Hint] = ()) -> Mark | None:
    """What results say of how they were made; None for nothing."""
    if not options.mark:
        return None
    look, hints = options.look, tuple(hints)
    said = {
        "framing": look.framing,
        "saturation": f"{float(look.saturation):g}",
        "side_by_side": "yes" if options.side_by_side else "no",
        "whole": "yes" if look.whole else "no",
    }
    if hints:
        said["hints"] = digest(hints)
    if options.corner_mark:
        said["corner_mark"] = "yes"
    words = ", ".join(f"{name} {word}" for name, word in sorted(said.items()))
    return Mark(f"TintLite {__version__}", colorizer.described, words)


def page_target(target: Path, number: int) -> Path:
    """The file of one page, from 0, where a format has no pages: NAME-1.EXT, NAME-2.EXT."""
    return target.with_name(f"{target.stem}-{number + 1}{target.suffix}")


@contextmanager
def _opened(source: str | Path | BinaryIO, name: str) -> Iterator[tuple[BinaryIO, Path]]:
    """An open file, and what it is called in messages."""
    if not isinstance(source, str | Path):
        yield source, Path(name)
        return
    path = Path(source)
    try:
        if not path.is_file():
            raise PictureError(f"{path}: not a file")
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise PictureError(f"{path}: {reason(error)}") from None
    with file:
        yield file, path


@dataclass
class _Run:
    """One photo on its way."""

    _file: BinaryIO
    _path: Path
    _target: Path | None
    _colorizer: Colorizer
    _options: PhotoOptions
    _said: Said
    _hints: tuple[Hint, ...] = ()
    _notes: list[str] = field(default_factory=list)
    _damaged: bool = False
    _coloured: bool = False
    _sizes: list[tuple[int, int]] = field(default_factory=list)  # of the results, (width, height)

    def run(self) -> PhotoResult:
        begin = perf_counter()
        options, target = self._options, self._target
        format = options.format if target is None else format_of_name(target)
        self._limits = options.limits(format is not None and format.name == "TIFF")
        first = self._read(0 if options.pages else None)
        count = first.pages if options.pages else 1
        if self._said and count > 1:
            raise PictureError(f"{self._path}: hints are for one picture, but it has {count} pages")
        self._format = format or result_format(first.format)
        results = (self._result(page) for page in self._pages(first, count))
        files: tuple[Path, ...] = ()
        data = None
        if self._format.name == "TIFF":
            data = pages_bytes(results, count, self._shown)
        elif count == 1:
            data = picture_bytes(next(results), self._format, self._shown, options.quality)
        else:
            files = self._write_each(results, count)
        if data is not None and target is not None:
            self._write(data, target)
            files, data = (target,), None
        width, height = self._sizes[0]
        return PhotoResult(
            files=files,
            data=data,
            format=self._format,
            width=width,
            height=height,
            pages=count,
            seconds=perf_counter() - begin,
            notes=tuple(dict.fromkeys(self._notes)),  # pages of one kind have the same to say
            damaged=self._damaged,
            coloured=self._coloured,
            hints=self._hints,
        )

    @property
    def _shown(self) -> Path:
        """What the result is called in messages."""
        return self._path if self._target is None else self._target

    def _read(self, page: int | None) -> Picture:
        with quiet_libraries() if self._options.quiet else nullcontext():
            return read_open_picture(self._file, self._path, page=page, limits=self._limits)

    def _pages(self, first: Picture, count: int) -> Iterator[Picture]:
        yield first
        for number in range(1, count):
            yield self._read(number)

    def _result(self, picture: Picture) -> Picture:
        """The coloured picture, with its mark; what is to be said of it is kept."""
        options = self._options
        if picture.damaged and options.strict:
            damage = next(note for note in picture.notes if "damaged" in note)
            raise PictureError(f"{self._path}: {damage}")
        height, width = picture.pixels.shape[:2]
        across = width_beside(width, height) if options.side_by_side else width
        if options.longest is None:  # before the work is done
            check_fits(across, height, self._format, self._shown)
        result = replace(picture, pixels=self._coloured_pixels(picture.pixels))
        if options.side_by_side:
            result = side_by_side(self._colorizer.paint(picture.pixels, _NO_COLOUR), result)
        mark = mark_of(self._colorizer, options, self._hints)
        if mark is not None:
            xmp = put_mark(result.captions.xmp, mark)
            result = replace(result, captions=replace(result.captions, xmp=xmp))
        result = _at_most(result, options.longest)
        self._notes += picture.notes + losses(picture, self._format)
        self._damaged = self._damaged or picture.damaged
        self._coloured = self._coloured or picture.coloured or as_grey(picture.pixels) is None
        self._sizes.append((result.pixels.shape[1], result.pixels.shape[0]))
        return result

    def _coloured_pixels(self, pixels: np.ndarray) -> Any:
        """An array, or where it would be too large `PaintedRows`, which a TIFF is written from."""
        colorizer, options = self._colorizer, self._options
        ab = self._ab(pixels)
        whole = options.side_by_side or options.corner_mark or options.longest is not None
        if pixels.shape[0] * pixels.shape[1] <= MAX_PIXELS or self._format.name != "TIFF" or whole:
            painted = colorizer.paint(pixels, ab, options.look)
            return put_corner_mark(painted) if options.corner_mark else painted
        return PaintedRows(pixels, ab, partial(colorizer.paint, look=options.look))

    def _ab(self, pixels: np.ndarray) -> np.ndarray:
        """The colours of the picture, by the hints; these are kept.

        Raises:
            PictureError: a hint is of no use for it.
        """
        session = HintSession(self._colorizer, pixels, self._options.look)
        try:
            self._hints = checked(self._said(session) if callable(self._said) else self._said)
            return session.ab(self._hints)
        except ArgumentError as error:
            raise PictureError(f"{self._path}: {error}") from None

    def _write_each(self, results: Iterator[Picture], count: int) -> tuple[Path, ...]:
        """Write each page into a file of its own.

        Raises:
            PictureError: one of the files is there already, or cannot be written.
        """
        if self._target is None:
            told = f"its {count} pages need a TIFF, or files of their own"
            raise PictureError(f"{self._path}: {told}")
        targets = tuple(page_target(self._target, number) for number in range(count))
        for target in targets:
            if not self._options.overwrite and os.path.lexists(target):
                raise PictureError(f"{target}: exists already (--overwrite replaces it)")
        for target, result in zip(targets, results, strict=True):
            data = picture_bytes(result, self._format, target, self._options.quality)
            self._write(data, target)
        return targets

    def _write(self, data: memoryview, target: Path) -> None:
        """Write a result; it gets the dates of its picture.

        Raises:
            PictureError: it cannot be written.
        """
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            told = f"its folder cannot be made: {error.strerror}"
            raise PictureError(f"{target}: {told}") from None
        write_bytes(data, target)
        try:
            found = os.fstat(self._file.fileno())
            os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
        except (OSError, io.UnsupportedOperation):  # the picture itself is there
            return


def _at_most(picture: Picture, longest: int | None) -> Picture:
    """The picture, reduced so that no side is longer."""
    height, width = picture.pixels.shape[:2]
    if longest is None or max(height, width) <= longest:
        return picture
    scale = longest / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def shrunk(plane: np.ndarray) -> np.ndarray:
        return cv2.resize(plane, size, interpolation=cv2.INTER_AREA)

    alpha = None if picture.alpha is None else shrunk(picture.alpha)
    return replace(picture, pixels=shrunk(picture.pixels), alpha=alpha)
