"""ICC profiles made of tone curves (and a matrix), applied at 16 bits.

Pillow's colour engine takes 8-bit colour only. The profiles that 16-bit scans carry, grey gamma,
Adobe RGB, ProPhoto and their like, are one curve a channel and for RGB a matrix to XYZ: ICC.1:2022,
sections 8.3.3 and 8.4.3 (three-component matrix-based and monochrome), 10.6 (curve) and 10.18
(parametric curve).
"""

import struct

import numpy as np

from edge_runtime import colour

# XYZ (D50) to linear sRGB: the inverse of the sRGB profile's own matrix, Bradford-adapted.
_D50_TO_SRGB = np.linalg.inv(
    np.array(
        [
            [0.4360747, 0.3850649, 0.1430804],
            [0.2225045, 0.7168786, 0.0606169],
            [0.0139322, 0.0971045, 0.7141733],
        ]
    )
)
_LEVELS = 65536
_ROWS = 64
_MAX_TAGS = 200


class IccCurves:
    """The curves (float32 [65536] each, level to linear light) and matrix of a profile."""

    def __init__(self, curves: list[np.ndarray], matrix: np.ndarray | None):
        self._curves = curves
        self._matrix = matrix

    @classmethod
    def parse(cls, data: bytes) -> "IccCurves | None":
        """Read a profile; None where it is damaged or built otherwise (from tables)."""
        try:
            tags = _tags(data)
            if b"A2B0" in tags:
                return None
            if b"kTRC" in tags:
                return cls([_curve(tags[b"kTRC"])], None)
            columns = [struct.unpack(">3i", tags[c + b"XYZ"][8:20]) for c in (b"r", b"g", b"b")]
            matrix = _D50_TO_SRGB @ (np.array(columns).T / 65536)
            curves = [_curve(tags[c + b"TRC"]) for c in (b"r", b"g", b"b")]
        except (KeyError, ValueError, struct.error):
            return None
        return cls(curves, matrix.astype(np.float32))

    def to_srgb(self, pixels: np.ndarray) -> np.ndarray | None:
        """sRGB of a 16-bit picture.

        Args:
            pixels: uint16 [H, W] or [H, W, 3].
        Returns:
            the same shape and dtype; None where the profile is for another kind of picture.
        """
        if (pixels.ndim == 3) != (self._matrix is not None):
            return None
        result = np.empty(pixels.shape, np.uint16)
        for top in range(0, len(pixels), _ROWS):
            strip = pixels[top : top + _ROWS]
            if self._matrix is None:
                linear = np.take(self._curves[0], strip)
            else:
                planes = [np.take(c, strip[..., i]) for i, c in enumerate(self._curves)]
                linear = np.stack(planes, -1) @ self._matrix.T
            colour.linear_to_integer(linear, result[top : top + _ROWS])
        return result


def _tags(data: bytes) -> dict[bytes, bytes]:
    """The tagged elements by signature (ICC.1:2022, 7.3)."""
    (count,) = struct.unpack_from(">I", data, 128)
    tags = {}
    for index in range(min(count, _MAX_TAGS)):
        signature, start, size = struct.unpack_from(">4sII", data, 132 + 12 * index)
        tags[signature] = data[start : start + size]
    return tags


def _curve(element: bytes) -> np.ndarray:
    """Linear light of each 16-bit level: float32 [65536] in 0..1."""
    level = np.arange(_LEVELS) / (_LEVELS - 1)
    if element[:4] == b"curv":
        (count,) = struct.unpack_from(">I", element, 8)
        if count == 0:
            linear = level
        elif count == 1:
            linear = level ** (struct.unpack_from(">H", element, 12)[0] / 256)
        else:
            table = np.frombuffer(element, ">u2", count, 12) / 65535
            linear = np.interp(level, np.linspace(0, 1, count), table)
    elif element[:4] == b"para":
        (kind,) = struct.unpack_from(">H", element, 8)
        linear = _parametric(kind, element, level)
    else:
        raise ValueError("unknown curve")
    return np.clip(np.nan_to_num(linear), 0, 1).astype(np.float32)


def _parametric(kind: int, element: bytes, x: np.ndarray) -> np.ndarray:
    """Parametric curve types 0 to 4 (ICC.1:2022, table 68), g a b c d e f as named there."""
    count = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}.get(kind)
    if count is None:
        raise ValueError("unknown parametric curve")
    values = [v / 65536 for v in struct.unpack_from(f">{count}i", element, 12)]
    g, a, b, c, d, e, f = values + [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0][count:]
    if kind in (1, 2):
        if a == 0:
            raise ValueError("a curve without slope")
        # Below -b / a the curve is the constant c, which is added above it too in type 2.
        c, d, e, f = 0.0, -b / a, c, c
    power = np.maximum(a * x + b, 0) ** g + e
    return np.where(x >= d, power, c * x + f)
