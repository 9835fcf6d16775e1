"""Does looking twice help: at the whole picture, and at windows of it in both directions?

The picture is scaled to more than the network's square and seen in overlapping windows, whose ab
are blended with soft seams. That and the ab of the whole are then joined in several ways.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime import Colorizer, Look
from edge_runtime.colour.compose import compose
from edge_runtime.colour.framing import Framing
from edge_runtime.colour.view import Print, View, lightness_at
from train.errors import PictureSourceError
from train.measure.metrics import colourfulness, psnr, rgb_mse

# Windows a side, half of each shared with the next: the picture is 1.5 and 2 squares wide.
WINDOWS = (2, 3)

_ALONE = "windows alone"


@dataclass(frozen=True)
class DetailScore:
    """One way of looking, on all pictures.

    Attributes:
        way: in words.
        runs: of the network, for one picture.
        pictures: how many.
        gain: mean RGB PSNR over that of the grey pictures, dB.
        better: the part of the pictures whose gain is higher than that of one look.
        colourfulness_ratio: mean colourfulness over that of the true pictures.
    """

    way: str
    runs: int
    pictures: int
    gain: float
    better: float
    colourfulness_ratio: float


def windows(count: int, size: int, output_size: int) -> Framing:
    """Windows in both directions, each shared by half with the next.

    Args:
        count: windows a side.
        size, output_size: S and S' of the network, in pixels.
    """
    step = output_size // 2
    starts = [index * step for index in range(count)]
    side = starts[-1] + output_size
    places = tuple((top, left) for top in starts for left in starts)
    return Framing(side, side, places, size, output_size)


def joined(whole: np.ndarray, fine: np.ndarray) -> dict[str, np.ndarray]:
    """The ways of making one ab of two, by their names.

    Args:
        whole: float32 [h, w, 2], a* and b* of one look.
        fine: float32 [H, W, 2], those of the windows.
    """
    whole = cv2.resize(whole, fine.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    sure, sure_fine = (np.linalg.norm(ab, axis=2, keepdims=True) for ab in (whole, fine))
    blurred = cv2.GaussianBlur(fine, (0, 0), len(fine) / 8)
    return {
        _ALONE: fine,
        "mean": (whole + fine) / 2,
        # The network says grey where it is not sure.
        "by chroma": (whole * sure + fine * sure_fine) / (sure + sure_fine + 1e-3),
        "fine parts of the windows": whole + (fine - blurred),
    }


def measure_detail(model: str, pictures: Iterable[np.ndarray]) -> list[DetailScore]:
    """Colour every picture by every way of looking.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true pictures, uint8 [H, W, 3].
    Raises:
        PictureSourceError: there are no pictures.
    """
    colorizer, look = Colorizer(model), Look(whole=True)
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    true_colour = []
    for picture in pictures:
        grey = psnr(rgb_mse(picture, compose(picture, np.zeros((1, 1, 2), np.float32))))
        whole = colorizer.predict(colorizer.see(picture, look))
        ways = {("one look", 1): whole}
        for count in WINDOWS:
            framing = windows(count, colorizer.input_size, colorizer.output_size)
            seen = Print(lightness_at(picture, *framing.scaled_shape), framing)
            fine = colorizer.predict(View((seen,)))
            for name, ab in joined(whole, fine).items():
                runs = count**2 + (name != _ALONE)
                ways[f"{count} x {count} windows, {name}", runs] = ab
        for way, ab in ways.items():
            ours = compose(picture, ab)
            row = psnr(rgb_mse(picture, ours)) - grey, colourfulness(ours)
            found.setdefault(way, []).append(row)
        true_colour.append(colourfulness(picture))
    if not true_colour:
        raise PictureSourceError("there are no colour pictures to measure on")
    once = np.array(found["one look", 1])[:, 0]
    return [
        DetailScore(
            way,
            runs,
            len(rows),
            float(np.mean([gain for gain, _ in rows])),
            float(np.mean(np.array(rows)[:, 0] > once)),
            float(np.mean([colour for _, colour in rows]) / np.mean(true_colour)),
        )
        for (way, runs), rows in found.items()
    ]
