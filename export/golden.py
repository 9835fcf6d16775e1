"""Golden vectors: small pictures and what each step makes of them, for every language.

Layout and formulas: tests/golden/README.md.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from edge_runtime import Colorizer, Device
from edge_runtime.colour.view import lightness_at
from edge_runtime.engine.interpreter import Network
from edge_runtime.model.contract import as_input
from edge_runtime.model.model_file import read_model
from edge_runtime.model.shipped import shipped_names, shipped_path
from edge_runtime.model.tone import TONE_VIEW, ToneView
from edge_runtime.whole_file import write_whole
from export.compact import with_short_names
from export.contract_writer import with_contract
from export.errors import ExportError
from export.golden_colour import grey_lightness, lab_triples
from export.golden_hints import hinted_case
from export.golden_pictures import golden_pictures
from export.golden_spread import spread_cases
from export.golden_tone import tone_cases

MANIFEST = "MANIFEST.json"
VERSION = 2

# What the folder holds of each model, by (name, is it fp32?): it stays under 2 MB in all.
PICTURES = {
    ("nano", False): ("photo", "odd", "square", "flat", "pattern"),
    ("standard", False): ("photo", "odd", "flat"),
    ("nano", True): ("photo",),
    ("standard", True): ("photo",),
}

# S of what is shown through the tone view, apart from any model.
SEEN_SIZE = 160

_WEIGHTS = Path(__file__).parents[1] / "weights"


@dataclass(frozen=True)
class Vector:
    """One picture through one model, in raw little-endian arrays, row by row.

    Attributes:
        name: `PICTURE.MODEL.RECIPE`.
        model, recipe, model_sha256, input_size, output_size: of the model file.
        width, height: of the picture, in pixels.
        files: base names by role: `grey` uint8 [H, W], the picture; `lightness` float32 [S, S],
            the network's input; `ab` float32 [S', S', 2], what the network gives; `rgb` uint8
            [H, W, 3], the picture in colour.
        sha256: of each file, by role.
        view: of the model's contract; None where that has none.
        saturation: factor on a* and b*.
    """

    name: str
    model: str
    recipe: str
    model_sha256: str
    input_size: int
    output_size: int
    width: int
    height: int
    files: dict[str, str]
    sha256: dict[str, str]
    view: ToneView | None
    saturation: float = 1.0


@dataclass(frozen=True)
class Seen:
    """One picture as networks with the tone view see it, whether or not one is shipped.

    Attributes:
        name: of the picture.
        input_size, width, height, files, sha256, view: as in `Vector`; the files are `grey` and
            `lightness`.
    """

    name: str
    input_size: int
    width: int
    height: int
    files: dict[str, str]
    sha256: dict[str, str]
    view: ToneView


def write_golden(out: Path, on_stage: Callable[[str], None] = lambda stage: None) -> list[Vector]:
    """Make the vectors of the shipped models and of their float originals.

    The manifest is written last; files of an earlier manifest that have no use any more go.

    Args:
        out: the folder.
        on_stage: called with a word for each stage.
    Raises:
        ExportError: the folder cannot be written, or the demo photo not be read.
        ModelError, TrainError: a shipped model or the weights of one are unfit.
    """
    pictures = golden_pictures()
    vectors: list[Vector] = []
    hinted, hints = hinted_case(pictures["odd"], "odd")
    files: dict[str, bytes] = {
        "lightness.json": _json(grey_lightness()),
        "lab.json": _json(lab_triples()),
        "tone.json": _json(tone_cases()),
        "spread.json": _json(spread_cases()),
        "hinted.json": _json([hinted]),
        "odd.hints.json": hints,
    }
    seen: list[Seen] = []
    for picture, arrays in _seen(pictures):
        seen.append(picture)
        files |= {picture.files[role]: data for role, data in arrays.items()}
    with tempfile.TemporaryDirectory(prefix="tintlite-golden-") as folder:
        for name in shipped_names():
            on_stage(f"{name}: the shipped file")
            models = [shipped_path(name)]
            if (name, True) in PICTURES:
                on_stage(f"{name}: exporting fp32 from its weights")
                models.append(export_float(name, Path(folder)))
            for model in models:
                chosen = PICTURES.get((name, model.parent == Path(folder)), ())
                for vector, arrays in _vectors(model, {key: pictures[key] for key in chosen}):
                    vectors.append(vector)
                    files |= {vector.files[role]: data for role, data in arrays.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_whole(out / name, data)
        listed = {
            "version": VERSION,
            "vectors": [asdict(vector) for vector in vectors],
            "seen": [asdict(picture) for picture in seen],
        }
        write_whole(out / MANIFEST, _json(listed))
        for stale in (*out.glob("*.u8"), *out.glob("*.f32")):
            if stale.name not in files:
                stale.unlink()
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror}") from None
    return vectors


def export_float(name: str, folder: Path, recipe: str = "fp32") -> Path:
    """Export the float original of a shipped model, as large as it, from `weights/`.

    Args:
        name: of the model.
        folder: for `NAME.RECIPE.tflite`.
        recipe: `fp32` or `fp16`.
    Raises:
        TrainError: its weights are missing or unfit.
        ExportError: they were trained with another view than the shipped file has.
    """
    # TensorFlow takes its time to import: only who needs it waits.
    from export.convert import FloatModel
    from train.networks.load import load_generator, run_view

    contract = replace(read_model(name).contract, recipe=recipe, result={})
    if run_view(_WEIGHTS / name) != contract.view:
        raise ExportError(f"weights/{name} are of another tone view than the shipped {name}")
    model = FloatModel(load_generator(_WEIGHTS / name, contract.input_size))
    plain = with_short_names(model.convert(half=recipe == "fp16"))
    file = folder / f"{name}.{recipe}.tflite"
    file.write_bytes(with_contract(plain, contract))
    return file


def _vectors(
    model: Path, pictures: dict[str, np.ndarray]
) -> Iterator[tuple[Vector, dict[str, bytes]]]:
    """Each picture's vector, and its arrays by role."""
    network, colorizer = Network(model, threads=1), Colorizer(model, Device(threads=1))
    contract, size = network.contract, network.input_size
    for key, picture in pictures.items():
        seen = _input(picture, size, contract.view)
        arrays = {
            "grey": picture,
            "lightness": seen,
            "ab": network.run(seen).astype("<f4"),
            "rgb": colorizer.colorize(picture),
        }
        data = {role: array.tobytes() for role, array in arrays.items()}
        name = f"{key}.{contract.name}.{contract.recipe}"
        yield (
            Vector(
                name,
                contract.name,
                contract.recipe,
                hashlib.sha256(model.read_bytes()).hexdigest(),
                size,
                network.output_size,
                picture.shape[1],
                picture.shape[0],
                {
                    "grey": f"{key}.grey.u8",
                    "lightness": _input_file(key, size, contract.view),
                    "ab": f"{name}.ab.f32",
                    "rgb": f"{name}.rgb.u8",
                },
                _digests(data),
                contract.view,
            ),
            data,
        )


