"""Decode a page of TIFF: any layout of its samples, 8 to 32 bits, whole numbers and floats."""

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from edge_runtime.errors import PictureError
from edge_runtime.pictures.header import PictureLimits, check_size, reason
from edge_runtime.pictures.stored import CMYK, GREY, LAB, RGB, Stored
from edge_runtime.pictures.unpack_tiff import Unpacker

if TYPE_CHECKING:
    from tifffile import TiffPage

_WHITE_IS_ZERO, _ICC_LAB = 0, 9
_KINDS = {0: GREY, 1: GREY, 2: RGB, 5: CMYK, 8: LAB, _ICC_LAB: LAB}
_SAMPLES = {GREY: 1, RGB: 3, CMYK: 4, LAB: 3}
_OTHER_KINDS = {4: "a mask", 32844: "LogL", 32845: "LogLuv"}
_OTHER_KINDS |= {32803: "camera raw", 34892: "camera raw"}
_ASSOCIATED, _UNASSOCIATED = 1, 2
_UNSIGNED, _FLOATING = 1, 3
_FORMATS = {2: "signed", 5: "complex", 6: "complex"}
_ICC_LAB_WHITE = 65280  # L* 100 at 16 bits
_MANY = 0.5


def decode_tiff(file: BinaryIO, limits: PictureLimits, number: int) -> Stored:
    """Decode the pixels of one directory of a TIFF with tifffile.

    Args:
        file: the open file.
        limits: how large it may be.
        number: which directory, from 0.
    Raises:
        PictureError: too large, of a kind that is not supported, or nothing of it can be decoded.
    """
    import tifffile  # only TIFF needs it

    # What it has to say of a file is said by us, or is none of a user's business.
    logging.getLogger("tifffile").addHandler(logging.NullHandler())
    file.seek(0)
    try:
        page: Any = tifffile.TiffFile(file, name="picture").pages[number]
    except Exception as error:  # damaged bytes can raise nearly anything in a decoder
        raise PictureError(f"the header is damaged ({reason(error)})") from None
    check_size(page.imagewidth, page.imagelength, limits)
    return _decode(file, page, _plan(page))


@dataclass
class _Plan:
    """How the levels of a page become planes.

    Attributes:
        kind: as `Stored.kind`.
        channels: of the planes, those of the colours that are taken.
        alpha: the channel of transparency, or None.
        associated: whether the colours are multiplied by alpha.
        levels: makes uint8 or uint16 of a decoded part.
        deep: whether the planes have 16 bits.
        notes: what of the page is not taken.
    """

    kind: str
    channels: tuple[int, ...]
    alpha: int | None
    associated: bool
    levels: "_Levels"
    deep: bool
    notes: list[str] = field(default_factory=list)


