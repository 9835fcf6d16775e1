"""The best and the worst pictures side by side, coloured anew from their source."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.accuracy import MIN_SIDE
from benchmarks.report.accuracy_section import gains_by_picture
from benchmarks.report.document import Gallery, Picture
from edge_runtime.benchmark.model_facts import model_facts
from edge_runtime.benchmark.result_file import BenchmarkResult
from edge_runtime.errors import TintLiteError
from edge_runtime.shipped import shipped_names
from train.errors import SourceError
from train.evaluate import GREY, NO_COLOUR, OpenNetwork, judged, painted
from train.metrics import psnr, rgb_mse
from train.networks import open_networks
from train.open_pictures import TruePictures

EACH = 6  # best, and worst

# Models that are shown beside each other; more would be too small on a phone.
MOST_MODELS = 3
_QUALITY = 85


def find_models(result: BenchmarkResult, files: Sequence[Path]) -> dict[str, OpenNetwork]:
    """The models of a result that are at hand, with the very bytes that were measured.

    Args:
        result: of accuracy.
        files: `.tflite` files to look among, beside the shipped models.
    Returns:
        By the result's name, in its order, at most `MOST_MODELS`.
    Raises:
        ModelError: a file is no model.
    """
    at_hand: dict[str, str] = {}
    for model in (*shipped_names(), *map(str, files)):
        at_hand.setdefault(model_facts(model).sha256, model)
    found = [
        (name, at_hand[facts.sha256])
        for name, facts in result.models.items()
        if facts.sha256 in at_hand and name in result.per_picture
    ]
    # The same file by another interpreter would give the same pictures.
    once = {model: name for name, model in reversed(found)}
    chosen = [(name, model) for name, model in found if once[model] == name][:MOST_MODELS]
    opened = open_networks([model for _, model in chosen], None, [1.0])
    return dict(zip((name for name, _ in chosen), opened.values(), strict=True))


def _jpeg(picture: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()


def _row(true: np.ndarray, networks: Mapping[str, OpenNetwork], gains: Mapping[str, float]):
    pictures = [Picture("grey", _jpeg(painted(true, NO_COLOUR)))]
    for name, network in networks.items():
        (ab,) = network.ab_of([true])
        ours = painted(true, ab)
        pictures.append(Picture(f"{name} ({gains[name]:+.1f} dB)", _jpeg(ours)))
    return (*pictures, Picture("true", _jpeg(true)))


def galleries(
    result: BenchmarkResult, source: str, files: Sequence[Path] = ()
) -> tuple[Gallery, ...]:
    """The pictures with the highest and the lowest gain of the first model that is at hand.

    Args:
        result: of accuracy, with its figures picture by picture.
        source: the pictures that it was measured on.
        files: `.tflite` files to look among, beside the shipped models.
    Raises:
        ModelError: a file is no model.
        SourceError: the source lacks pictures of the result, or is bad.
        TintLiteError: none of the result's models is at hand.
    """
    networks = find_models(result, files)
    gains = gains_by_picture(result)
    if not networks or not gains:
        raise TintLiteError(
            "no picture can be shown: none of the measured models is shipped or given by --model"
        )
    leader = next(iter(networks))
    order = np.argsort(gains[leader])
    each = min(EACH, len(order) // 2) or 1
    worst, best = order[:each].tolist(), order[::-1][:each].tolist()
    true = _load(result, source, {*worst, *best})
    titles = ((f"The best of {leader}", best), (f"The worst of {leader}", worst))
    return tuple(
        Gallery(
            title,
            tuple(
                (
                    result.pictures[index],
                    _row(true[index], networks, {name: gains[name][index] for name in networks}),
                )
                for index in chosen
            ),
        )
        for title, chosen in titles
    )


def _load(result: BenchmarkResult, source: str, wanted: set[int]) -> dict[int, np.ndarray]:
    """The true pictures by their number in the result: uint8 [256, 256, 3] each.

    A name may occur twice in a source: the grey picture's distance from the truth tells which.
    """
    by_name: dict[str, list[int]] = {}
    for index in wanted:
        by_name.setdefault(result.pictures[index], []).append(index)
    grey = result.per_picture[GREY]["rgb_psnr"]
    found: dict[int, np.ndarray] = {}
    for name, picture in TruePictures(source, min_side=MIN_SIDE).named():
        for index in by_name.get(name, ()):
            true = judged(picture)
            if index not in found and abs(_grey_psnr(true) - grey[index]) < 0.01:
                found[index] = true
        if len(found) == len(wanted):
            return found
    raise SourceError(f"{source} does not hold the pictures that were measured")


def _grey_psnr(true: np.ndarray) -> float:
    return psnr(rgb_mse(true, painted(true, NO_COLOUR)))
