"""Said colours: how they are spread, where they come out as said, and what is refused."""

import json
import math

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data as photos
from skimage.color import rgb2lab

from edge_runtime.colorizer import Colorizer
from edge_runtime.colour import spread as maths
from edge_runtime.colour.hints import MAX_HINTS, Hint, digest
from edge_runtime.colour.spread import Spot, guide, spread
from edge_runtime.errors import ArgumentError, PictureError, TintLiteError
from edge_runtime.hints.file import (
    MOST_BYTES,
    HintsError,
    hints_json,
    hints_of_json,
    read_hints,
    write_hints,
)
from edge_runtime.hints.session import HintSession
from edge_runtime.look import Look
from edge_runtime.photo import colorize_photo
from edge_runtime.pictures import mark_of_file, read_picture
from export.golden_spread import least_ways, spread_exactly

RED, BLUE = "#8c1d2f", "#2040c0"


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    """uint8 [512, 512]: sRGB levels of a photo's luminance."""
    return np.asarray(Image.fromarray(photos.astronaut()).convert("L"))


@pytest.fixture(scope="module")
def halves() -> np.ndarray:
    """uint8 [100, 160]: dark on the left, light on the right, a little noise."""
    picture = np.full((100, 160), 70.0)
    picture[:, 80:] = 180
    return (picture + np.random.default_rng(0).normal(0, 2, picture.shape)).astype(np.uint8)


def ab_there(rgb, hint):
    height, width = rgb.shape[:2]
    return rgb2lab(rgb)[int(hint.y * height), int(hint.x * width), 1:]


# Hints


def test_spellings_of_one_colour():
    hints = [Hint(0.5, 0.25, c) for c in ("#8C1D2F", (140, 29, 47), [140, 29, 47], " #8c1d2f ")]
    hints += [Hint(0.5, 0.25, np.uint8([140, 29, 47])), Hint.from_text("0.5, .25, #8c1d2f")]
    hints += [Hint.at_pixel(5, 2, (10, 11, 3), RED)]
    assert set(hints) == {Hint(0.5, 0.25, RED)}
    assert Hint.from_text("0,1,gray,0.1") == Hint(0, 1, "grey", 0.1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0.5,0.5", "X,Y,#RRGGBB"),
        ("a,b,#8c1d2f", "X,Y,#RRGGBB"),
        ("0.5,0.5,#8c1d2f,0.1,0.2", "X,Y,#RRGGBB"),
        ("", "X,Y,#RRGGBB"),
        ("1.5,0.5,#8c1d2f", "outside of the picture"),
        ("0.5,-0.1,#8c1d2f", "outside of the picture"),
        ("nan,0.5,#8c1d2f", "0 to 1"),
        ("inf,0.5,#8c1d2f", "0 to 1"),
        ("0.5,0.5,#8c1d2f,2", "radius"),
        ("0.5,0.5,red", "colour is"),
        ("0.5,0.5,#8c1d2", "colour is"),
        ("0.5,0.5," + "#" * 10_000, "colour is"),
    ],
)
def test_texts_that_are_no_hints(text, told):
    with pytest.raises(ArgumentError, match=told) as caught:
        Hint.from_text(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("colour", [(1, 2), (1, 2, 300), (1, 2, 3.5), None, 5, (1, 2, -1)])
def test_colours_that_are_none(colour):
    with pytest.raises(ArgumentError, match="colour is"):
        Hint(0.5, 0.5, colour)


def test_a_colour_at_another_lightness(as_srgb_holds):
    for said in ((140, 29, 47), (255, 255, 0), (20, 200, 90)):
        lab = rgb2lab(np.uint8([[said]]))[0, 0]
        for lightness in (4.0, 30.0, 60.0, 90.0):
            held = as_srgb_holds(np.array([[lightness, *lab[1:]]]))[0]
            ours = Hint(0, 0, said).ab_at(lightness)
            # The gamut's table and 16 bits of a level.
            assert np.abs(ours - held[1:]).max() < 0.4, (said, lightness)
    assert not Hint(0, 0, "grey").ab_at(50).any()


# Spreading


def test_spreading_follows_its_formulas():
    rng = np.random.default_rng(1)
    lightness = cv2.resize(rng.uniform(0, 100, (4, 5)).astype(np.float32), (17, 12))
    own = rng.normal(0, 12, (12, 17, 2)).astype(np.float32)
    # More than are worked on at once.
    spots = [
        Spot(*rng.uniform(0, (12, 17)), *size, rng.normal(0, 30, 2).astype(np.float32))
        for size in [(0, 0), (2.2, 3.1)] * 20
    ]
    for chosen in (spots[:1], spots[1:2], spots):
        ours = maths.spread(lightness, own, chosen, 12)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, spread_exactly(lightness, own, chosen, 12), atol=5e-3)
    assert spread(lightness, own, [], 12) is own


