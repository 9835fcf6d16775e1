"""Embedded ICC profiles: bring a picture's levels to sRGB."""

import io
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image, ImageCms

from edge_runtime.pictures.icc_curves import IccCurves

MAX_PROFILE_BYTES = 16 * 2**20

_MODE_OF_SPACE = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}


@lru_cache(maxsize=1)
def srgb_profile_bytes() -> bytes:
    """An sRGB profile, as it is written into coloured pictures."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class Profile:
    """A readable ICC profile of a grey, RGB or CMYK picture."""

    def __init__(self, data: bytes, profile: ImageCms.ImageCmsProfile, mode: str):
        self._data = data
        self._mode = mode
        self._transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )

    @classmethod
    def parse(cls, data: bytes) -> "Profile | None":
        """Read a profile; None where it is damaged, or neither grey nor RGB nor CMYK."""
        if len(data) > MAX_PROFILE_BYTES:
            return None
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
            mode = _MODE_OF_SPACE.get(profile.profile.xcolor_space.strip())
            return cls(data, profile, mode) if mode else None
        except (OSError, ImageCms.PyCMSError):
            return None

    def image_to_srgb(self, image: Image.Image) -> Image.Image:
        """A picture in sRGB.

        Args:
            image: any 8-bit mode without alpha.
        Returns:
            `L` for a grey picture, `RGB` for RGB and CMYK ones under a profile of their kind; any
            other picture as it is, since the profile is not about it.
        """
        if self._is_srgb:
            return image
        if image.mode in ("1", "L") and self._mode in ("L", "RGB"):
            ramp = Image.frombytes("L", (256, 1), bytes(range(256))).convert(self._mode)
            levels = ImageCms.applyTransform(ramp, self._transform).getchannel("G")
            return image.convert("L").point(levels.tobytes())
        if image.mode == "P" and self._mode == "RGB":
            image = image.convert("RGB")
        if image.mode == self._mode:
            return ImageCms.applyTransform(image, self._transform)
        return image

    def deep_to_srgb(self, pixels: np.ndarray) -> np.ndarray | None:
        """A 16-bit picture in sRGB.

        Args:
            pixels: uint16 [H, W] or [H, W, 3].
        Returns:
            the same shape and dtype; None where the profile consists of tables that are only
            applied at 8 bits.
        """
        if self._is_srgb:
            return pixels
        curves = IccCurves.parse(self._data)
        return None if curves is None else curves.to_srgb(pixels)

    @cached_property
    def _is_srgb(self) -> bool:
        """Whether the profile changes no level by more than one: then nothing is converted."""
        if self._mode == "CMYK":
            return False
        levels = np.arange(0, 256, 15, dtype=np.uint8)
        if self._mode == "L":
            probe = levels[None]
        else:
            probe = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(1, -1, 3)
        result = np.asarray(ImageCms.applyTransform(Image.fromarray(probe), self._transform))
        expected = probe if probe.ndim == 3 else probe[..., None]
        return bool(np.abs(result.astype(int) - expected).max() <= 1)
