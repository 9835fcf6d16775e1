"""Measure a network on colour pictures: how near to the truth, how colourful, against grey."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from itertools import islice
from typing import TypeVar

import cv2
import numpy as np

from edge_runtime.colour.cielab import lab_to_rgb, rgb_to_lab
from edge_runtime.colour.compose import compose
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.view import lightness_at
from edge_runtime.engine.threads import usable_cores
from edge_runtime.model.contract import AB_SCALE, as_input
from edge_runtime.model.tone import ToneView
from train.errors import PictureSourceError
from train.measure.metrics import AbSums, colourfulness, lab8, psnr, rgb_mse

# The side of the square at which pictures are compared: that of the paper and of most of the field.
JUDGED_SIZE = 256

# The name of the row of pictures without colour.
GREY = "grey"

# The ab of that.
NO_COLOUR = np.zeros((1, 1, 2), np.float32)

Item = TypeVar("Item")

# Pictures that a network may take in one batch: Keras is three times as fast with eight as with
# one, and no faster with more.
AT_A_TIME = 8

# lightness float32 [S, S] (`edge_runtime.model.contract.as_input`) -> ab float32 [S', S', 2]
# (a*, b* / 110). One that takes several at once has a method `batch` as well:
# [N, S, S] -> [N, S', S', 2].
Network = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Scores:
    """Means over pictures of `JUDGED_SIZE` squared.

    Attributes:
        pictures: how many.
        rgb_psnr: mean of each picture's PSNR over RGB, dB.
        rgb_psnr_of_mean_mse: PSNR of the mean MSE over RGB, dB.
        lab_mse: mean MSE over the three channels of 8-bit Lab.
        lab_psnr: mean of each picture's PSNR over 8-bit Lab, dB.
        ab_psnr: mean of each picture's PSNR over a* and b*, peak 255, dB.
        colourfulness_ratio: mean colourfulness over the mean of the true pictures.
        gain: rgb_psnr less that of the grey picture (ab = 0), dB.
        rho: correlation of the predicted a*, b* with the true ones, pooled over all pictures and
            both channels, no mean taken off (`metrics.AbSums`). Predicted are those that the
            network gives, upsampled and not yet clipped.
        chroma_ratio: of the same, the root of their energy over that of the true ones.
    """

    pictures: int
    rgb_psnr: float
    rgb_psnr_of_mean_mse: float
    lab_mse: float
    lab_psnr: float
    ab_psnr: float
    colourfulness_ratio: float
    gain: float
    rho: float
    chroma_ratio: float


def judged(picture: np.ndarray) -> np.ndarray:
    """A true picture at the size at which it is compared: uint8 [256, 256, 3]."""
    return shrink(picture, JUDGED_SIZE, JUDGED_SIZE)


def network_input(picture: np.ndarray, input_size: int, view: ToneView | None) -> np.ndarray:
    """What a network with that view sees of a picture: float32 [S, S] of uint8 [H, W, 3]."""
    return as_input(lightness_at(picture, input_size, input_size), view)


def run_all(network: Network, inputs: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
    """A network's ab of several pictures, in batches if it can: float32 [S', S', 2] each."""
    batch = getattr(network, "batch", None)
    if batch is None:
        return [network(seen) for seen in inputs]
    return [ab for seen in in_groups(inputs, AT_A_TIME) for ab in batch(np.stack(seen))]


