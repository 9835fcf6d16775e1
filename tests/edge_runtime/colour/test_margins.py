"""Margins and mounts: found where they are and nowhere else, left out, and left without colour."""

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

from edge_runtime import Colorizer, Device, Look
from edge_runtime.colour import cielab
from edge_runtime.colour.cielab import lightness
from edge_runtime.colour.compose import compose
from edge_runtime.colour.framing import squash
from edge_runtime.colour.margins import at_full_resolution, find_prints, view_of
from edge_runtime.colour.prints import Rectangle, join_prints
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.colour.view import Print, View

# As part of the page's side.
NEAR = 0.015


def grey_of(photo: np.ndarray) -> np.ndarray:
    return photo if photo.ndim == 2 else cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)


PHOTOS = {
    name: grey_of(getattr(photos, name)())
    for name in ("astronaut", "camera", "chelsea", "coffee", "rocket")
}


def prints_of(page: np.ndarray) -> list[Rectangle]:
    return find_prints(view_of(page))


def paper(height: int, width: int, level: int) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, 3, (height, width))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


def laid(page: np.ndarray, photo: np.ndarray, top: int, left: int) -> Rectangle:
    """Lay a photo on a page; returns where it lies."""
    height, width = photo.shape
    page[top : top + height, left : left + width] = photo
    rows, columns = page.shape
    return Rectangle(top / rows, left / columns, (top + height) / rows, (left + width) / columns)


