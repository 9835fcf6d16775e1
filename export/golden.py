"""Golden vectors: small pictures and what each step makes of them, for every language.

Layout and formulas: tests/golden/README.md.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

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


def write_golden(
    out: Path, on_stage: Callable[[str], None] = lambda stage: None
) -> list[dict[str, Any]]:
    """Make the vectors of the shipped models and of their float originals.

    The manifest is written last; files of an earlier manifest that have no use any more go.

    Args:
        out: the folder.
        on_stage: called with a word for each stage.
    Returns:
        the manifest's rows of the vectors.
    Raises:
        ExportError: the folder cannot be written, or the demo photo not be read.
        ModelError, TrainError: a shipped model or the weights of one are unfit.
    """
    pictures = golden_pictures()
    vectors: list[dict[str, Any]] = []
    hinted, hints = hinted_case(pictures["odd"], "odd")
    files: dict[str, bytes] = {
        "lightness.json": _json(grey_lightness()),
        "lab.json": _json(lab_triples()),
        "tone.json": _json(tone_cases()),
        "spread.json": _json(spread_cases()),
        "hinted.json": _json([hinted]),
        "odd.hints.json": hints,
    }
    seen = []
    for key, picture in pictures.items():
        arrays = _shown(key, picture, SEEN_SIZE, TONE_VIEW)
        height, width = picture.shape
        row = {"name": key, "input_size": SEEN_SIZE, "width": width, "height": height}
        seen.append(row | _listed(arrays) | {"view": asdict(TONE_VIEW)})
        files |= dict(arrays.values())
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
                    files |= dict(arrays.values())
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_whole(out / name, data)
        listed = {"version": VERSION, "vectors": vectors, "seen": seen}
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


# By role, the name and the bytes of a raw little-endian array's file.
_Arrays = dict[str, tuple[str, bytes]]


def _vectors(
    model: Path, pictures: dict[str, np.ndarray]
) -> Iterator[tuple[dict[str, Any], _Arrays]]:
    """Each picture's row in the manifest, and its arrays."""
    network, colorizer = Network(model, threads=1), Colorizer(model, Device(threads=1))
    contract, size = network.contract, network.input_size
    for key, picture in pictures.items():
        name = f"{key}.{contract.name}.{contract.recipe}"
        arrays = _shown(key, picture, size, contract.view)
        ab = network.run(_input(picture, size, contract.view)).astype("<f4")
        arrays["ab"] = f"{name}.ab.f32", ab.tobytes()
        arrays["rgb"] = f"{name}.rgb.u8", colorizer.colorize(picture).tobytes()
        row = {
            "name": name,
            "model": contract.name,
            "recipe": contract.recipe,
            "model_sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
            "input_size": size,
            "output_size": network.output_size,
            "width": picture.shape[1],
            "height": picture.shape[0],
            **_listed(arrays),
            "view": contract.view and asdict(contract.view),
            "saturation": 1.0,
        }
        yield row, arrays


def _shown(key: str, picture: np.ndarray, size: int, view: ToneView | None) -> _Arrays:
    """A picture, uint8 [H, W], and what a network sees of it."""
    kind = "lightness" if view is None else "view"
    return {
        "grey": (f"{key}.grey.u8", picture.tobytes()),
        "lightness": (f"{key}.{kind}{size}.f32", _input(picture, size, view).tobytes()),
    }


def _input(picture: np.ndarray, size: int, view: ToneView | None) -> np.ndarray:
    """What a network sees of a picture that is squashed: float32 [S, S]."""
    return as_input(lightness_at(picture, size, size), view).astype("<f4")


def _listed(arrays: _Arrays) -> dict[str, dict[str, str]]:
    """Names and digests by role."""
    digests = {role: hashlib.sha256(data).hexdigest() for role, (_, data) in arrays.items()}
    return {"files": {role: name for role, (name, _) in arrays.items()}, "sha256": digests}


def _json(value: object) -> bytes:
    """JSON with one element of the outermost list a line, so that a change reads well."""
    if isinstance(value, list):
        return ("[\n" + ",\n".join(json.dumps(item) for item in value) + "\n]\n").encode()
    return (json.dumps(value, indent=1) + "\n").encode()
