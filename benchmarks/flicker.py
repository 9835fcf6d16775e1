"""How much the colours of a film flicker, frame by frame and smoothed, and how true they stay.

A colour film is decoded, its lightness is colorized frame by frame, and that is smoothed at each
strength and compared with the film's own colours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import av
import cv2
import numpy as np

from edge_runtime import Colorizer, Device, Look
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.colour.view import View
from edge_runtime.model.tone import ToneView
from edge_runtime.steady.flicker import FlickerMeter
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother
from train.errors import PictureSourceError
from train.measure.metrics import colourfulness, psnr, rgb_mse

LOOK = Look(whole=True)  # films are taken whole

# Frames apart whose histograms are compared.
DISTANCES = (1, 2, 4)


@dataclass(frozen=True)
class FlickerScore:
    """One way of colouring a film.

    Attributes:
        colours: `true`, `grey`, `frame by frame` or `strength …`.
        frames: of the film.
        cuts: found in it.
        flicker: mean warping error of ab, see `FlickerMeter`.
        cdc: of the painted frames, see `ColourConsistency`.
        rgb_psnr: mean over the frames against the true ones, dB; infinite for the true ones.
        colourfulness_ratio: mean over the frames, over that of the true ones.
        ms: median processor time of steadying a frame, milliseconds; 0 without smoothing.
    """

    colours: str
    frames: int
    cuts: int
    flicker: float
    cdc: float
    rgb_psnr: float
    colourfulness_ratio: float
    ms: float


class ColourConsistency:
    """CDC, the colour distribution consistency of a film (Liu et al., "Temporally Consistent Video
    Colorization with Deep Feature Propagation and Self-regularization Learning", 2021, section
    4.1): the mean Jensen-Shannon divergence between the colour histograms of frames of one shot.

    Histograms have 256 bins for each of B, G and R; the divergence is in nats; the means at each
    distance are averaged. A film without colours has the divergence of its luma: lower is calmer,
    but it is to be read beside the grey row.
    """

    def __init__(self) -> None:
        self._recent: list[tuple[int, np.ndarray]] = []
        self._found: dict[int, list[float]] = {distance: [] for distance in DISTANCES}

    def add(self, picture: np.ndarray, shot: int) -> None:
        """Take the next frame, uint8 [H, W, 3] RGB, and the number of its shot."""
        histograms = np.stack(
            [np.bincount(picture[..., c].ravel(), minlength=256) for c in range(3)]
        ) / (picture.size / 3)
        for distance in DISTANCES:
            if distance <= len(self._recent) and self._recent[-distance][0] == shot:
                apart = _divergence(self._recent[-distance][1], histograms)
                self._found[distance].append(apart)
        self._recent = [*self._recent, (shot, histograms)][-max(DISTANCES) :]

    @property
    def value(self) -> float:
        """CDC; 0.0 while there is nothing to compare."""
        means = [np.mean(found) for found in self._found.values() if found]
        return float(np.mean(means)) if means else 0.0


def _divergence(one: np.ndarray, other: np.ndarray) -> float:
    """The mean over channels of the Jensen-Shannon divergence, in nats, of [C, N] that sum to 1."""
    middle = (one + other) / 2
    return float((_relative(one, middle) + _relative(other, middle)).sum() / (2 * len(one)))


def _relative(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """p * log(p / q), 0 where p is."""
    return p * np.log(np.divide(p, q, out=np.ones_like(p), where=p > 0))


class _Tally:
    """Sums the figures of one way of colouring."""

    def __init__(self, colours: str, strength: float = 0, tone: ToneView | None = None):
        self._colours = colours
        self._smoother = ChromaSmoother(strength) if strength else None
        self._shots = ShotWatch(tone)
        self._meter = FlickerMeter()
        self._consistency = ColourConsistency()
        self._ms: list[float] = []
        self._psnr: list[float] = []
        self.colourfulness: list[float] = []

    def predict(self, view: View, colorizer: Colorizer) -> np.ndarray:
        """The ab of this way of the next frame."""
        if self._smoother is None:
            return colorizer.predict(view)
        start = process_time()
        frame = self._shots.see(view)
        seconds = process_time() - start
        ab = colorizer.predict(frame.view)
        start = process_time()
        ab = self._smoother.smooth(frame, ab)
        self._ms.append((process_time() - start + seconds) * 1000)
        return ab

    def add(self, cells: np.ndarray, ab: np.ndarray, true: np.ndarray, ours: np.ndarray) -> None:
        self._meter.add(cells, ab)
        self._consistency.add(ours, self._meter.cuts)
        self._psnr.append(psnr(rgb_mse(true, ours)))
        self.colourfulness.append(colourfulness(ours))

    def score(self, true: "_Tally") -> FlickerScore:
        # A grey film has no colours to compare with.
        true_colourfulness = float(np.mean(true.colourfulness)) or 1.0
        return FlickerScore(
            colours=self._colours,
            frames=len(self._psnr),
            cuts=self._meter.cuts,
            flicker=self._meter.value,
            cdc=self._consistency.value,
            rgb_psnr=float(np.mean(self._psnr)),
            colourfulness_ratio=float(np.mean(self.colourfulness)) / true_colourfulness,
            ms=float(np.median(self._ms)) if self._ms else 0.0,
        )


def measure_flicker(
    clip: str | Path,
    strengths: Sequence[float],
    model: str = "standard",
) -> list[FlickerScore]:
    """Colorize a colour film in every way.

    Args:
        clip: a film that FFmpeg reads.
        strengths: of the smoothing, 0 to 1 each.
        model: a shipped name or a `.tflite`.
    Returns:
        true, grey, frame by frame, and one row a strength.
    Raises:
        PictureSourceError: no film, or one without frames.
        ValueError: a strength is out of range.
    """
    colorizer = Colorizer(model, Device(threads=1))
    size, sides = colorizer.input_size, (colorizer.output_size, colorizer.output_size)
    true_tally, grey, *ours = tallies = [
        *map(_Tally, ("true", "grey", "frame by frame")),
        *(_Tally(f"strength {one:g}", one, colorizer.contract.view) for one in strengths),
    ]
    for true in read_frames(clip):
        view = colorizer.see(true, LOOK)
        own = rgb_to_lab(shrink_exactly(true, size, size))[..., 1:]
        own = cv2.resize(own, sides, interpolation=cv2.INTER_AREA)
        true_tally.add(view.lightness, own, true, true)
        colours = [(grey, np.zeros_like(own))]
        colours += [(tally, tally.predict(view, colorizer)) for tally in ours]
        for tally, ab in colours:
            tally.add(view.lightness, ab, true, colorizer.paint(true, ab, LOOK))
    if not true_tally.colourfulness:
        raise PictureSourceError(f"{clip}: no frame can be decoded")
    return [tally.score(true_tally) for tally in tallies]


def read_frames(clip: str | Path) -> Iterator[np.ndarray]:
    """The frames of a film in the order of display: uint8 [H, W, 3] RGB.

    Raises:
        PictureSourceError: not a film, or damaged.
    """
    try:
        with av.open(str(clip)) as container:
            if not container.streams.video:
                raise PictureSourceError(f"{clip}: no moving pictures in it")
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24")
    except av.error.FFmpegError as error:
        raise PictureSourceError(f"{clip}: {error.strerror}") from error