def test_ways_go_round_walls():
    lightness = np.full((9, 9), 30, np.float32)
    lightness[2, :8] = lightness[5, 1:] = 90
    (ways,) = maths._ways(lightness, np.array([8 * 9 + 8]))
    np.testing.assert_allclose(ways.reshape(9, 9), least_ways(lightness, (8, 8)), atol=1e-3)
    assert ways.reshape(9, 9)[0, 0] == 0


def test_the_guide_forgets_fading_but_not_edges(halves):
    lightness = np.linspace(0, 100, 64 * 64, dtype=np.float32).reshape(64, 64)
    full, faded = guide(lightness, 32, 32), guide(40 + lightness / 4, 32, 32)
    np.testing.assert_allclose(full, faded, atol=0.01)
    assert full.min() < 5
    assert full.max() > 95


def test_a_hint_stays_on_its_side_of_an_edge(tiny_model, halves):
    colorizer = Colorizer(tiny_model)
    before, hint = colorizer.colorize(halves), Hint(0.25, 0.5, BLUE)
    after = colorizer.colorize(halves, hints=[hint])
    change = np.hypot(*np.moveaxis(rgb2lab(after) - rgb2lab(before), -1, 0)[1:])
    assert np.median(change[:, :72]) > 20
    assert np.median(change[:, 88:]) < 3


def test_nearer_hints_count_more(tiny_model):
    colorizer, flat = Colorizer(tiny_model), np.full((64, 64), 120, np.uint8)
    ab = colorizer.predict(colorizer.see(flat), [Hint(0.1, 0.5, RED), Hint(0.9, 0.5, "grey")])
    red = ab[16, :, 0]
    assert red[3] > red[10] > red[16] > red[28]


# Where a hint is, the colour comes out as said


@pytest.mark.parametrize("model", ["standard", "nano"])
@pytest.mark.parametrize("framing", ["squash", "pad", "tile"])
def test_the_colour_comes_out_as_said(astronaut, model, framing):
    picture = np.ascontiguousarray(astronaut[100:400, :500])
    # In the suit, in the face, in the flag and beside it, next to edges and at the picture's.
    hints = [
        Hint(0.35, 0.85, "#b06030"),
        Hint(0.45, 0.06, "#c09080"),
        Hint(0.2, 0.5, "#7060a0"),
        Hint(0.9, 0.9, "grey"),
        Hint(0.999, 0.0, "#607050"),
    ]
    colorizer = Colorizer(model)
    rgb = colorizer.colorize(picture, Look(whole=True, framing=framing), hints)
    own = rgb2lab(np.repeat(picture[..., None], 3, axis=2))[..., 0]
    for hint in hints:
        lightness = own[int(hint.y * 300), int(hint.x * 500)]
        # 8 bits of the result, and the lightness within a cell, of which one is taken.
        assert np.hypot(*(ab_there(rgb, hint) - hint.ab_at(lightness))) < 2, hint


def test_a_spot_has_its_colour_all_over(tiny_model, grey):
    hint = Hint(0.5, 0.5, "#806070", radius=0.2)
    colorizer = Colorizer(tiny_model)
    ab = colorizer.predict(colorizer.see(grey, Look(whole=True)), [hint])
    inside = ab[12:20, 12:20]
    assert np.abs(inside - hint.ab_at(50)).max() < 2


