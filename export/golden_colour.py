"""Golden values of the colour maths, in float64 and apart from what the runtime computes with.

Formulas: IEC 61966-2-1 (the sRGB curve) and CIE 15:2004, 8.2.1 (L*a*b*). The matrix is that of
ITU-R BT.709 primaries with D65 white; the white point is the sum of its rows.
"""

import itertools

import numpy as np

_RGB_TO_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
_XYZ_TO_RGB = np.linalg.inv(_RGB_TO_XYZ)
_WHITE = _RGB_TO_XYZ.sum(axis=1)

# Triples nearer than this to the middle between two levels are left out: float32 may round them
# either way, and the runtime's table of 65,536 steps is as near as 0.03 of a level.
_CLEAR_OF_TIES = 0.06


def grey_lightness() -> list[float]:
    """L* (0..100) of the grey levels 0 to 255: the float32 values in their shortest spelling."""
    luminance = _to_linear(np.arange(256) / 255)
    lightness = np.where(
        luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, (29 / 3) ** 3 * luminance
    )
    return [float(str(value)) for value in lightness.astype(np.float32)]


def lab_triples() -> list[dict[str, list[float]]]:
    """`{"lab": [L*, a*, b*], "rgb": [r, g, b]}` over the whole space, out of gamut as well.

    Colours outside sRGB keep L* and hue and have as much chroma as fits. 0..255, whole numbers.
    """
    triples = []
    for lab in itertools.product(
        (0, 3, 8, 25, 50, 77, 100), (-90, -37, -11, 0, 11, 37, 90), (-90, -37, -11, 0, 11, 37, 90)
    ):
        levels = _to_levels(np.array(lab, np.float64))
        if np.abs(levels % 1 - 0.5).min() > _CLEAR_OF_TIES:
            triples.append({"lab": list(lab), "rgb": np.rint(levels).astype(int).tolist()})
    return triples


def _to_levels(lab: np.ndarray) -> np.ndarray:
    """sRGB levels of one (L*, a*, b*), 0..255, not rounded."""
    share = _share_in_gamut(lab)
    linear = np.clip(_lab_to_linear(lab * [1, share, share]), 0, 1)
    curve = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, curve)


def _share_in_gamut(lab: np.ndarray) -> float:
    """How much of a colour's a* and b* sRGB holds at its L*, 0..1, by halving."""
    inside, outside = 0.0, 1.0
    if _is_in_gamut(lab):
        return outside
    for _ in range(50):
        share = (inside + outside) / 2
        if _is_in_gamut(lab * [1, share, share]):
            inside = share
        else:
            outside = share
    return inside


def _is_in_gamut(lab: np.ndarray) -> bool:
    return bool(np.abs(_lab_to_linear(lab) - 0.5).max() <= 0.5)


def _lab_to_linear(lab: np.ndarray) -> np.ndarray:
    fy = (lab[0] + 16) / 116
    f = np.array([fy + lab[1] / 500, fy, fy - lab[2] / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _WHITE
    return _XYZ_TO_RGB @ xyz


def _to_linear(encoded: np.ndarray) -> np.ndarray:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
