"""Make the table of suggestions: which colours regions of training pictures truly have.

Regions are sorted into kinds by what is seen of them (k-means), and the true colours of each kind
into a few (k-means again). Pictures are then sorted into moods, latent classes: in each mood a
region of some kind has each of its colours with some probability, and expectation and maximization
take turns (Dempster, Laird and Rubin, Maximum likelihood from incomplete data, 1977).
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from edge_runtime import Colorizer, Look
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.spread import guide
from edge_runtime.hints.regions import coarse, find_regions
from train.data.store import Store

KINDS, COLOURS, MOODS = 24, 6, 3

# Regions of one picture say less than as many of different ones: what a whole picture counts for.
_CERTAIN = 3.0

# Regions of a kind that every mood is thought to have beforehand, with the usual colours.
_BEFOREHAND = 4.0

_ROUNDS = 60


def write_moods(stores: Iterable[Store], limit: int, model: str, target: Path) -> int:
    """Make the table of training pictures, and write it as JSON.

    Args:
        stores: prepared training pictures.
        limit: pictures of each that are looked at, evenly spread.
        model: whose own colours the regions are told apart by.
        target: the file.
    Returns:
        how many pictures were looked at.
    """
    colorizer, look = Colorizer(model), Look(whole=True)
    features, own, true, areas, picture = [], [], [], [], []
    count = 0
    for store in stores:
        for shown in store.spread(limit):
            rgb = np.ascontiguousarray(shown)
            view = colorizer.see(rgb, look)
            ab = colorizer.predict(view)
            regions = find_regions(guide(view.lightness, *ab.shape[:2]), ab, ab.shape[0])
            truth = coarse(rgb_to_lab(shrink(rgb, *ab.shape[:2]))[..., 1:])
            features.append(regions.features)
            own.append(regions.mean)
            areas.append(regions.areas)
            true += [truth[regions.labels == one].mean(axis=0) for one in range(len(regions))]
            picture.append(np.full(len(regions), count))
            count += 1
    table = moods_of(
        *map(np.concatenate, (features, own, areas, picture)), true=np.array(true, np.float32)
    )
    # Rounded more coarsely than that it would show in a colour; the file is read by people too.
    values = {name: np.round(value, 3).tolist() for name, value in table.items()}
    target.write_text(json.dumps(values, separators=(",", ":")) + "\n", "utf-8")
    return count


def moods_of(
    features: np.ndarray,
    own: np.ndarray,
    areas: np.ndarray,
    picture: np.ndarray,
    true: np.ndarray,
    sizes: Sequence[int] = (KINDS, COLOURS, MOODS),
) -> dict[str, np.ndarray]:
    """The table of regions.

    Args:
        features: float32 [n, 7], of `edge_runtime.hints.regions.Regions`.
        own, true: float32 [n, 2], the network's and the true a* and b*.
        areas: float32 [n], as parts of the picture.
        picture: int [n], from 0 on: to which picture each belongs.
        sizes: how many kinds, colours of each, and moods.
    Returns:
        `kinds`, `colours`, `usual` and `moods`, as `edge_runtime.hints.suggestions.Moods` has them.
    """
    kinds, colours, moods = sizes
    kind, centres = _means(features, kinds)
    colour = np.zeros(len(kind), int)
    shades = np.zeros((kinds, colours, 2), np.float32)
    for one in range(kinds):
        colour[kind == one], shades[one] = _means(true[kind == one], colours)
    weights = np.sqrt(areas)
    usual = np.ones((kinds, colours))
    np.add.at(usual, (kind, colour), weights)
    usual /= usual.sum(axis=1, keepdims=True)
    pictures = picture.max() + 1

    def of_pictures(values: np.ndarray) -> np.ndarray:
        return np.bincount(picture, values, pictures)

    # Begin with where the whole picture differs from what the network said.
    change = [of_pictures((true - own)[:, axis] * areas) for axis in (0, 1)]
    directions = np.pi / 2 + np.arange(moods) * 2 * np.pi / moods
    along = [change[0] * np.cos(angle) + change[1] * np.sin(angle) for angle in directions]
    likely = np.full((pictures, moods), 0.2 / moods)
    likely[np.arange(pictures), np.argmax(along, axis=0)] += 0.8
    for _ in range(_ROUNDS):
        of_moods = np.empty((moods, kinds, colours))
        for mood, chance in enumerate(likely.T):
            of_moods[mood] = _BEFOREHAND * usual
            np.add.at(of_moods[mood], (kind, colour), weights * chance[picture])
        of_moods /= of_moods.sum(axis=2, keepdims=True)
        said = _CERTAIN * weights * np.log(of_moods[:, kind, colour])
        score = np.stack([of_pictures(one) for one in said], axis=1)
        score += np.log(likely.mean(axis=0))
        likely = np.exp(score - score.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
    commonest = np.argsort(-likely.mean(axis=0), kind="stable")
    return {"kinds": centres, "colours": shades, "usual": usual, "moods": of_moods[commonest]}


def _means(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """k-means: to which of `count` each point belongs, int [n], and their means, float32."""
    cv2.setRNGSeed(0)
    ends = (cv2.TERM_CRITERIA_MAX_ITER, 40, 0)
    found = cv2.kmeans(np.float32(points), count, None, ends, 3, cv2.KMEANS_PP_CENTERS)
    return found[1][:, 0], found[2]