def test_hints_that_contradict_are_averaged(tiny_model):
    flat = np.full((64, 64), 120, np.uint8)
    colorizer, view = Colorizer(tiny_model), Colorizer(tiny_model).see(flat)
    one, other = Hint(0.5, 0.5, RED), Hint(0.5, 0.5, "#1d8c2f")
    level = float(view.lightness[0, 0])
    ab = colorizer.predict(view, [one, other])[16, 16]
    assert np.abs(ab - (one.ab_at(level) + other.ab_at(level)) / 2).max() < 0.1


def test_the_colours_stay_possible(tiny_model, grey):
    rng = np.random.default_rng(0)
    hints = [Hint(*rng.random(2), tuple(rng.integers(0, 256, 3))) for _ in range(MAX_HINTS)]
    colorizer = Colorizer(tiny_model)
    ab = colorizer.predict(colorizer.see(grey), hints)
    assert np.isfinite(ab).all()
    assert np.abs(ab).max() < 150


def test_prints_on_a_page_have_their_own_hints(astronaut):
    small = astronaut[::2, ::2]
    page = np.full((340, 700), 205, np.uint8)
    page += np.random.default_rng(0).integers(0, 3, page.shape).astype(np.uint8)
    page[40:296, 40:296] = page[44:300, 400:656] = small
    colorizer = Colorizer("standard")
    hints = [Hint((40 + 90) / 700, (40 + 220) / 340, BLUE)]
    view = colorizer.see(page)
    assert len(view.prints) == 2
    before, after = colorizer.colorize(page), colorizer.colorize(page, hints=hints)
    level = rgb2lab(np.repeat(page[..., None], 3, axis=2))[260, 130, 0]
    assert np.hypot(*(ab_there(after, hints[0]) - hints[0].ab_at(level))) < 3
    assert np.array_equal(before[:, 350:], after[:, 350:])
    with pytest.raises(ArgumentError, match="margin"):
        colorizer.colorize(page, hints=[Hint(0.5, 0.5, RED)])
    colorizer.colorize(page, Look(whole=True), [Hint(0.5, 0.5, RED)])


def test_a_session_gives_what_the_colorizer_gives(astronaut):
    colorizer = Colorizer("nano")
    session = HintSession(colorizer, astronaut)
    for hints in ([], [Hint(0.3, 0.8, RED)], [Hint(0.3, 0.8, RED), Hint(0.1, 0.1, "grey")]):
        assert np.array_equal(session.colorize(hints), colorizer.colorize(astronaut, hints=hints))


def test_too_many_hints_and_what_is_none(tiny_model, grey):
    colorizer = Colorizer(tiny_model)
    with pytest.raises(ArgumentError, match=f"{MAX_HINTS} hints at most, not 10000"):
        colorizer.colorize(grey, hints=[Hint(0.5, 0.5, RED)] * 10_000)
    with pytest.raises(ArgumentError, match="a hint is a Hint, not tuple"):
        colorizer.colorize(grey, hints=[(0.5, 0.5, RED)])


# The file


def test_hints_are_written_and_read_again(tmp_path, astronaut):
    hints = (Hint(0.125, 1 / 3, RED), Hint(0, 1, "grey", 0.05))
    write_hints(tmp_path / "a.hints.json", hints, astronaut)
    assert read_hints(tmp_path / "a.hints.json", astronaut) == hints
    assert read_hints(tmp_path / "a.hints.json") == hints
    # Known again when scaled, saved as JPEG, or in colour.
    Image.fromarray(astronaut).resize((301, 300)).save(tmp_path / "a.jpg", quality=60)
    for again in (
        np.asarray(Image.open(tmp_path / "a.jpg")),
        Colorizer("nano").colorize(astronaut),
    ):
        assert read_hints(tmp_path / "a.hints.json", again) == hints


def changed(data, **values):
    return json.dumps(json.loads(data) | values).encode()