@dataclass(frozen=True)
class OpenNetwork:
    """A network that is ready, and how it is shown pictures.

    Attributes:
        run: from its input to ab.
        input_size: S, in pixels.
        view: that it was trained with; None for none.
    """

    run: Network
    input_size: int
    view: ToneView | None = None

    def ab_of(self, pictures: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        """Its ab of pictures, uint8 [H, W, 3] or [H, W] each: float32 [S', S', 2] each."""
        return run_all(self.run, [network_input(p, self.input_size, self.view) for p in pictures])


def upsampled(ab: np.ndarray, height: int, width: int) -> np.ndarray:
    """The network's ab [S', S', 2] (a*, b* / 110) as a*, b* [height, width, 2], not clipped."""
    scaled = ab * np.float32(AB_SCALE)
    return cv2.resize(scaled, (width, height), interpolation=cv2.INTER_LINEAR)


def painted(picture: np.ndarray, ab: np.ndarray) -> np.ndarray:
    """What the runtime makes of a picture and a network's ab.

    Args:
        picture: uint8 [H, W, 3] RGB or [H, W] grey, whose lightness is kept.
        ab: float32 [S', S', 2], a*, b* / 110.
    Returns:
        uint8 [H, W, 3] RGB.
    """
    return compose(picture, np.clip(ab, -1, 1) * np.float32(AB_SCALE))


def with_ab(own_lightness: np.ndarray, ab: np.ndarray) -> np.ndarray:
    """A lightness that is no picture's, L* [H, W], with a network's ab [S', S', 2]: uint8 RGB."""
    whole = np.clip(upsampled(ab, *own_lightness.shape), -AB_SCALE, AB_SCALE)
    return np.round(lab_to_rgb(np.dstack([own_lightness, whole])) * 255).astype(np.uint8)


@dataclass(frozen=True)
class Figures:
    """One picture against the true one. Definitions: see `Scores`.

    Attributes:
        rgb_psnr, lab_psnr, ab_psnr: dB; infinite where nothing differs.
        rgb_mse: over all RGB values.
        lab_mse: over the three channels of 8-bit Lab.
        colourfulness: of ours.
    """

    rgb_psnr: float
    rgb_mse: float
    lab_mse: float
    lab_psnr: float
    ab_psnr: float
    colourfulness: float


def figures(true: np.ndarray, true_lab: np.ndarray, ours: np.ndarray, lab: np.ndarray) -> Figures:
    """Measure one picture. uint8 [H, W, 3] RGB, and float32 [H, W, 3] Lab of each."""
    mse = rgb_mse(true, ours)
    lab_mse = float(np.mean((lab8(true_lab) - lab8(lab)) ** 2))
    ab_mse = float(np.mean((true_lab[..., 1:] - lab[..., 1:]) ** 2))
    return Figures(psnr(mse), mse, lab_mse, psnr(lab_mse), psnr(ab_mse), colourfulness(ours))


def _measured(true: np.ndarray, true_lab: np.ndarray, ab: np.ndarray) -> tuple[Figures, AbSums]:
    """One picture: uint8 [256, 256, 3], its Lab, and the network's ab [S', S', 2]."""
    ours = painted(true, ab)
    sums = AbSums.of(upsampled(ab, *true.shape[:2]), true_lab[..., 1:])
    return figures(true, true_lab, ours, rgb_to_lab(ours)), sums


def _scores(
    measured: Sequence[tuple[Figures, AbSums]],
    true_colourfulness: float,
    grey_psnr: float | None = None,
) -> Scores:
    """One row of the table."""
    rows = [astuple(found) for found, _ in measured]
    rgb_psnr, mse, lab_mse, lab_psnr, ab_psnr, colour = np.mean(rows, axis=0).tolist()
    pooled = sum((sums for _, sums in measured), AbSums())
    return Scores(
        pictures=len(rows),
        rgb_psnr=rgb_psnr,
        rgb_psnr_of_mean_mse=psnr(mse),
        lab_mse=lab_mse,
        lab_psnr=lab_psnr,
        ab_psnr=ab_psnr,
        colourfulness_ratio=colour / true_colourfulness,
        gain=0.0 if grey_psnr is None else rgb_psnr - grey_psnr,
        rho=pooled.rho,
        chroma_ratio=pooled.chroma_ratio,
    )


def _no_colour(pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [NO_COLOUR] * len(pictures)


def in_groups(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """Lists of so many items, the last one of what is left."""
    rest = iter(items)
    while group := list(islice(rest, most)):
        yield group


def evaluate(
    networks: dict[str, OpenNetwork],
    pictures: Iterable[np.ndarray],
    on_picture: Callable[[], None] = lambda: None,
) -> dict[str, Scores]:
    """Measure networks side by side on the same pictures.

    Args:
        networks: by name.
        pictures: true pictures, uint8 [H, W, 3] RGB of any size; compared at 256x256.
        on_picture: called after every picture.
    Returns:
        The scores by name, with the row `grey` (ab = 0) first.
    Raises:
        PictureSourceError: there are no pictures.
    """
    tallies: dict[str, list[tuple[Figures, AbSums]]] = {name: [] for name in (GREY, *networks)}
    true_colours: list[float] = []
    # NumPy and OpenCV let go of the interpreter. The sums are made here, in the pictures' order,
    # so that the figures do not depend on the number of cores.
    with ThreadPoolExecutor(usable_cores()) as pool:
        for group in in_groups(map(judged, pictures), AT_A_TIME):
            true_colours += pool.map(colourfulness, group)
            labs = list(pool.map(rgb_to_lab, group))
            found = []
            for name, tally in tallies.items():  # measured while the next network runs
                abs_of = networks[name].ab_of if name in networks else _no_colour
                rows = zip(group, labs, abs_of(group), strict=True)
                found += [(tally, pool.submit(_measured, *row)) for row in rows]
            for tally, measured in found:
                tally.append(measured.result())
            for _ in group:
                on_picture()
    if not true_colours:
        raise PictureSourceError("there are no colour pictures to measure on")
    mean_colour = float(np.mean(true_colours))
    grey = _scores(tallies.pop(GREY), mean_colour)
    rows = {name: _scores(tally, mean_colour, grey.rgb_psnr) for name, tally in tallies.items()}
    return {GREY: grey, **rows}
