"""How a picture of any shape is shown to a network that sees a square.

A framing says to which size the whole picture is scaled, and which S x S windows of that scaled
picture the network sees. Windows may reach over the scaled picture's edge (its edge pixels are
repeated there) and may overlap (their ab are blended). The strategies:

squash: one window, the picture scaled to S x S whatever its shape.
pad:    one window, the long side scaled to S, the rest filled by repeated edge pixels.
tile:   the short side scaled to S, overlapping windows along the long side.

Squash is the default, by measurement (docs/measurements/studies.md).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime.errors import ArgumentError

# Pictures longer than this many squares are squashed to it before tiling: time stays bounded.
MAX_TILED_ASPECT = 6.0

# Neighbouring tiles share at least this part of a window, so that their colours can be blended.
TILE_OVERLAP = 0.25


@dataclass(frozen=True)
class Framing:
    """A plan for one picture size, in cells: a cell is one pixel of the network's ab.

    Attributes:
        height, width: the size of the scaled picture, in cells.
        windows: (top, left) of each window in the scaled picture, in cells; may be negative.
        size: S, the side of a window in pixels of the network's input.
        output_size: S', the side of a window in cells.
    """

    height: int
    width: int
    windows: tuple[tuple[int, int], ...]
    size: int
    output_size: int

    @property
    def scaled_shape(self) -> tuple[int, int]:
        """(height, width) of the scaled picture, in pixels of the network's input."""
        return self._pixels(self.height), self._pixels(self.width)

    def _pixels(self, cells: int) -> int:
        return round(cells * self.size / self.output_size)

    def cut(self, scaled: np.ndarray) -> list[np.ndarray]:
        """The windows of a scaled picture.

        Args:
            scaled: `scaled_shape`, any dtype.
        Returns:
            arrays [S, S] of the same dtype, one a window.
        Raises:
            ValueError: the picture has another size.
        """
        if scaled.shape != self.scaled_shape:
            raise ArgumentError(f"this framing takes {self.scaled_shape}, not {scaled.shape}")
        steps = np.arange(self.size)
        cuts = []
        for top, left in self.windows:
            rows = np.clip(self._pixels(top) + steps, 0, scaled.shape[0] - 1)
            columns = np.clip(self._pixels(left) + steps, 0, scaled.shape[1] - 1)
            cuts.append(scaled[np.ix_(rows, columns)])
        return cuts

    def join(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        """The ab of the whole picture from the ab of its windows.

        Args:
            parts: float32 [S', S', 2], one a window.
        Returns:
            float32 [height, width, 2], low-resolution ab that covers exactly the picture.
        """
        if len(self.windows) == 1:
            top, left = (-offset for offset in self.windows[0])
            return parts[0][top : top + self.height, left : left + self.width]
        ab = np.zeros((self.height, self.width, 2), np.float32)
        total = np.zeros((self.height, self.width, 1), np.float32)
        weight = _blend_weight(self.output_size)
        for (top, left), part in zip(self.windows, parts, strict=True):
            place = np.s_[top : top + self.output_size, left : left + self.output_size]
            ab[place] += part * weight
            total[place] += weight
        return ab / total


def _blend_weight(size: int) -> np.ndarray:
    """Weights of a window that fall linearly from its middle to its edges: float32 [n, n, 1]."""
    ramp = 1 - np.abs((np.arange(size) + 0.5) / size * 2 - 1)
    return np.minimum(ramp[:, None], ramp[None, :]).astype(np.float32)[:, :, None]


def squash(height: int, width: int, size: int, output_size: int) -> Framing:
    """The whole picture scaled to the square, whatever its shape. All sizes in pixels."""
    return Framing(output_size, output_size, ((0, 0),), size, output_size)


def pad(height: int, width: int, size: int, output_size: int) -> Framing:
    """The long side fits the square, the short side is centred in it. All sizes in pixels."""
    longest = max(height, width)
    rows = max(1, round(output_size * height / longest))
    columns = max(1, round(output_size * width / longest))
    window = (-((output_size - rows) // 2), -((output_size - columns) // 2))
    return Framing(rows, columns, (window,), size, output_size)


def tile(height: int, width: int, size: int, output_size: int) -> Framing:
    """Overlapping squares along the long side, the short side fits. All sizes in pixels."""
    aspect = min(max(height, width) / min(height, width), MAX_TILED_ASPECT)
    length = round(output_size * aspect)
    count = 1 + math.ceil((length - output_size) / (output_size * (1 - TILE_OVERLAP)))
    starts = [round(i * (length - output_size) / max(count - 1, 1)) for i in range(count)]
    if height > width:
        return Framing(length, output_size, tuple((s, 0) for s in starts), size, output_size)
    return Framing(output_size, length, tuple((0, s) for s in starts), size, output_size)


FRAMINGS: dict[str, Callable[[int, int, int, int], Framing]] = {
    "squash": squash,
    "pad": pad,
    "tile": tile,
}
DEFAULT_FRAMING = "squash"
