"""One picture of `tintlite colorize`: read, coloured, marked, written; all pages of a TIFF."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from edge_runtime.cli.console import quiet_libraries
from edge_runtime.cli.jobs import STREAM, Job
from edge_runtime.colorizer import Colorizer
from edge_runtime.compose import compose
from edge_runtime.errors import PictureError
from edge_runtime.painted_rows import PaintedRows
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
from edge_runtime.pictures.header import LIMITS, MAX_PIXELS, Limits, reason
from edge_runtime.pictures.side_by_side import width_beside

# What is held of a pixel where the result is made by rows: the picture itself, at 16 bits.
_BYTES_BY_ROWS = 8


@dataclass(frozen=True)
class PhotoOptions:
    """How photos are coloured and written.

    Attributes:
        saturation: factor on a* and b*.
        threads: how many strips are worked on at once.
        side_by_side: whether grey and colour are written beside each other.
        overwrite: whether files are replaced.
        strict: whether damaged pictures are refused.
        quality: of JPEG and WebP, 1 to 100; None for the usual one.
        most_pixels: how many pixels a picture may have; None for the usual limit.
        mark: what results say of how they were made; None for nothing.
    """

    saturation: float
    threads: int
    side_by_side: bool = False
    overwrite: bool = False
    strict: bool = False
    quality: int | None = None
    most_pixels: int | None = None
    mark: Mark | None = None

    def limits(self, to_tiff: bool) -> Limits:
        """How large a picture may be."""
        if self.most_pixels is None or self.most_pixels <= MAX_PIXELS:
            return LIMITS if self.most_pixels is None else Limits(self.most_pixels)
        by_rows = to_tiff and not self.side_by_side
        return Limits(self.most_pixels, _BYTES_BY_ROWS if by_rows else LIMITS.bytes_per_pixel)


@dataclass
class _Told:
    """What is to be said of a picture when it is done."""

    notes: list[str] = field(default_factory=list)
    damaged: bool = False


def colour_photo(
    job: Job, colorizer: Colorizer, options: PhotoOptions
) -> tuple[tuple[str, ...], bool]:
    """Do one job that is a picture; its target has been checked.

    Args:
        job: the picture.
        colorizer: the network.
        options: how to colour and to write.
    Returns:
        notes on what of the file was not taken or kept, and whether it was damaged.
    Raises:
        PictureError: the picture cannot be read, or the result not be written.
    """
    told = _Told()
    to_tiff = job.target != STREAM and format_of_name(job.target).name == "TIFF"
    limits = options.limits(to_tiff)
    with _opened(job.source, limits) as (file, name):
        try:
            with quiet_libraries():
                first = read_open_picture(file, name, page=0, limits=limits)
            if job.target == STREAM:
                format = result_format(first.format)
            else:
                format = format_of_name(job.target)
            pages = _pages(file, name, first, limits)
            results = (_result(job, page, colorizer, options, format, told) for page in pages)
            if format.name == "TIFF":
                _put(job, pages_bytes(results, first.pages, job.target))
            elif first.pages == 1:
                data = picture_bytes(next(results), format, job.target, options.quality)
                _put(job, data)
            else:
                _put_each(job, results, format, first.pages, options)
        except MemoryError:
            raise PictureError(f"{name}: not enough memory to colour it") from None
    # Pages of one kind have the same to say.
    return tuple(dict.fromkeys(told.notes)), told.damaged


def page_target(target: Path, number: int) -> Path:
    """The file of one page, from 0, where a format has no pages: NAME-1.EXT, NAME-2.EXT."""
    return target.with_name(f"{target.stem}-{number + 1}{target.suffix}")


@contextmanager
def _opened(source: Path, limits: Limits) -> Iterator[tuple[BinaryIO, Path]]:
    """A file to read, or standard input, and what it is called in messages."""
    if source == STREAM:
        # One more byte than is allowed, to be refused.
        yield io.BytesIO(sys.stdin.buffer.read(limits.file_bytes + 1)), Path("standard input")
        return
    try:
        if not source.is_file():
            raise PictureError(f"{source}: not a file")
        file = source.open("rb")
    except OSError as error:
        raise PictureError(f"{source}: {reason(error)}") from None
    with file:
        yield file, source


def _pages(file: BinaryIO, name: Path, first: Picture, limits: Limits) -> Iterator[Picture]:
    yield first
    for number in range(1, first.pages):
        with quiet_libraries():
            yield read_open_picture(file, name, page=number, limits=limits)


def _result(
    job: Job,
    picture: Picture,
    colorizer: Colorizer,
    options: PhotoOptions,
    format: Format,
    told: _Told,
) -> Picture:
    """The coloured picture, with its mark; what is to be said of it is added to `told`."""
    if picture.damaged and options.strict:
        damage = next(note for note in picture.notes if "damaged" in note)
        raise PictureError(f"{job.source}: {damage}")
    height, width = picture.pixels.shape[:2]
    # Before the work is done.
    check_fits(
        width_beside(width, height) if options.side_by_side else width, height, format, job.target
    )
    if height * width > MAX_PIXELS and format.name == "TIFF" and not options.side_by_side:
        ab = colorizer.picture_ab(picture.pixels) * np.float32(options.saturation)
        pixels = PaintedRows(picture.pixels, ab, options.threads)
    else:
        pixels = colorizer.colorize(picture.pixels)
    result = replace(picture, pixels=pixels)
    if options.side_by_side:
        no_colour = np.zeros((1, 1, 2), np.float32)
        result = side_by_side(compose(picture.pixels, no_colour), result)
    told.notes += picture.notes + losses(picture, format)
    told.damaged = told.damaged or picture.damaged
    if options.mark is not None:
        xmp = put_mark(result.captions.xmp, options.mark)
        result = replace(result, captions=replace(result.captions, xmp=xmp))
    return result


def _put_each(
    job: Job, results: Iterator[Picture], format: Format, count: int, options: PhotoOptions
) -> None:
    """Write each page into a file of its own.

    Raises:
        PictureError: one of the files is there already, or cannot be written.
    """
    if job.target == STREAM:
        raise PictureError(f"{job.source}: its {count} pages need a TIFF, or files of their own")
    targets = [page_target(job.target, number) for number in range(count)]
    for target in targets:
        if os.path.lexists(target) and not options.overwrite:
            raise PictureError(f"{target}: exists already (--overwrite replaces it)")
    for target, result in zip(targets, results, strict=True):
        data = picture_bytes(result, format, target, options.quality)
        _put(replace(job, target=target), data)


def _put(job: Job, data: memoryview) -> None:
    """Write a result; it gets the dates of its picture.

    Raises:
        PictureError: it cannot be written.
    """
    if job.target == STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    folder = job.target.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        told = f"its folder cannot be made: {error.strerror}"
        raise PictureError(f"{job.target}: {told}") from None
    write_bytes(data, job.target)
    if job.source != STREAM:
        try:
            found = job.source.stat()
            os.utime(job.target, ns=(found.st_atime_ns, found.st_mtime_ns))
        except OSError:  # some file systems keep no dates; the picture itself is there
            return
