"""How far an exported file is from the Keras model that it came from, on real pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from edge_runtime.model.contract import AB_SCALE, LIGHTNESS_SCALE
from train.measure.evaluate import Network, run_all, with_ab
from train.measure.metrics import psnr, rgb_mse


@dataclass(frozen=True)
class Parity:
    """Differences between two networks on the same pictures.

    Attributes:
        pictures: how many.
        max_ab: the largest difference of a* or b*, in CIE units.
        rgb_psnr: mean PSNR between the two colorized pictures (at S x S), dB, of those that differ;
            infinite if none does.
    """

    pictures: int
    max_ab: float
    rgb_psnr: float


def compare(ours: Network, reference: Sequence[np.ndarray], inputs: Sequence[np.ndarray]) -> Parity:
    """Compare what a network says with what another said.

    Args:
        ours: the network that is judged.
        reference: ab of the other of each input, float32 [S', S', 2] (`run_all`).
        inputs: lightness, float32 [S, S] each.
    Raises:
        ValueError: there are no inputs.
    """
    if not inputs:
        raise ValueError("there are no pictures to compare on")
    largest, ratios = 0.0, []
    for lightness, ab, expected in zip(inputs, run_all(ours, inputs), reference, strict=True):
        largest = max(largest, float(np.abs(ab - expected).max()) * AB_SCALE)
        # As the network sees the picture: with a tone view, stretched.
        seen = (lightness + 1) * LIGHTNESS_SCALE
        pair = with_ab(seen, expected), with_ab(seen, ab)
        ratios.append(psnr(rgb_mse(*pair)))
    # Black and white hold no colour, so that any two networks agree on them.
    differing = [ratio for ratio in ratios if isfinite(ratio)]
    return Parity(len(ratios), largest, float(np.mean(differing)) if differing else inf)
