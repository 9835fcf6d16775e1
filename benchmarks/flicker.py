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

from benchmarks.cdc import ColourConsistency
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


class _Tally:
    """Sums the figures of one way of colouring."""

    def __init__(self, colours: str, strength: float = 0, tone: ToneView | None = None):
        self._colours = colours
        self._smoother = ChromaSmoother(strength) if strength else None
        self._shots = ShotWatch(tone)
        self._meter = FlickerMeter()
        self._consistency = ColourConsistency()
        self._psnr: list[float] = []
        self._colourfulness: list[float] = []
        self._ms: list[float] = []

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
        self._colourfulness.append(colourfulness(ours))

    @property
    def frames(self) -> int:
        return len(self._psnr)

    @property
    def colourfulness(self) -> float:
        return float(np.mean(self._colourfulness))

    def score(self, true_colourfulness: float) -> FlickerScore:
        return FlickerScore(
            colours=self._colours,
            frames=self.frames,
            cuts=self._meter.cuts,
            flicker=self._meter.value,
            cdc=self._consistency.value,
            rgb_psnr=float(np.mean(self._psnr)),
            # A grey film has no colours to compare with.
            colourfulness_ratio=self.colourfulness / (true_colourfulness or 1.0),
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
    plain = [_Tally("true"), _Tally("grey")]
    ours = [_Tally("frame by frame")]
    ours += [
        _Tally(f"strength {strength:g}", strength, colorizer.contract.view)
        for strength in strengths
    ]
    for true in read_frames(clip):
        view = colorizer.see(true, LOOK)
        own = rgb_to_lab(shrink_exactly(true, size, size))[..., 1:]
        own = cv2.resize(own, sides, interpolation=cv2.INTER_AREA)
        ways = [own, np.zeros_like(own), *(tally.predict(view, colorizer) for tally in ours)]
        for tally, ab in zip(plain + ours, ways, strict=True):
            painted = true if tally is plain[0] else colorizer.paint(true, ab, LOOK)
            tally.add(view.lightness, ab, true, painted)
    if not plain[0].frames:
        raise PictureSourceError(f"{clip}: no frame can be decoded")
    return [tally.score(plain[0].colourfulness) for tally in plain + ours]


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
