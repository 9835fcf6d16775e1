"""TintLite as a node of ComfyUI: copy this file into ComfyUI/custom_nodes/.

ComfyUI's own Python needs the package: pip install tintlite. Images are ComfyUI's: tensors
[N, H, W, C] of 0..1; what there is beyond three channels stays as it is.

Run: ComfyUI's protocol, on torch 2.13's tensors (tests/test_plugins.py). Not run: ComfyUI itself.
"""

from functools import cache

import numpy as np

from tintlite import Colorizer, Look

_LEVELS = 65535  # 16 bits keep what the floats hold
_colorizer = cache(Colorizer)  # each model is loaded once


class TintLiteColorize:
    """Colours for black-and-white images, at their own size and lightness."""

    DESCRIPTION = __doc__
    CATEGORY = "image/color"
    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "colorize"

    @classmethod
    def INPUT_TYPES(cls) -> dict:  # noqa: N802
        saturation = {"default": 1.0, "min": 0.0, "max": 3.0, "step": 0.05}
        return {
            "required": {
                "image": ("IMAGE",),
                "model": (["standard", "nano"],),
                "saturation": ("FLOAT", saturation),
                # Borders and mounts too, which otherwise stay grey.
                "whole": ("BOOLEAN", {"default": False}),
            }
        }

    def colorize(self, image, model: str, saturation: float, whole: bool) -> tuple:
        look = Look(saturation=saturation, whole=whole)
        coloured = []
        for picture in image.cpu().numpy():
            levels = np.round(np.clip(picture[..., :3], 0, 1) * _LEVELS).astype(np.uint16)
            if levels.shape[-1] < 3:
                levels = levels[..., 0]
            rgb = _colorizer(model).colorize(levels, look).astype(np.float32) / _LEVELS
            coloured.append(np.concatenate([rgb, picture[..., 3:]], axis=-1))
        return (image.new_tensor(np.stack(coloured)),)


NODE_CLASS_MAPPINGS = {"TintLiteColorize": TintLiteColorize}
NODE_DISPLAY_NAME_MAPPINGS = {"TintLiteColorize": "Colour (TintLite)"}
