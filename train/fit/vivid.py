"""Losses of how a picture looks: features of VGG16, and colourfulness. In torch.

Regression gives the mean of all colours that may be, which is brown. Beside a discriminator, these
ask for a picture that looks like a photo: after DDColor (Kang et al. 2023), whose generator learns
by 0.1 L1 + 5.0 features + 1.0 adversarial + 0.5 colourfulness (its L1 is of ab itself: 11 in units
of 110). Its authors leave the last one out for artistic pictures, where it paints red blocks; here
it is the distance from the truth's colourfulness, on either side.
"""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import nn

from edge_runtime.colour.cielab import XYZ_OVER_WHITE_TO_RGB
from edge_runtime.model.contract import AB_SCALE
from train.errors import WeightsError

_KAPPA = 24389 / 27  # CIE 15:2004
_MEAN_BGR = (103.939, 116.779, 123.68)  # of ImageNet, which VGG16 learnt from

# Convolutions of each block; features are taken after the last of each.
_BLOCKS = (2, 2, 3)


def rgb_of(lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """sRGB of CIE L*a*b*, with gradients.

    Args:
        lightness: float32 [N, 1, s, s], L*.
        ab: float32 [N, 2, s, s], a* and b* / 110.
    Returns:
        float32 [N, 3, s, s], encoded, clipped to 0..1.
    """
    fy = (lightness[:, 0] + 16) / 116
    a, b = ab[:, 0] * AB_SCALE, ab[:, 1] * AB_SCALE
    f = torch.stack([fy + a / 500, fy, fy - b / 200], 1)
    xyz = torch.where(f > 6 / 29, f**3, (116 * f - 16) / _KAPPA)
    matrix = torch.from_numpy(XYZ_OVER_WHITE_TO_RGB).to(xyz.device)
    # A little above 0: the curve's slope is infinite nowhere, but its power's at 0 is.
    linear = torch.einsum("ij,njhw->nihw", matrix, xyz).clamp(1e-5, 1)
    return torch.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)


def colourfulness(rgb: torch.Tensor) -> torch.Tensor:
    """Colourfulness M3 of Hasler and Suesstrunk 2003, with gradients.

    float32 [N, 3, s, s] encoded RGB in 0..1 to [N], in their units (of 0..255).
    """
    red, green, blue = (255 * rgb).flatten(2).unbind(1)
    rg, yb = red - green, (red + green) / 2 - blue
    tiny = 1e-3  # a root's slope at 0 is infinite

    def length(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return (one + other + tiny).sqrt()

    spread = length(rg.var(1, correction=0), yb.var(1, correction=0))
    return spread + 0.3 * length(rg.mean(1) ** 2, yb.mean(1) ** 2)


class Vgg16(nn.Module):
    """The first three blocks of VGG16 (Simonyan and Zisserman 2015), not trained.

    Args:
        file: `.npz` of its weights as Keras has them: block1_conv1/kernel [3, 3, in, out],
            block1_conv1/bias [out], and so on.
    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        blocks = []
        try:
            with np.load(file, allow_pickle=False) as weights:
                for number, count in enumerate(_BLOCKS, 1):
                    layers: list[nn.Module] = []
                    for place in range(1, count + 1):
                        name = f"block{number}_conv{place}"
                        kernel = weights[f"{name}/kernel"].astype(np.float32).transpose(3, 2, 0, 1)
                        layer = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1)
                        layer.weight.data.copy_(torch.from_numpy(np.ascontiguousarray(kernel)))
                        bias = weights[f"{name}/bias"].astype(np.float32)
                        layer.bias.data.copy_(torch.from_numpy(bias))
                        layers += [layer, nn.ReLU()]
                    blocks.append(nn.Sequential(*layers))
        except (OSError, EOFError, KeyError, ValueError, RuntimeError, BadZipFile) as error:
            raise WeightsError(f"{file} does not hold VGG16: {error}") from None
        self._blocks = nn.ModuleList(blocks)
        self.register_buffer("_mean", torch.tensor(_MEAN_BGR).view(1, 3, 1, 1))
        self.requires_grad_(False)
        self.to(memory_format=torch.channels_last)

    def forward(self, rgb: torch.Tensor) -> list[torch.Tensor]:
        """float32 [N, 3, s, s] encoded RGB in 0..1 to features [N, C, s/k, s/k], k = 1, 2, 4."""
        x = (255 * rgb.flip(1) - self._mean).contiguous(memory_format=torch.channels_last)
        features = []
        for number, block in enumerate(self._blocks):
            x = block(nn.functional.max_pool2d(x, 2) if number else x)
            features.append(x)
        return features

    def distance(self, true: torch.Tensor, ours: torch.Tensor) -> torch.Tensor:
        """How far features are apart, over how strong the true ones are: [N], the layers' mean."""
        with torch.no_grad():
            expected = self(true)
        apart = [
            (theirs - own).abs().mean(dim=(1, 2, 3)) / theirs.abs().mean(dim=(1, 2, 3))
            for theirs, own in zip(expected, self(ours), strict=True)
        ]
        return torch.stack(apart).mean(0)