def test_files_that_are_refused(astronaut):
    good = hints_json([Hint(0.5, 0.5, RED)], astronaut)
    wrong = {
        "not readable": [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": ' + b"9" * 5000],
        "not a file of hints": [b"[]", b"3", b"{}", changed(good, format="other")],
        "without a version": [changed(good, version=v) for v in (None, "1", True, 0, 1.5)],
        "newer TintLite": [changed(good, version=2), changed(good, version=10**300)],
        "another picture": [
            hints_json([], astronaut[:256]),
            hints_json([], np.ascontiguousarray(astronaut[::-1])),
        ],
        "which picture": [
            changed(good, picture=p)
            for p in (
                None,
                {},
                {"width": 512, "height": 0, "view": "00" * 64},
                {"width": "a", "height": 1, "view": "00" * 64},
                {"width": 10**400, "height": 3, "view": "00" * 64},
                {"width": 512, "height": 512, "view": "zz"},
                {"width": 512, "height": 512, "view": "00"},
            )
        ],
        "no list": [changed(good, hints=None), changed(good, hints={})],
        "hint 1": [
            changed(good, hints=[h])
            for h in (
                None,
                3,
                {},
                {"x": 0.5, "y": 0.5},
                {"x": 2, "y": 0.5, "colour": RED},
                {"x": "1", "y": 0.5, "colour": RED},
                {"x": math.nan, "y": 0.5, "colour": RED},
                {"x": 10**400, "y": 0.5, "colour": RED},
                {"x": 0.5, "y": 0.5, "colour": {}},
                {"x": 0.5, "y": 0.5, "colour": "x" * 100_000},
                {"x": 0.5, "y": 0.5, "colour": RED, "radius": []},
            )
        ],
        "10000 hints": [changed(good, hints=[{}] * 10_000)],
        "1 MB at most": [good + b" " * MOST_BYTES],
    }
    for told, files in wrong.items():
        for data in files:
            with pytest.raises(HintsError, match=told) as caught:
                hints_of_json(data, astronaut, "a.hints.json")
            assert "\n" not in str(caught.value)
            assert len(str(caught.value)) < 500
            assert isinstance(caught.value, TintLiteError)


def test_files_that_cannot_be_read_or_written(tmp_path, astronaut):
    for path in (tmp_path, tmp_path / "missing", "a\0b"):
        with pytest.raises(HintsError):
            read_hints(path, astronaut)
    with pytest.raises(HintsError):
        write_hints(tmp_path / "missing" / "a.json", [], astronaut)


# Photos


def test_a_photo_is_coloured_by_hints(tmp_path, astronaut):
    colorizer, hints = Colorizer("nano"), [Hint(0.3, 0.8, BLUE)]
    exif = Image.Exif()
    exif[0x0112] = 6  # upright after a quarter turn to the right
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(astronaut)))
    stored.save(tmp_path / "a.png", exif=exif)
    upright = read_picture(tmp_path / "a.png").pixels
    assert np.array_equal(upright, astronaut)
    result = colorize_photo(tmp_path / "a.png", tmp_path / "b.png", colorizer, hints=hints)
    assert result.hints == tuple(hints)
    written = read_picture(tmp_path / "b.png").pixels
    assert np.array_equal(written, colorizer.colorize(upright, hints=hints))
    assert f"hints {digest(hints)}" in mark_of_file(tmp_path / "b.png").options


def test_hints_that_are_made_of_the_photo(tmp_path, astronaut):
    Image.fromarray(astronaut).save(tmp_path / "a.png")
    seen = []

    def say(session):
        seen.append(session.picture.shape)
        return [Hint(0.3, 0.8, RED)]

    result = colorize_photo(tmp_path / "a.png", None, Colorizer("nano"), hints=say)
    assert seen == [(512, 512)]
    assert result.hints == (Hint(0.3, 0.8, RED),)


def test_hints_for_several_pages_or_the_margin(tmp_path, astronaut):
    pages = [Image.fromarray(astronaut[:200]), Image.fromarray(astronaut[200:])]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    page = np.full((400, 400), 205, np.uint8)
    page[60:340, 60:340] = astronaut[100:380, 100:380]
    Image.fromarray(page).save(tmp_path / "b.png")
    colorizer, hints = Colorizer("nano"), [Hint(0.01, 0.01, RED)]
    with pytest.raises(PictureError, match="it has 2 pages"):
        colorize_photo(tmp_path / "a.tif", tmp_path / "c.tif", colorizer, hints=hints)
    with pytest.raises(PictureError, match=r"b\.png: .* margin"):
        colorize_photo(tmp_path / "b.png", tmp_path / "c.png", colorizer, hints=hints)
    assert not list(tmp_path.glob("c.*"))