class _Levels:
    """Makes uint8 or uint16 of the numbers of a page."""

    def __init__(self, bits: int, floating: bool):
        self._bits = bits
        self._floating = floating
        self._seen = 0
        self._outside = 0
        self.range = [np.inf, -np.inf]

    def __call__(self, part: np.ndarray) -> np.ndarray:
        """uint8 where the numbers have 8 bits, else uint16, of the same shape."""
        if self._floating:
            part = self._of_floats(part)
        elif self._bits > 16:
            part = (part >> (self._bits - 16)).astype(np.uint16)
        elif self._bits not in (8, 16):  # 10, 12 or 14 bits in two bytes
            most = 2**self._bits - 1
            part = ((part.astype(np.uint32) * 65535 + most // 2) // most).astype(np.uint16)
        return part

    def outside(self) -> float:
        """The part of the floating-point levels that is not within 0..1."""
        return self._outside / max(self._seen, 1)

    def _of_floats(self, part: np.ndarray) -> np.ndarray:
        part = np.nan_to_num(part.astype(np.float32), nan=0.0)
        self._seen += part.size
        self._outside += int(((part < 0) | (part > 1)).sum())
        self.range = [min(self.range[0], part.min()), max(self.range[1], part.max())]
        return np.rint(np.clip(part, 0, 1) * 65535).astype(np.uint16)


def _plan(page: "TiffPage") -> _Plan:
    """Decide how a page is read.

    Raises:
        PictureError: it is of a kind that is not supported, which the message names.
    """
    photometric, samples = int(page.photometric), page.samplesperpixel
    bits, number_format = page.bitspersample, int(page.sampleformat or _UNSIGNED)
    kind = _KINDS.get(photometric)
    if kind is None:
        what = _OTHER_KINDS.get(photometric, f"colours of kind {photometric}")
        raise PictureError(f"TIFF with {what} is not supported")
    if not isinstance(bits, int) or page.dtype is None:
        raise PictureError(f"TIFF with {bits} bits a sample is not supported")
    if number_format not in (_UNSIGNED, _FLOATING):
        what = _FORMATS.get(number_format, f"numbers of kind {number_format}")
        raise PictureError(f"TIFF with {what} numbers is not supported")
    if page.imagedepth > 1:
        raise PictureError(f"TIFF of {page.imagedepth} layers in depth is not supported")
    if samples < _SAMPLES[kind]:
        raise PictureError(f"TIFF with {samples} samples of {kind} is not supported")
    floating = number_format == _FLOATING
    if kind == LAB and (floating or bits not in (8, 16)):
        raise PictureError(f"Lab TIFF with {bits} bits a sample is not supported")
    notes = []
    extra = [int(one) for one in page.extrasamples][: samples - _SAMPLES[kind]]
    alpha = associated = None
    for place, one in enumerate(extra):
        if alpha is None and one in (_ASSOCIATED, _UNASSOCIATED):
            alpha, associated = _SAMPLES[kind] + place, one == _ASSOCIATED
    left_out = samples - _SAMPLES[kind] - (alpha is not None)
    if left_out:
        channels = "a further channel" if left_out == 1 else f"{left_out} further channels"
        notes.append(f"it has {channels}, as of infrared, which was left out")
    if bits > 16 and not floating:
        notes.append(f"its {bits} bits were lowered to 16")
    taken = (0,) if kind in (GREY, LAB) else tuple(range(_SAMPLES[kind]))
    levels = _Levels(bits, floating)
    return _Plan(kind, taken, alpha, bool(associated), levels, floating or bits > 8, notes)


def _decode(file: BinaryIO, page: "TiffPage", plan: _Plan) -> Stored:
    unpacker = Unpacker(page)
    height, width = page.imagelength, page.imagewidth
    dtype = np.uint16 if plan.deep else np.uint8
    taken = plan.channels if plan.alpha is None else (*plan.channels, plan.alpha)
    planes = np.zeros((height, width, len(taken)), dtype)
    separate = page.planarconfig == 2 and page.samplesperpixel > 1
    lost = max(0, unpacker.parts - min(len(page.databytecounts), len(page.dataoffsets)))
    parts = unpacker.parts
    failure: Exception | None = None
    for index, (at, size) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
        if size == 0:  # a part that was never written is black
            continue
        try:
            file.seek(at)
            part, place, _ = page.decode(unpacker.unpack(file.read(size), index), index)
            _put(planes, np.asarray(part), place, taken, separate, plan.levels)
        except Exception as error:  # damaged bytes can raise nearly anything in a decoder
            lost += 1
            failure = error
    damaged = lost > 0 or unpacker.short
    if lost >= parts:
        told = reason(failure) if failure else "it holds no pixels"
        raise PictureError(f"cannot be decoded: {told}")
    notes = list(plan.notes)
    if damaged:
        what = f"{lost} of {parts} parts are" if lost else "the end is"
        notes.append(f"it is damaged: {what} missing")
    outside = plan.levels.outside()
    if outside > _MANY:
        low, high = plan.levels.range
        raise PictureError(
            f"its floating-point levels go from {low:g} to {high:g}, not from 0 to 1"
        )
    if outside:
        notes.append(f"{outside:.1%} of its floating-point levels lie outside 0..1 and were cut")
    count = len(plan.channels)
    colours = planes[..., :count] if count > 1 else planes[..., 0]
    alpha = None if plan.alpha is None else planes[..., count]
    if int(page.photometric) == _WHITE_IS_ZERO:
        colours = ~colours
    if plan.associated and alpha is not None:
        colours = _divided(colours, alpha)
    if int(page.photometric) == _ICC_LAB and plan.deep:
        colours = np.minimum(colours.astype(np.uint32) * 65535 // _ICC_LAB_WHITE, 65535)
        colours = colours.astype(np.uint16)
    return Stored(
        np.ascontiguousarray(colours),
        plan.kind,
        None if alpha is None else np.ascontiguousarray(alpha),
        notes=tuple(notes),
        damaged=damaged,
    )


def _put(
    planes: np.ndarray,
    part: np.ndarray,
    place: tuple[int, ...],
    taken: tuple[int, ...],
    separate: bool,
    levels: _Levels,
) -> None:
    """Put a decoded strip or tile [1, h, w, c] where it belongs; c is 1 for separate planes."""
    sample, _, top, left, _ = place
    part = part[0]
    room = planes[top : top + part.shape[0], left : left + part.shape[1]]
    part = part[: room.shape[0], : room.shape[1]]
    if not separate:
        room[...] = levels(part[..., list(taken)])
    elif sample in taken:
        room[..., taken.index(sample)] = levels(part[..., 0])


def _divided(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Colours that were multiplied by alpha, as they were before."""
    top = np.iinfo(colours.dtype).max
    result = np.empty_like(colours)
    for row, (line, opacity) in enumerate(zip(colours, alpha, strict=True)):
        part = np.maximum(opacity, 1).astype(np.float32) / top
        line = line / (part if line.ndim == 1 else part[:, None])
        result[row] = np.rint(np.minimum(line, top))
    return result
