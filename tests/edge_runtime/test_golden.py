"""The golden vectors: Python reproduces them, and they are right by formulas of their own."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from edge_runtime import Colorizer, Device
from edge_runtime.colour import cielab
from edge_runtime.colour.compose import compose
from edge_runtime.colour.hinted import joined
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.colour.spread import Spot, spread
from edge_runtime.engine.interpreter import Network
from edge_runtime.hints.file import hints_json, read_hints
from edge_runtime.model.contract import as_input
from edge_runtime.model.model_file import read_model
from edge_runtime.model.shipped import shipped_names, shipped_path
from edge_runtime.model.tone import ToneView

FOLDER = Path(__file__).parents[1] / "golden"
RENEW = "python -m export golden --out tests/golden"
MANIFEST = json.loads((FOLDER / "MANIFEST.json").read_text("utf-8"))
VECTORS, SEEN = MANIFEST["vectors"], MANIFEST["seen"]
CASES = json.loads((FOLDER / "tone.json").read_text("utf-8"))
HINTED = json.loads((FOLDER / "hinted.json").read_text("utf-8"))
SPREAD = json.loads((FOLDER / "spread.json").read_text("utf-8"))
SHIPPED = [vector for vector in VECTORS if vector["recipe"] != "fp32"]


def array(vector, role) -> np.ndarray:
    dtype = {"u8": "u1", "f32": "<f4"}[vector["files"][role].rpartition(".")[2]]
    side, ab_side = vector["input_size"], vector.get("output_size")
    picture = vector["height"], vector["width"]
    square, ab = (side, side), (ab_side, ab_side, 2)
    shape = {"grey": picture, "lightness": square, "ab": ab, "rgb": (*picture, 3)}
    return np.fromfile(FOLDER / vector["files"][role], dtype).reshape(shape[role])


def name_of(vector) -> str:
    return vector["name"]


def view_of(vector) -> ToneView | None:
    return vector["view"] and ToneView(**vector["view"])


def by_the_formula(lightness: np.ndarray, view) -> np.ndarray:
    """The README's steps from L* to the network's input, in float64."""
    if view is None:
        return lightness / 50 - 1
    ordered = sorted(lightness.ravel().tolist())
    low, high = (
        ordered[int(np.floor(view[share] * (len(ordered) - 1) + 0.5))] for share in ("low", "high")
    )
    centre, spread = (low + high) / 2, max(high - low, view["least_range"])
    return 2 * np.clip((lightness - centre) / spread + 0.5, 0, 1) - 1


def near(ours: np.ndarray, golden: np.ndarray) -> float:
    """The share of the values that differ by one level at most."""
    return float((np.abs(ours.astype(int) - golden) <= 1).mean())


def test_the_vectors_are_of_the_models_that_are_shipped():
    listed = {vector["model"]: vector["model_sha256"] for vector in SHIPPED}
    shipped = {
        name: hashlib.sha256(shipped_path(name).read_bytes()).hexdigest()
        for name in shipped_names()
    }
    assert listed == shipped, f"the shipped models have changed: renew with {RENEW}"
    for vector in VECTORS:
        assert view_of(vector) == read_model(vector["model"]).contract.view


def test_the_folder_holds_what_the_manifest_lists_and_is_small():
    listed = {name for vector in (*VECTORS, *SEEN) for name in vector["files"].values()}
    others = {".gitattributes", "MANIFEST.json", "README.md"}
    others |= {"lightness.json", "lab.json", "tone.json", "spread.json"}
    others |= {"hinted.json", *(case["hints"] for case in HINTED)}
    assert {file.name for file in FOLDER.iterdir()} == listed | others
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 2_000_000
    assert {(vector["model"], vector["recipe"]) for vector in VECTORS} >= {
        ("nano", "fp32"),
        ("standard", "fp32"),
    }


@pytest.mark.parametrize("case", SPREAD, ids=name_of)
def test_said_colours_are_spread(case):
    shape = case["height"], case["width"]
    guide = np.float32(case["guide"]).reshape(shape)
    own, golden = (np.float32(case[key]).reshape(*shape, 2) for key in ("own", "ab"))
    spots = [Spot(**{**spot, "ab": np.float32(spot["ab"])}) for spot in case["spots"]]
    assert np.abs(spread(guide, own, spots, case["side"]) - golden).max() <= 0.01


@pytest.mark.parametrize("case", HINTED, ids=lambda case: case["hints"])
def test_a_file_of_hints_colours_its_picture(case):
    grey = np.fromfile(FOLDER / case["grey"], np.uint8).reshape(case["height"], case["width"])
    hints = read_hints(FOLDER / case["hints"], grey)
    side = case["output_size"]
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    own = np.stack([30 * np.sin(rows / 9), 30 * np.cos(columns / 7)], -1)
    ab = joined(Colorizer("nano", Device(threads=1)).see(grey), [own], hints)
    cells = np.float32(case["cells"])
    there = cells[:, :2].astype(int)
    assert np.abs(ab[there[:, 0], there[:, 1]] - cells[:, 2:]).max() <= 0.1
    assert hints_json(hints, grey) == (FOLDER / case["hints"]).read_bytes()


@pytest.mark.parametrize("vector", [*VECTORS, *SEEN], ids=name_of)
def test_the_files_are_whole(vector):
    for role, name in vector["files"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == vector["sha256"][role]


@pytest.mark.parametrize("vector", [*VECTORS, *SEEN], ids=name_of)
def test_grey_to_lightness(vector):
    size = vector["input_size"]
    levels = shrink_exactly(array(vector, "grey"), size, size)
    golden = array(vector, "lightness")
    ours = as_input(cielab.lightness(levels), view_of(vector))
    assert np.abs(ours - golden).max() <= 1e-6
    of_level = np.array(json.loads((FOLDER / "lightness.json").read_text("utf-8")))
    assert np.abs(by_the_formula(of_level[levels], vector["view"]) - golden).max() <= 2e-6


def test_every_picture_is_seen_through_the_tone_view():
    pictures = {vector["files"]["grey"] for vector in (*VECTORS, *SEEN)}
    assert {seen["files"]["grey"] for seen in SEEN} == pictures
    by_name = {seen["name"]: array(seen, "lightness") for seen in SEEN}
    assert not by_name["flat"].any()
    assert all(np.abs(by_name[name]).max() == 1 for name in ("photo", "odd", "square"))


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_edge_cases_of_the_tone_view(case):
    lightness, golden = (np.float32(case[key]) for key in ("lightness", "input"))
    np.testing.assert_array_equal(ToneView(**case["view"]).input_of(lightness), golden)
    expected = by_the_formula(lightness.astype(np.float64), case["view"])
    assert np.abs(expected - golden).max() <= 2e-6


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_ab_to_rgb(vector):
    ab = np.clip(array(vector, "ab"), -1, 1) * np.float32(110)
    rgb = compose(array(vector, "grey"), ab)
    golden = array(vector, "rgb")
    assert (rgb == golden).mean() >= 0.999
    assert np.abs(rgb.astype(int) - golden).max() <= 1


@pytest.mark.parametrize("vector", SHIPPED, ids=name_of)
def test_lightness_to_ab(vector):
    """Other processors and versions of LiteRT round int8 layers otherwise: half a unit on average.

    A wrong sign, axis or scale is off by several units on all these pictures.
    """
    ab = Network(vector["model"], threads=1).run(array(vector, "lightness"))
    assert np.abs(ab - array(vector, "ab")).mean() * 110 < 0.5


@pytest.mark.parametrize("vector", SHIPPED, ids=name_of)
def test_grey_to_rgb(vector):
    rgb = Colorizer(vector["model"], Device(threads=1)).colorize(array(vector, "grey"))
    assert near(rgb, array(vector, "rgb")) >= 0.999


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_the_colours_are_those_of_the_float64_formulas(vector, as_srgb_holds):
    """The README's steps, in float64 and with scikit-image's L*a*b*."""
    grey, golden = array(vector, "grey"), array(vector, "rgb")
    ab = np.clip(array(vector, "ab").astype(np.float64), -1, 1) * 110
    rows, columns = (linear_weights(ab.shape[0], side) for side in grey.shape)
    upsampled = np.einsum("yi,ijc,xj->yxc", rows, ab, columns)
    own = rgb2lab(np.repeat(grey[..., None], 3, axis=2))[..., :1]
    lab = np.concatenate([own, upsampled], axis=2)
    held = as_srgb_holds(lab)
    expected = lab2rgb(held) * 255
    difference = np.abs(golden - expected)
    inside = (held == lab).all(axis=2)
    assert difference[inside].max() < 0.55  # only what lies at a tie may round otherwise
    assert (difference < 2).mean() > 0.9999  # the table's steps
    # At black, what one channel lacks by less than half a level leaves another three.
    assert difference.max() < 4
    # Its white point differs in the 6th digit; in a flat picture many values lie at one tie.
    assert (golden == np.rint(expected)).mean() > 0.985
    # There is colour to compare; an even picture has next to none by training.
    least = 2 if name_of(vector).startswith("flat") else 5
    assert np.ptp(golden.astype(int), axis=2).max() > least


def linear_weights(old: int, new: int) -> np.ndarray:
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    return np.maximum(1 - np.abs(centres[:, None] - np.arange(old)), 0)


def test_lightness_of_every_level():
    golden = json.loads((FOLDER / "lightness.json").read_text("utf-8"))
    levels = np.arange(256, dtype=np.uint8)[None]
    assert np.abs(cielab.lightness(levels)[0] - golden).max() < 5e-5  # 1e-6 of L* / 50 - 1
    grey = np.repeat(levels[..., None], 3, axis=2)
    assert np.abs(rgb2lab(grey)[0, :, 0] - golden).max() < 0.001


def test_rgb_of_lab(as_srgb_holds):
    golden = json.loads((FOLDER / "lab.json").read_text("utf-8"))
    assert len(golden) >= 200
    lab, rgb = (np.array([triple[key] for triple in golden], float) for key in ("lab", "rgb"))
    ours = np.empty(rgb.shape, np.uint8)
    cielab.linear_to_integer(cielab.lab_to_linear(lab), ours)
    assert np.abs(ours - rgb).max() <= 1
    assert (ours == rgb).all(axis=1).mean() > 0.95
    held = as_srgb_holds(lab)
    assert 0.1 < (held == lab).all(axis=1).mean() < 0.9  # in gamut and out
    assert np.abs(lab2rgb(held) * 255 - rgb).max() < 1


def test_the_readme_names_the_command_that_renews_them():
    assert re.search(f"^{RENEW}$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
