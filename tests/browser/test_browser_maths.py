"""The colour maths in JavaScript against the golden vectors, in Chromium, without LiteRT.js."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.colour.margins import at_full_resolution, find_prints, view_of
from edge_runtime.colour.prints import Rectangle, join_prints
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.hints.file import Likeness

GOLDEN = Path(__file__).parents[1] / "golden"


def golden(name: str):
    return json.loads((GOLDEN / name).read_text("utf-8"))


def array(name: str, dtype: str, *shape: int) -> np.ndarray:
    return np.fromfile(GOLDEN / name, dtype).reshape(shape)


def planes_of(picture: np.ndarray) -> list[list[int]]:
    planes = [picture] if picture.ndim == 2 else list(np.moveaxis(picture, -1, 0))
    return [plane.ravel().tolist() for plane in planes]


# A picture as the engine holds it, from the lists that a test sends.
PICTURE = """
const pictureOf = ({ planes, height, width }) =>
    ({ planes: planes.map((plane) => Uint8Array.from(plane)), height, width });
"""


def sent(picture: np.ndarray) -> dict:
    height, width = picture.shape[:2]
    return {"planes": planes_of(picture), "height": height, "width": width}


def test_lightness_of_every_level(maths_page):
    found = maths_page.evaluate("async () => [...(await import('/engine/lightness.js')).LIGHTNESS]")
    np.testing.assert_array_equal(np.float32(found), np.float32(golden("lightness.json")))


def test_the_tone_view(maths_page):
    for case in golden("tone.json"):
        found = maths_page.evaluate(
            """async ({ lightness, view }) => [...(await import('/engine/lightness.js'))
                .inputOf(Float32Array.from(lightness), view)]""",
            case,
        )
        np.testing.assert_array_equal(np.float32(found), np.float32(case["input"]), case["name"])


@pytest.mark.parametrize("seen", golden("MANIFEST.json")["seen"], ids=lambda seen: seen["name"])
def test_what_the_network_is_shown(maths_page, seen):
    grey = array(seen["files"]["grey"], "u1", seen["height"], seen["width"])
    found = maths_page.evaluate(
        f"""async ([given, side, view]) => {{
            {PICTURE}
            const {{ inputOf, lightnessOf }} = await import('/engine/lightness.js');
            const {{ shrink }} = await import('/engine/shrink.js');
            const {{ planes, height, width }} = pictureOf(given);
            const whole = {{ top: 0, left: 0, bottom: height, right: width }};
            const small = planes.map((plane) => shrink(plane, width, whole, side, side));
            return [...inputOf(lightnessOf(small), view)];
        }}""",
        [sent(grey), seen["input_size"], seen["view"]],
    )
    known = array(seen["files"]["lightness"], "<f4", -1)
    np.testing.assert_allclose(found, known, atol=1e-6)


@pytest.mark.parametrize("shape", [(333, 227), (320, 480), (97, 640), (120, 90)])
def test_the_exact_shrink(maths_page, shape):
    picture = np.random.default_rng(shape[0]).integers(0, 256, shape, np.uint8)
    found = maths_page.evaluate(
        f"""async (given) => {{
            {PICTURE}
            const {{ shrink }} = await import('/engine/shrink.js');
            const {{ planes, height, width }} = pictureOf(given);
            const whole = {{ top: 0, left: 0, bottom: height, right: width }};
            return [...shrink(planes[0], width, whole, 160, 160)];
        }}""",
        sent(picture),
    )
    np.testing.assert_array_equal(found, shrink_exactly(picture, 160, 160).ravel())


def framed(grey: np.ndarray) -> np.ndarray:
    """A print with a white border that is broader on the left."""
    page = np.full((grey.shape[0] + 60, grey.shape[1] + 90), 244, np.uint8)
    page[20 : 20 + grey.shape[0], 60 : 60 + grey.shape[1]] = grey
    return page


def album(grey: np.ndarray) -> np.ndarray:
    """A dark page with three prints."""
    page = np.full((500, 760), 50, np.uint8)
    for top, left in ((30, 40), (40, 430), (270, 210)):
        page[top : top + 195, left : left + 280] = grey[:195, :280]
    return page


@pytest.mark.parametrize("arrange", [framed, album, np.asarray], ids=["border", "album", "none"])
def test_prints_are_found_where_python_finds_them(maths_page, arrange):
    y, x = np.mgrid[0:240, 0:330] / 240
    noise = np.random.default_rng(5).normal(0, 3, y.shape)
    grey = np.clip(120 + 70 * np.sin(9 * x + 5 * y) + 40 * y + noise, 20, 225).astype(np.uint8)
    picture = arrange(grey)
    height, width = picture.shape
    known = at_full_resolution(picture, find_prints(view_of(picture)))
    found = maths_page.evaluate(
        f"""async (given) => {{
            {PICTURE}
            return (await import('/engine/margins.js')).findPrints(pictureOf(given));
        }}""",
        sent(picture),
    )
    assert len(found) == len(known) == {"framed": 1, "album": 3}.get(arrange.__name__, 0)
    for place, rectangle in zip(found, known, strict=True):
        for name, side in (("top", height), ("bottom", height), ("left", width), ("right", width)):
            assert place[name] * side == pytest.approx(getattr(rectangle, name) * side, abs=1)


def test_prints_are_joined_as_python_joins_them(maths_page):
    rng = np.random.default_rng(3)
    places = [Rectangle(0.1, 0.05, 0.45, 0.6), Rectangle(0.5, 0.3, 1.0, 0.95)]
    parts = [rng.normal(0, 30, (20, 20, 2)).astype(np.float32) for _ in places]
    found = maths_page.evaluate(
        """async ([parts, places]) => {
            const { joinPrints } = await import('/engine/prints.js');
            const squares = parts.map((values) => ({ height: 20, width: 20, values }));
            const ab = joinPrints(squares, places);
            return { ...ab, values: [...ab.values] };
        }""",
        [[part.ravel().tolist() for part in parts], [vars(place) for place in places]],
    )
    known = join_prints(parts, places)
    assert (found["height"], found["width"]) == known.shape[:2]
    np.testing.assert_allclose(found["values"], known.ravel(), atol=1e-3)


@pytest.mark.parametrize("case", golden("spread.json"), ids=lambda case: case["name"])
def test_said_colours_are_spread(maths_page, case):
    found = maths_page.evaluate(
        """async ({ guide, own, spots, height, width, side }) => {
            const { spread } = await import('/engine/spread.js');
            const size = { height, width, side };
            return [...spread(Float32Array.from(guide), Float32Array.from(own), spots, size)];
        }""",
        case,
    )
    np.testing.assert_allclose(found, case["ab"], atol=0.01)


def test_a_picture_is_known_again_by_its_likeness(maths_page, grey):
    colours = np.stack([grey, grey[::-1], grey[:, ::-1]], axis=-1)
    for picture in (grey, colours):
        found = maths_page.evaluate(
            f"""async (given) => {{
                {PICTURE}
                return (await import('/engine/hints.js')).likenessOf(pictureOf(given));
            }}""",
            sent(picture),
        )
        known = Likeness.of(picture)
        assert (found["width"], found["height"]) == (known.width, known.height)
        apart = np.abs(
            np.array(list(bytes.fromhex(found["view"])), int) - list(bytes.fromhex(known.view))
        )
        assert apart.max() <= 1