def _seen(pictures: dict[str, np.ndarray]) -> Iterator[tuple[Seen, dict[str, bytes]]]:
    """Each picture through the tone view, and its arrays by role."""
    for key, picture in pictures.items():
        seen = _input(picture, SEEN_SIZE, TONE_VIEW)
        data = {"grey": picture.tobytes(), "lightness": seen.tobytes()}
        files = {"grey": f"{key}.grey.u8", "lightness": _input_file(key, SEEN_SIZE, TONE_VIEW)}
        height, width = picture.shape
        yield Seen(key, SEEN_SIZE, width, height, files, _digests(data), TONE_VIEW), data


def _input(picture: np.ndarray, size: int, view: ToneView | None) -> np.ndarray:
    """What a network sees of a picture that is squashed: float32 [S, S]."""
    return as_input(lightness_at(picture, size, size), view).astype("<f4")


def _input_file(picture: str, size: int, view: ToneView | None) -> str:
    return f"{picture}.{'lightness' if view is None else 'view'}{size}.f32"


def _digests(data: dict[str, bytes]) -> dict[str, str]:
    return {role: hashlib.sha256(bytes_).hexdigest() for role, bytes_ in data.items()}


def _json(value: object) -> bytes:
    """JSON with one element of the outermost list a line, so that a change reads well."""
    if isinstance(value, list):
        return ("[\n" + ",\n".join(json.dumps(item) for item in value) + "\n]\n").encode()
    return (json.dumps(value, indent=1) + "\n").encode()
