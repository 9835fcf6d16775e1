"""What several tests of the runtime use: colours as sRGB holds them."""

import warnings

import numpy as np
import pytest
from skimage.color import lab2xyz
from skimage.color.colorconv import rgb_from_xyz


@pytest.fixture(scope="session")
def as_srgb_holds():
    """Reduces chroma at the same L* and hue until sRGB holds it, by halving, with scikit-image."""
    return _as_srgb_holds


def _as_srgb_holds(lab: np.ndarray) -> np.ndarray:
    """CIE L*a*b*, float64 [..., 3] each."""
    inside, outside = np.zeros(lab.shape[:-1]), np.ones(lab.shape[:-1])
    inside[_is_held(lab)] = 1
    for _ in range(40):
        share = (inside + outside) / 2
        held = _is_held(_with_share(lab, share))
        inside, outside = np.where(held, share, inside), np.where(held, outside, share)
    return _with_share(lab, inside)


def _with_share(lab: np.ndarray, share: np.ndarray) -> np.ndarray:
    return lab * np.stack([np.ones_like(share), share, share], axis=-1)


def _is_held(lab: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of colours whose Z is below zero
        linear = lab2xyz(lab) @ rgb_from_xyz.T
    # Its white is a ten-thousandth bluer than the sum of its matrix's rows.
    return ((linear > -1e-7) & (linear < 1 + 1e-4)).all(axis=-1)
