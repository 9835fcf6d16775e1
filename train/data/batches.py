"""Training batches made on one device: crops, old film, lightness view, half-resolution ab.

All prepared pictures lie on the device as one flat uint8 buffer. A batch is a gather of rectangles,
two matrix products that do what OpenCV does on a CPU, a flip, the sRGB table, CIE Lab, and what
`ageing` does to the lightness. On a GPU nothing is copied to the host, and nothing waits.

Everything is a function of (seed, step): a run that was cut off goes on with the very pictures and
crops that it would have seen.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import torch

from edge_runtime.colour.cielab import RGB_TO_XYZ, WHITE_XYZ, integer_to_linear
from edge_runtime.model.contract import AB_SCALE, LIGHTNESS_SCALE
from edge_runtime.model.tone import TONE_VIEW, ToneView
from train.config import FitConfig
from train.data.ageing import f_of_linear, film_lightness, without_colour
from train.data.store import Store


@dataclass(frozen=True)
class Boxes:
    """Rectangles in pictures, and which of them are mirrored: int64 [N] each, and bool [N]."""

    top: torch.Tensor
    left: torch.Tensor
    height: torch.Tensor
    width: torch.Tensor
    flipped: torch.Tensor


class Pictures:
    """The pictures of a store on a device.

    Args:
        store: prepared pictures.
        device: a torch device; on the CPU the store's memory map is used as it is.
    """

    def __init__(self, store: Store, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self._pixels = store.pixels
        with warnings.catch_warnings():
            # The memory map is read only, and is only read.
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")
            self._flat = torch.from_numpy(store.pixels).to(self.device)
        table = [(e.offset, e.height, e.width) for e in store.entries]
        self._offset, self._height, self._width = torch.tensor(table, device=self.device).T
        # Without asking the device, how large a rectangle may be.
        self._longest = max(max(height, width) for _, height, width in table)
        self._linear = torch.from_numpy(integer_to_linear(np.arange(256, dtype=np.uint8)))
        self._linear = self._linear.to(self.device)

    def __len__(self) -> int:
        return len(self._offset)

    def boxes(
        self,
        index: torch.Tensor,
        generator: torch.Generator,
        *,
        min_area: float = 0.35,
        max_stretch: float = 1.2,
    ) -> Boxes:
        """A random rectangle of each picture, mirrored every second time.

        Args:
            index: int64 [N], of the pictures.
            generator: where chance comes from, of this device.
            min_area: the least share of the picture's area that is taken.
            max_stretch: the most that the rectangle's aspect may differ from the picture's.
        """
        chance = torch.rand(5, len(index), generator=generator, device=self.device)
        area = (min_area + (1 - min_area) * chance[0]).sqrt()
        stretch = ((2 * chance[1] - 1) * (0.5 * math.log(max_stretch))).exp()
        whole_height, whole_width = self._height[index], self._width[index]

        def side(whole: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
            return (whole * share).round().long().clamp(min=1).minimum(whole)

        height, width = side(whole_height, area * stretch), side(whole_width, area / stretch)
        # float32 may round a chance near 1 up to the whole range.
        top = (chance[2] * (whole_height - height + 1)).long().minimum(whole_height - height)
        left = (chance[3] * (whole_width - width + 1)).long().minimum(whole_width - width)
        return Boxes(top, left, height, width, chance[4] < 0.5)

    def crops(self, index: torch.Tensor, boxes: Boxes, size: int) -> torch.Tensor:
        """Rectangles of pictures, resized to squares.

        Args:
            index: int64 [N], of the pictures.
            boxes: of each.
            size: side of the result, in pixels.
        Returns:
            float32 [N, 3, size, size] RGB, whole numbers 0..255.
        """
        make = self._opencv_crops if self.device.type == "cpu" else self.product_crops
        scaled = make(index, boxes, size)
        return torch.where(boxes.flipped[:, None, None, None], scaled.flip(3), scaled)

    def _opencv_crops(self, index: torch.Tensor, boxes: Boxes, size: int) -> torch.Tensor:
        """Not mirrored yet: one after the other, each no larger than it is."""
        pictures = (self._offset[index], self._height[index], self._width[index])
        places = torch.stack([*pictures, boxes.top, boxes.left, boxes.height, boxes.width], 1)
        crops = np.empty((len(index), size, size, 3), np.uint8)
        for crop, place in zip(crops, places.tolist(), strict=True):
            offset, height, width, top, left, rows, columns = place
            picture = self._pixels[offset : offset + height * width * 3].reshape(height, width, 3)
            shrinks = min(rows, columns) > size
            cv2.resize(
                picture[top : top + rows, left : left + columns],
                (size, size),
                dst=crop,
                interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
            )
        return torch.from_numpy(crops).permute(0, 3, 1, 2).float()

    def product_crops(self, index: torch.Tensor, boxes: Boxes, size: int) -> torch.Tensor:
        """As `crops`, not mirrored yet: all at once by two matrix products.

        The kernels are those of OpenCV: INTER_AREA where a crop shrinks, else INTER_LINEAR.
        """
        # Beyond the rectangle its last row and column are repeated, with the weight 0.
        steps = torch.arange(self._longest, device=self.device)
        y = steps.minimum(boxes.height[:, None] - 1) + boxes.top[:, None]
        x = steps.minimum(boxes.width[:, None] - 1) + boxes.left[:, None]
        place = y[:, :, None] * self._width[index][:, None, None] + x[:, None, :]
        place = place * 3 + self._offset[index][:, None, None]
        pixels = torch.stack([self._flat[place + channel] for channel in range(3)], 1).float()
        shrinks = boxes.height.minimum(boxes.width) > size
        vertical = _resampling(boxes.height, size, self._longest, shrinks)
        horizontal = _resampling(boxes.width, size, self._longest, shrinks)
        scaled = vertical[:, None] @ pixels @ horizontal[:, None].mT
        return (scaled + 0.5).floor().clamp(0, 255)

    def linear(self, crops: torch.Tensor) -> torch.Tensor:
        """Linear light, float32 0..1, of whole sRGB levels, any shape."""
        return self._linear[crops.long()]


def _resampling(length: torch.Tensor, size: int, taps: int, shrinks: torch.Tensor) -> torch.Tensor:
    """The kernel of cv2.resize along one axis: float32 [N, size, taps].

    Args:
        length: int64 [N], pixels that become `size`.
        size: pixels of the result.
        taps: columns of the kernel, at least the greatest length.
        shrinks: bool [N], area averages instead of linear interpolation.
    """
    length = length[:, None, None].float()
    scale = length / size  # pixels of the picture for one of the result
    ours = torch.arange(size, device=length.device, dtype=torch.float32)[:, None]
    theirs = torch.arange(taps, device=length.device, dtype=torch.float32)
    begin, end = ours * scale, (ours + 1) * scale
    covered = (end.minimum(theirs + 1) - begin.maximum(theirs)).clamp(min=0) / scale
    centre = ((ours + 0.5) * scale - 0.5).clamp(min=0).minimum(length - 1)
    linear = (1 - (centre - theirs).abs()).clamp(min=0)
    return torch.where(shrinks[:, None, None], covered, linear)


def half_ab(linear: torch.Tensor) -> torch.Tensor:
    """What the network should say: the mean ab over each 2 x 2 pixels.

    Args:
        linear: float32 [N, 3, S, S], linear RGB, S even.
    Returns:
        float32 [N, 2, S/2, S/2], a* and b* / 110.
    """
    matrix = torch.from_numpy((RGB_TO_XYZ / WHITE_XYZ[:, None]).astype(np.float32))
    xyz = torch.einsum("ij,njhw->nihw", matrix.to(linear.device), linear)
    f = f_of_linear(xyz)
    ab = torch.stack([500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)
    return torch.nn.functional.avg_pool2d(ab, 2) / AB_SCALE


def seen_through(view: ToneView | None, lightness: torch.Tensor) -> torch.Tensor:
    """The network's input, as the model contract says (see `edge_runtime.model.tone`).

    Args:
        view: of the contract; None for one without.
        lightness: float32 [N, 1, S, S], L*.
    Returns:
        float32 [N, 1, S, S] in -1..1.
    """
    if view is None:
        return lightness / LIGHTNESS_SCALE - 1
    values = lightness.flatten(1)
    last = values.shape[1] - 1

    def level(share: float) -> torch.Tensor:
        rank = math.floor(share * last + 0.5)
        return values.kthvalue(rank + 1, dim=1).values[:, None, None, None]

    low, high = level(view.low), level(view.high)
    spread = (high - low).clamp(min=view.least_range)
    return 2 * ((lightness - (low + high) * 0.5) / spread + 0.5).clamp(0, 1) - 1


class Batches:
    """The batches of a run, by step.

    Args:
        config: the recipe.
        store: prepared pictures, of which most of a batch is made.
        extra: others, of which a batch has `config.extra_share`, rounded to whole pictures.
        device: where they are made.
    """

    def __init__(
        self,
        config: FitConfig,
        store: Store,
        extra: Store | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        pictures = Pictures(store, device)
        others = 0 if extra is None else round(config.extra_share * config.batch_size)
        self._parts = [(pictures, config.batch_size - others, 0)]
        if others:
            self._parts.append((Pictures(extra, device), others, 2))
        self._parts = [part for part in self._parts if part[1] > 0]
        self.batch_size = config.batch_size
        self.device = pictures.device
        self._config = config
        self._order = lru_cache(maxsize=4)(self._shuffled)

    def _shuffled(self, stream: int, count: int, passed: int) -> np.ndarray:
        seed = self._config.seed
        key = (seed, passed) if stream == 0 else (seed, stream, passed)
        return np.random.default_rng(key).permutation(count)

    def chosen(self, step: int) -> Sequence[np.ndarray]:
        """Which pictures a batch has: int64 [n] for each of the sources."""
        indices = []
        for pictures, count, stream in self._parts:
            total = len(pictures)
            places = range(step * count, (step + 1) * count)
            order = [self._order(stream, total, place // total)[place % total] for place in places]
            indices.append(np.array(order, np.int64))
        return indices

    @torch.no_grad()
    def batch(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The batch of a step, counted from the beginning of the run.

        Args:
            step: from 0 on.
            size: S, side of the crops in pixels, even.
        Returns:
            What the network sees, float32 [N, 1, S, S], and what it should say, float32
            [N, 2, S/2, S/2], a* and b* / 110; on the device.
        """
        # One of its own: several threads may make batches.
        config = self._config
        generator = torch.Generator(self.device).manual_seed(_mixed(config.seed, step))
        linear = []
        for (pictures, _, _), index in zip(self._parts, self.chosen(step), strict=True):
            chosen = torch.from_numpy(index).to(self.device, non_blocking=True)
            boxes = pictures.boxes(chosen, generator)
            linear.append(pictures.linear(pictures.crops(chosen, boxes, size)))
        light = torch.cat(linear)
        ab = half_ab(light)
        lightness = film_lightness(light, config.film, generator)
        lightness, ab = without_colour(lightness, ab, config.film, generator)
        seen = seen_through(TONE_VIEW if config.tone_view else None, lightness)
        if config.tint_share != 1:
            ab = ab - (1 - config.tint_share) * ab.mean((2, 3), keepdim=True)
        return seen, ab


def _mixed(seed: int, step: int) -> int:
    """One seed of two numbers, as far apart for neighbouring steps as for others."""
    return int(np.random.SeedSequence((seed, 1, step)).generate_state(1, np.uint64)[0] >> 1)


@dataclass(frozen=True)
class RoundBatches(Sequence):
    """The batches of one round of a run.

    Attributes:
        batches: of the run.
        first_step: the number of the first one, counted from the beginning of the run.
        steps: how many.
        crop_size: S, side of the crops in pixels.
    """

    batches: Batches
    first_step: int
    steps: int
    crop_size: int

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """See `Batches.batch`; iterating ends by the IndexError."""
        if not 0 <= index < self.steps:
            raise IndexError(index)
        return self.batches.batch(self.first_step + index, self.crop_size)