def white_border(photo: np.ndarray) -> tuple[np.ndarray, list[Rectangle]]:
    page = np.full([side + 2 * (side // 20) for side in photo.shape], 255, np.uint8)
    return page, [laid(page, photo, photo.shape[0] // 20, photo.shape[1] // 20)]


def wide_page(photo: np.ndarray) -> tuple[np.ndarray, list[Rectangle]]:
    """Not in its middle."""
    height, width = photo.shape
    page = paper(2 * height, 2 * width, 230)
    return page, [laid(page, photo, height // 3, width // 2)]


def film(photo: np.ndarray) -> tuple[np.ndarray, list[Rectangle]]:
    """Black, with perforations below, a number by hand above and a light leak on the left."""
    height, width = photo.shape
    edge = width // 12
    page = np.full((height + 2 * edge, width + 2 * edge), 9, np.uint8)
    place = laid(page, photo, edge, edge)
    for hole in range(12):
        left = edge // 2 + hole * page.shape[1] // 12
        page[-edge + edge // 4 : -edge // 4, left : left + edge // 2] = 230
    cv2.putText(
        page, "F34-2174", (width // 3, edge - 8), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1, 255, 3
    )
    page[page.shape[0] // 3 :, edge // 4 : edge // 4 + 2] = 220
    return page, [place]


def bordered_on_dark(photo: np.ndarray) -> tuple[np.ndarray, list[Rectangle]]:
    """A print with a white border on a dark album page."""
    bordered, _ = white_border(photo)
    page = paper(bordered.shape[0] + 160, bordered.shape[1] + 200, 60)
    laid(page, bordered, 80, 100)
    return page, [laid(page, photo, 80 + photo.shape[0] // 20, 100 + photo.shape[1] // 20)]


MOUNTS = (white_border, wide_page, film, bordered_on_dark)


def assert_near(found: list[Rectangle], expected: list[Rectangle]) -> None:
    assert len(found) == len(expected)
    for ours, true in zip(found, sorted(expected, key=lambda place: place.top), strict=True):
        for side in ("top", "left", "bottom", "right"):
            assert getattr(ours, side) == pytest.approx(getattr(true, side), abs=NEAR), side


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("mount", MOUNTS)
def test_the_picture_in_its_mount_is_found(mount, name):
    page, expected = mount(PHOTOS[name])
    assert_near(prints_of(page), expected)


@pytest.mark.parametrize("mount", [white_border, wide_page, bordered_on_dark])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_edges_are_those_of_the_full_resolution(mount, dtype):
    """To a pixel or two, where one of the view stands for six or more."""
    photo = cv2.resize(PHOTOS["coffee"], None, fx=4, fy=4, interpolation=cv2.INTER_AREA)
    page, (true,) = mount(photo)
    page = page.astype(dtype) * (np.iinfo(dtype).max // 255)
    page = page if dtype == np.uint16 else page[..., None].repeat(3, axis=2)
    (found,) = at_full_resolution(page, prints_of(page))
    for ours, exact in zip(
        found.pixels(*page.shape[:2]), true.pixels(*page.shape[:2]), strict=True
    ):
        assert abs(ours.start - exact.start) <= 2
        assert abs(ours.stop - exact.stop) <= 2


def album() -> tuple[np.ndarray, list[Rectangle]]:
    """Four prints of their own sizes on a dark page, none in line with another."""
    page = paper(900, 1200, 60)
    places = [
        laid(page, cv2.resize(PHOTOS[name], size, interpolation=cv2.INTER_AREA), top, left)
        for name, size, top, left in (
            ("astronaut", (380, 380), 50, 80),
            ("coffee", (540, 360), 90, 570),
            ("chelsea", (400, 270), 560, 130),
            ("camera", (300, 300), 520, 700),
        )
    ]
    return page, places


def test_every_print_on_a_page_is_found():
    page, expected = album()
    assert_near(prints_of(page), expected)


def test_letterboxed_and_sixteen_bits():
    photo = PHOTOS["chelsea"]
    page = np.full((photo.shape[0] + 120, photo.shape[1]), 3, np.uint8)
    expected = [laid(page, photo, 60, 0)]
    assert_near(prints_of(page), expected)
    assert_near(prints_of(page.astype(np.uint16) * 257), expected)


@pytest.mark.parametrize("mount", [white_border, wide_page, film])
def test_a_scan_turned_by_a_degree(mount):
    page, (true,) = mount(PHOTOS["coffee"])
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.0, 1.0)
    turned = cv2.warpAffine(page, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    (found,) = prints_of(turned)
    # Its edges lie between the tilted ones' ends.
    for side in ("top", "left", "bottom", "right"):
        assert getattr(found, side) == pytest.approx(getattr(true, side), abs=0.025), side


def sky_over_snow() -> np.ndarray:
    """A burnt-out sky, a line of trees, burnt-out snow: level at the edge of both."""
    scene = np.full((400, 600), 255, np.uint8)
    rng = np.random.default_rng(3)
    heights = np.cumsum(rng.normal(0, 3, 600)).astype(int)
    for column, height in enumerate(heights - heights.min()):
        scene[180 - height : 210 + height // 4, column] = rng.integers(20, 80)
    return scene


def portrait() -> np.ndarray:
    """Head and shoulders before a plain backdrop."""
    scene = paper(600, 450, 150)
    cv2.ellipse(scene, (225, 600), (190, 200), 0, 0, 360, 40, -1)
    cv2.ellipse(scene, (225, 300), (90, 120), 0, 0, 360, 200, -1)
    return scene


def night() -> np.ndarray:
    scene = np.full((400, 600), 4, np.uint8)
    for x, y, size in np.random.default_rng(5).integers((80, 120, 3), (520, 330, 40), (25, 3)):
        cv2.rectangle(scene, (x, y), (x + size, y + size // 2), 180, -1)
    return scene


def sea() -> np.ndarray:
    """A straight horizon under a white sky."""
    scene = np.full((400, 600), 250, np.uint8)
    scene[220:] = paper(180, 600, 110)
    return scene


@pytest.mark.parametrize("scene", [sky_over_snow, portrait, night, sea])
def test_scenes_with_plain_parts_have_no_margins(scene):
    assert prints_of(scene()) == []


@pytest.mark.parametrize("name", PHOTOS)
def test_bare_photos_have_no_margins(name):
    for photo in (PHOTOS[name], PHOTOS[name][::3, ::3], PHOTOS[name][40:-60, 70:-30]):
        assert prints_of(photo) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (20, 20), (30, 30_000), (400, 400)])
def test_what_is_flat_or_small_has_no_margins(shape):
    assert prints_of(np.full(shape, 90, np.uint8)) == []


@pytest.mark.parametrize("name", PHOTOS)
def test_bare_photos_are_coloured_as_without_looking(tiny_model, name):
    """To the last bit; and without looking is the one square of the model's contract."""
    photo = PHOTOS[name]
    colorizer = Colorizer(tiny_model, Device(threads=1))
    whole = colorizer.colorize(photo, Look(whole=True))
    np.testing.assert_array_equal(colorizer.colorize(photo), whole)


def test_whole_is_one_square(tiny_model):
    page, _ = album()
    colorizer, look = Colorizer(tiny_model, Device(threads=1)), Look(whole=True)
    square = Print(lightness(shrink_exactly(page, 64, 64)), squash(*page.shape, 64, 32))
    ab = colorizer.predict(View((square,)))
    np.testing.assert_array_equal(colorizer.colorize(page, look), compose(page, ab))


def chroma(rgb: np.ndarray) -> np.ndarray:
    return np.hypot(*np.moveaxis(cielab.rgb_to_lab(rgb)[..., 1:], -1, 0))


@pytest.mark.parametrize("mount", [*MOUNTS, lambda photo: album()])
def test_mounts_stay_neutral_and_prints_are_coloured_as_they_are_bare(tiny_view_model, mount):
    page, places = mount(PHOTOS["coffee"])
    height, width = page.shape
    colorizer = Colorizer(tiny_view_model, Device(threads=1))
    ours = colorizer.colorize(page)
    outside = np.ones(page.shape, bool)
    seam = round(NEAR * max(page.shape))
    for place in places:
        rows, columns = place.pixels(height, width)
        around = (slice(max(side.start - seam, 0), side.stop + seam) for side in (rows, columns))
        outside[tuple(around)] = False
        bare = colorizer.colorize(np.ascontiguousarray(page[rows, columns])).astype(int)
        within = np.s_[2 * seam : -2 * seam, 2 * seam : -2 * seam]
        assert chroma(bare[within].astype(np.uint8)).mean() > 10
        assert np.abs(ours[rows, columns][within] - bare[within]).mean() < 4
    assert outside.mean() > 0.005
    assert chroma(ours[outside]).max() < 1


def test_a_page_is_tinted_as_a_whole(tiny_view_model):
    """So that the test above can fail."""
    page, _ = album()
    colorizer = Colorizer(tiny_view_model, Device(threads=1))
    assert chroma(colorizer.colorize(page, Look(whole=True))).mean() > 10


def test_joined_ab_is_as_fine_as_its_prints_need():
    part = np.ones((40, 40, 2), np.float32)
    halves = [Rectangle(0, 0, 1, 0.5), Rectangle(0, 0.5, 1, 1)]
    assert join_prints([part, part], halves).shape == (80, 160, 2)
    assert join_prints([part], [Rectangle(0.4, 0.4, 0.45, 0.45)]).shape == (160, 160, 2)


def test_a_print_over_all_is_the_print():
    part = np.random.default_rng(0).normal(0, 30, (40, 40, 2)).astype(np.float32)
    joined = join_prints([part], [Rectangle(0, 0, 1, 1)])
    np.testing.assert_allclose(joined, cv2.resize(part, (80, 80)), atol=1e-4)


def test_ab_ends_with_the_print():
    part = np.full((40, 40, 2), 20, np.float32)
    joined = join_prints([part], [Rectangle(0.25, 0, 0.75, 1)])
    assert joined.shape == (160, 80, 2)
    assert not joined[:40].any()
    assert not joined[120:].any()
    np.testing.assert_allclose(joined[41:119], 20, rtol=1e-5)
    assert (joined[40] > 0).all()
    assert (joined[40] < 20).all()


@pytest.mark.parametrize("own", [(1, 40), (40, 2), (40, 40)])
def test_prints_may_be_of_any_shape(own):
    part = np.full((*own, 2), -7, np.float32)
    joined = join_prints([part], [Rectangle(0.9, 0.0, 1.0, 1 / 3)])
    assert np.isfinite(joined).all()
    np.testing.assert_allclose(joined[-1, 0], -7, rtol=1e-5)


def test_the_command_leaves_mounts_out_unless_told(tmp_path, tiny_model, measured):
    page, _ = album()
    Image.fromarray(page).save(tmp_path / "page.png")
    for name, options in (("ours.png", []), ("whole.png", ["--whole"])):
        run = measured("colorize", "page.png", "-o", name, "-m", str(tiny_model), *options)
        assert run.code == 0, run.stderr
    corner = np.s_[:20, :20]
    ours, whole = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("ours", "whole"))
    np.testing.assert_array_equal(ours[corner], page[corner][..., None].repeat(3, axis=2))
    expected = Colorizer(tiny_model).colorize(page, Look(whole=True))
    np.testing.assert_array_equal(whole, expected)
    assert chroma(whole[corner]).mean() > 10
