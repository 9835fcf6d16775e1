"""Read JPEG, whole or as far as it goes, and notice damage that decoders pass over."""

import io
import re
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures.header import MAX_PIXELS, PictureLimits, open_image, reason
from edge_runtime.pictures.jpeg_parts import read_words
from edge_runtime.pictures.jpeg_scans import check_scans, count_scans
from edge_runtime.pictures.shallow import read_dpi, read_planes
from edge_runtime.pictures.stored import GREY, RGB, Stored

# Kinds that are decoded without Pillow, by its names for them.
_KINDS = {"L": GREY, "RGB": RGB}

_END = b"\xff\xd9"
_EXTRA_BYTES = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
_FEW_BYTES = 3
_NEXT_TO_ALL = 0.995
_ENDS_EARLY = "Premature end"
_CUT_OFF = "it is damaged: its end is missing, and perhaps the lower part of it"


def read_jpeg(file: BinaryIO, limits: PictureLimits) -> Stored:
    """Read a JPEG.

    Args:
        file: the open file.
        limits: how large it may be.
    Raises:
        PictureError: too large, of too many scans, or nothing of it can be decoded.
    """
    image = open_image(file, "JPEG", limits)
    exif, captions = read_words(image)
    file.seek(0)
    data = file.read()
    scans = count_scans(data), image.width * image.height
    check_scans([scans], max(limits.pixels, MAX_PIXELS))
    notes: list[str] = []
    planes, kind, alpha = _decode_sound(data, image), _KINDS.get(image.mode, ""), None
    if planes is None:
        image, told = _decode_damaged(data, limits)
        notes += told
        planes, kind, alpha = read_planes(image)
    return Stored(
        planes,
        kind,
        alpha,
        image.info.get("icc_profile") or b"",
        exif=exif,
        captions=captions,
        dpi=read_dpi(image),
        notes=tuple(notes),
        damaged=bool(notes),
        format="JPEG",
        lossless=False,
    )


def _decode_sound(data: bytes, image: Image.Image) -> np.ndarray | None:
    """The levels of a JPEG, or None where there is damage, and for rare kinds.

    They are those that Pillow gives, in less time and memory; and of damage libjpeg tells here,
    which Pillow keeps silent.

    Args:
        data: the file.
        image: the same, not yet loaded.
    Returns:
        uint8 [H, W] grey or [H, W, 3] RGB.
    """
    simplejpeg = _simplejpeg()
    if simplejpeg is None or image.mode not in _KINDS:
        return None
    try:
        planes = simplejpeg.decode_jpeg(data, "GRAY" if image.mode == "L" else "RGB")
    except ValueError:
        return None
    if planes.shape[:2] != (image.height, image.width):
        return None
    return planes[..., 0] if image.mode == "L" else planes


def _decode_damaged(data: bytes, limits: PictureLimits) -> tuple[Image.Image, tuple[str, ...]]:
    """Decode a JPEG as far as it goes; what is to be said of its damage, if there is any.

    Raises:
        PictureError: nothing of it can be decoded.
    """
    image = open_image(io.BytesIO(data), "JPEG", limits)
    try:
        image.load()
    except Exception as error:  # damaged bytes can raise nearly anything in a decoder
        return _decode_cut_off(data, limits, error), (_CUT_OFF,)
    told = _complaint(data)
    if not told:
        return image, ()
    if _is_blank(image):
        raise PictureError(f"cannot be decoded: libjpeg says '{told}'")
    cut_off = told.startswith(_ENDS_EARLY)
    return image, (_CUT_OFF if cut_off else f"it is damaged: libjpeg says '{told}'",)


def _decode_cut_off(data: bytes, limits: PictureLimits, error: Exception) -> Image.Image:
    """Decode a JPEG as if it ended where its data do: what is missing becomes grey.

    Raises:
        the error that decoding it as it is raised: nothing of it can be decoded.
    """
    image = open_image(io.BytesIO(data + _END), "JPEG", limits)
    try:
        image.load()
    except Exception:
        raise error from None
    if _is_blank(image):
        raise error
    return image


def _is_blank(image: Image.Image) -> bool:
    """Whether next to all of a picture is of one colour, as libjpeg makes it of nothing."""
    pixels = np.asarray(image)
    return bool((pixels == pixels[-1, -1]).mean() > _NEXT_TO_ALL)


def _complaint(data: bytes) -> str:
    """What libjpeg says of damage while it decodes a JPEG all the same; Pillow keeps that silent.

    The pixels are made at an eighth of the size, which costs next to nothing beside their codes.
    """
    simplejpeg = _simplejpeg()
    if simplejpeg is None:
        return ""
    try:
        _, _, space, _ = simplejpeg.decode_jpeg_header(data)
        simplejpeg.decode_jpeg(
            data,
            "CMYK" if space in ("CMYK", "YCCK") else "GRAY",
            fastdct=True,
            fastupsample=True,
            min_height=1,
            min_width=1,
            min_factor=8,
        )
    except ValueError as error:
        told = reason(error)
        # It refuses rare kinds as well, and tells of profiles, whose place this is not.
        damage = told.startswith(("Corrupt JPEG data", _ENDS_EARLY)) and "ICC" not in told
        return told if damage and not _is_padding(data, told) else ""
    return ""


def _simplejpeg() -> Any:
    """The package; None for 32-bit ARM, where there is no wheel."""
    try:
        import simplejpeg
    except ImportError:
        return None
    return simplejpeg


def _is_padding(data: bytes, told: str) -> bool:
    """Whether what is too much at the end are fill bytes, as some cameras write them."""
    extra = _EXTRA_BYTES.search(told)
    if extra is None:
        return False
    count = int(extra[1])
    end = data.rfind(_END)
    return count <= _FEW_BYTES or len(set(data[end - count : end])) == 1
