"""How well colours hold through a shot whose exposure does not: films made of known pictures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

import cv2
import numpy as np

from benchmarks.cdc import ColourConsistency
from benchmarks.old_shots import KnownFilm, films_of
from edge_runtime import Colorizer, Device, Look
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.steady.flicker import FlickerMeter
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother
from train.errors import PictureSourceError
from train.measure.metrics import colourfulness

LOOK = Look(whole=True)  # films are taken whole

# In a fade colours may fall to any part of those of the shot.
_PARTS = np.linspace(0, 1, 5, dtype=np.float32)

# Grey frames of a film, and its true ones, to the ab of each.
Way = Callable[[KnownFilm], list[np.ndarray]]


@dataclass(frozen=True)
class ShotFigures:
    """The colours of films of one kind.

    Attributes:
        tint: how far the mean a*, b* of a painted frame goes from what the shot's own colours
            make of that frame, at any strength: the largest distance of each film, in the mean.
        worst_tint: the largest of all.
        cdc: see `ColourConsistency`.
        flicker: see `FlickerMeter`.
        colourfulness: mean over the frames.
    """

    tint: float
    worst_tint: float
    cdc: float
    flicker: float
    colourfulness: float


def measure_shots(
    pictures: Iterable[np.ndarray], model: str = "standard"
) -> dict[tuple[str, str], ShotFigures]:
    """Colour films of every kind in every way.

    Args:
        pictures: uint8 [H, W, 3]; three or more.
        model: a shipped name or a `.tflite`.
    Returns:
        the figures by kind of film and way of colouring: true, grey, frame by frame, smoothed.
    Raises:
        PictureSourceError: there are fewer pictures.
    """
    pictures = list(pictures)
    if len(pictures) < 3:
        raise PictureSourceError("an old film needs three pictures or more")
    colorizer = Colorizer(model, Device(threads=1))
    found: dict[tuple[str, str], list[ShotFigures]] = defaultdict(list)
    for film in films_of(pictures):
        for name, way in ways_of(colorizer).items():
            found[film.kind, name].append(figures_of(film, way(film), colorizer))
    return {key: _pooled(figures) for key, figures in found.items()}


def ways_of(colorizer: Colorizer) -> dict[str, Way]:
    """Every way of colouring a film, by its name."""
    side = colorizer.output_size

    def true(film: KnownFilm) -> list[np.ndarray]:
        labs = (
            rgb_to_lab(cv2.resize(f, (side, side), interpolation=cv2.INTER_AREA)) for f in film.true
        )
        return [np.ascontiguousarray(lab[..., 1:]) for lab in labs]

    def grey(film: KnownFilm) -> list[np.ndarray]:
        return [np.zeros((side, side, 2), np.float32) for _ in film.seen]

    def by_frame(film: KnownFilm) -> list[np.ndarray]:
        return [colorizer.predict(colorizer.see(frame, LOOK)) for frame in film.seen]

    def smoothed(film: KnownFilm) -> list[np.ndarray]:
        watch, smoother = ShotWatch(colorizer.contract.view), ChromaSmoother()
        result = []
        for seen in film.seen:
            frame = watch.see(colorizer.see(seen, LOOK))
            result.append(smoother.smooth(frame, colorizer.predict(frame.view)))
        return result

    return {"true": true, "grey": grey, "frame by frame": by_frame, "smoothed": smoothed}


def figures_of(film: KnownFilm, ab: Sequence[np.ndarray], colorizer: Colorizer) -> ShotFigures:
    """The figures of one film, of the ab of its frames, float32 [S', S', 2] each."""
    consistency, meter, colours = ColourConsistency(), FlickerMeter(), []
    for grey, own, shot in zip(film.seen, ab, film.shots, strict=True):
        painted = colorizer.paint(grey, own, LOOK)
        consistency.add(painted, shot)
        meter.add(colorizer.see(grey, LOOK).lightness, own)
        colours.append(colourfulness(painted))
    worst = float(tint_errors(film, ab, colorizer).max())
    return ShotFigures(worst, worst, consistency.value, meter.value, float(np.mean(colours)))


def tint_errors(film: KnownFilm, ab: Sequence[np.ndarray], colorizer: Colorizer) -> np.ndarray:
    """How far the mean tint of each painted frame is from the shot's own colours on that frame.

    These are the mean ab of the shot's frames; in a fade, those of its bright end, of which a frame
    may show any part. What sRGB has no room for, near black and white, is no error so.

    Returns:
        float64 [frames], in units of a* and b*; of a film that moves, from the shot's mean tint.
    """
    tints = np.array([_tint(grey, own, colorizer) for grey, own in zip(film.seen, ab, strict=True)])
    shots = np.array(film.shots)
    if film.moves:
        means = {shot: tints[shots == shot].mean(axis=0) for shot in set(film.shots)}
        return np.linalg.norm(tints - [means[shot] for shot in film.shots], axis=1)
    own = np.mean(ab, axis=0)
    if film.fades:
        own = ab[0 if film.seen[0].mean() > film.seen[-1].mean() else -1]
    parts = _PARTS if film.fades else _PARTS[-1:]
    errors = []
    for grey, tint in zip(film.seen, tints, strict=True):
        line = np.array([_tint(grey, own * part, colorizer) for part in parts])
        errors.append(_distance(tint, line))
    return np.array(errors)


def _tint(grey: np.ndarray, ab: np.ndarray, colorizer: Colorizer) -> np.ndarray:
    """Mean a*, b* of a frame painted with ab."""
    return rgb_to_lab(colorizer.paint(grey, np.float32(ab), LOOK))[..., 1:].mean(axis=(0, 1))


def _distance(point: np.ndarray, line: np.ndarray) -> float:
    """Of a point from a line of straight pieces, [n, 2], or from its only point."""
    starts, steps = line[:-1], np.diff(line, axis=0)
    if not len(steps):
        return float(np.linalg.norm(point - line[0]))
    lengths = np.maximum((steps**2).sum(axis=1), 1e-12)
    along = np.clip(((point - starts) * steps).sum(axis=1) / lengths, 0, 1)
    return float(np.linalg.norm(starts + along[:, None] * steps - point, axis=1).min())


def _pooled(figures: list[ShotFigures]) -> ShotFigures:
    tint, worst, *others = np.array([astuple(one) for one in figures]).T
    return ShotFigures(tint.mean(), worst.max(), *(values.mean() for values in others))
