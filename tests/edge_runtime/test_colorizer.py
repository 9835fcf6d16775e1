"""`Colorizer`, the face of the package, with the tiny network."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from edge_runtime import Colorizer, Device, Look, ModelError
from edge_runtime.colour import cielab
from edge_runtime.colour.compose import compose
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.colour.view import Print, View
from edge_runtime.engine.interpreter import Network
from edge_runtime.model.tone import TONE_VIEW


@pytest.fixture(scope="module")
def colorizer(tiny_model) -> Colorizer:
    return Colorizer(tiny_model, Device(threads=1))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_keeps_size_and_dtype(colorizer, dtype, channels):
    picture = np.full((40, 70, *channels), 200 * (257 if dtype == np.uint16 else 1), dtype)
    result = colorizer.colorize(picture)
    assert result.shape == (40, 70, 3)
    assert result.dtype == dtype


def test_bright_is_warm_and_dark_is_cold(colorizer):
    picture = np.full((64, 64), 30, np.uint8)
    picture[:, 32:] = 220
    result = colorizer.colorize(picture).astype(int)
    assert (result[10:50, :20, 2] > result[10:50, :20, 0] + 10).all()
    assert (result[10:50, 45:60, 0] > result[10:50, 45:60, 2] + 10).all()


def test_colour_input_gives_what_its_lightness_gives(colorizer, grey):
    as_colour = np.repeat(grey[..., None], 3, axis=2)
    difference = colorizer.colorize(grey).astype(int) - colorizer.colorize(as_colour)
    assert np.abs(difference).max() <= 1


def test_both_depths_agree(colorizer, grey):
    shallow = colorizer.colorize(grey).astype(float)
    deep = colorizer.colorize(grey.astype(np.uint16) * 257) / 257
    assert np.abs(deep - shallow).max() <= 1


def test_threads_change_nothing(tiny_model, grey, colorizer):
    picture = np.tile(grey, (9, 12))
    several = Colorizer(tiny_model, Device(threads=3)).colorize(picture)
    np.testing.assert_array_equal(several, colorizer.colorize(picture))


def test_saturation_zero_is_grey(colorizer, grey):
    result = colorizer.colorize(grey, Look(saturation=0))
    np.testing.assert_array_equal(result, np.repeat(grey[..., None], 3, axis=2))


def test_saturation_scales_ab(colorizer, grey):
    spread = [
        np.ptp(colorizer.colorize(grey, Look(saturation=s)).astype(int), axis=2).mean()
        for s in (0.5, 1.0, 1.5)
    ]
    assert spread[0] < spread[1] < spread[2]


@pytest.mark.parametrize("framing", ["squash", "pad", "tile"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (30, 900), (900, 30), (5, 20_000)])
def test_any_shape_in_any_framing(colorizer, framing, shape):
    result = colorizer.colorize(np.full(shape, 90, np.uint8), Look(framing=framing))
    assert result.shape == (*shape, 3)
    assert (result[..., 2] > result[..., 0].astype(int) + 10).all()  # dark is cold, everywhere


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5, 3), (5, 1, 3)])
def test_the_smallest_colour_pictures(colorizer, shape, dtype):
    picture = np.random.default_rng(2).integers(0, 256, shape).astype(dtype)
    assert colorizer.colorize(picture).shape == shape


def test_views_and_read_only_arrays(colorizer, grey):
    expected = colorizer.colorize(np.ascontiguousarray(grey[::-2, ::3].T))
    view = grey[::-2, ::3].T
    view.setflags(write=False)
    np.testing.assert_array_equal(colorizer.colorize(view), expected)
    backwards = np.repeat(grey[..., None], 3, axis=2)[..., ::-1]
    assert colorizer.colorize(backwards).shape == (*grey.shape, 3)


def test_the_picture_is_left_alone(colorizer, grey):
    before = grey.copy()
    colorizer.colorize(grey)
    np.testing.assert_array_equal(grey, before)


@pytest.mark.parametrize(
    ("picture", "error", "words"),
    [
        ([[1, 2]], TypeError, "NumPy array"),
        (np.zeros((4, 4)), TypeError, "uint8 or uint16"),
        (np.zeros((4, 4), bool), TypeError, "uint8 or uint16"),
        (np.zeros(4, np.uint8), ValueError, r"\[H, W\]"),
        (np.zeros((4, 4, 4), np.uint8), ValueError, r"\[H, W\]"),
        (np.zeros((0, 4), np.uint8), ValueError, "empty"),
    ],
)
def test_what_is_no_picture_is_refused(colorizer, picture, error, words):
    with pytest.raises(error, match=words):
        colorizer.colorize(picture)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"saturation": -0.1}, "saturation is 0 to 3"),
        ({"saturation": 3.1}, "saturation is 0 to 3"),
        ({"saturation": float("nan")}, "saturation is 0 to 3"),
        ({"smoothing": -0.1}, "smoothing is 0 to 1"),
        ({"smoothing": 1.1}, "smoothing is 0 to 1"),
        ({"framing": "crop"}, "squash, pad, tile"),
    ],
)
def test_looks_out_of_range_are_refused(option, words):
    with pytest.raises(ValueError, match=words):
        Look(**option)


@pytest.mark.parametrize("threads", [0, 65])
def test_threads_out_of_range_are_refused(threads):
    with pytest.raises(ValueError, match="threads is 1 to 64"):
        Device(threads=threads)


def test_threads_are_a_whole_number(tiny_model):
    for threads in (1.5, 2.0, "2", True):
        with pytest.raises(TypeError, match="whole number"):
            Device(threads=threads)
    Colorizer(tiny_model, Device(threads=np.int64(2)))


def view_of(colorizer, lightness):
    return View((Print(lightness, colorizer.framing(64, 64, Look())),))


def test_what_is_predicted_is_the_networks_own_square(colorizer):
    lightness = np.full((64, 64), 75, np.float32)
    ab = colorizer.predict(view_of(colorizer, lightness))
    assert ab.shape == (colorizer.output_size, colorizer.output_size, 2) == (32, 32, 2)
    # The tiny network: ab = 110 * (0.15, 0.35) * (L / 50 - 1)
    np.testing.assert_allclose(ab[10, 10], [0.5 * 16.5, 0.5 * 38.5], rtol=1e-4)
    with pytest.raises(ValueError, match=r"\(64, 64\), not \(10, 64\)"):
        colorizer.predict(view_of(colorizer, lightness[:10]))


@pytest.mark.parametrize("look", [Look(), Look(1.6, "tile"), Look(0.4, "pad", whole=True)])
def test_the_three_steps_are_the_whole(colorizer, grey, look):
    ab = colorizer.predict(colorizer.see(grey, look))
    steps = colorizer.paint(grey, ab, look)
    np.testing.assert_array_equal(steps, colorizer.colorize(grey, look))
    by_hand = compose(grey, ab * np.float32(look.saturation))
    np.testing.assert_array_equal(steps, by_hand)


def of_tiny(seen):
    """The tiny network's ab in the middle of flat parts: 110 * (0.15, 0.35) * its input."""
    return np.float32([16.5, 38.5]) * seen


def test_a_model_of_version_2_sees_through_its_view(tiny_view_model, grey):
    """A faded picture has the colours of its original, and a grey card none; see `test_tone`."""
    colorizer = Colorizer(tiny_view_model, Device(threads=1))
    faded = np.round(95 + grey * (110 / 255)).astype(np.uint8)
    ab, of_faded = colorizer.predict(colorizer.see(grey)), colorizer.predict(colorizer.see(faded))
    assert np.abs(of_faded - ab).mean() < 1
    assert np.abs(ab).mean() > 5
    for level in (0, 90, 255):
        assert not colorizer.predict(colorizer.see(np.full((40, 60), level, np.uint8))).any()
    # The picture keeps its own lightness.
    kept = cielab.rgb_to_lab(colorizer.colorize(faded))[..., 0] - cielab.lightness(faded)
    assert np.abs(kept).mean() < 0.5


def test_the_levels_are_those_of_the_whole_picture(tiny_view_model):
    """A window of a long picture that is flat by itself is dark or bright all the same."""
    picture = np.repeat(np.uint8([[40, 200]]), [320, 320], axis=1).repeat(64, axis=0)
    colorizer = Colorizer(tiny_view_model, Device(threads=1))
    ab = colorizer.predict(colorizer.see(picture, Look(framing="tile")))
    assert ab.shape == (32, 192, 2)  # held to 6 squares
    np.testing.assert_allclose(ab[16, 16], of_tiny(-1), rtol=1e-4)
    np.testing.assert_allclose(ab[16, -16], of_tiny(1), rtol=1e-4)


def test_repeated_edge_pixels_do_not_count_for_the_levels(tiny_view_model):
    """Padded, a strip's two dark edges fill nearly all of the square."""
    strip = np.full((8, 256), 130, np.uint8)
    strip[[0, -1], :] = 129
    strip[3:5, :] = np.linspace(60, 220, 256).astype(np.uint8)
    colorizer = Colorizer(tiny_view_model, Device(threads=1))
    scaled = shrink_exactly(strip, 2, 64)
    seen = TONE_VIEW.input_of(cielab.lightness(scaled))
    whole = np.pad(seen, ((31, 31), (0, 0)), mode="edge")
    expected = np.clip(Network(tiny_view_model, 1).run(whole), -1, 1)[15:16] * np.float32(110)
    found = colorizer.predict(colorizer.see(strip, Look(framing="pad")))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_contract_is_at_hand(colorizer):
    assert colorizer.contract.name == "tiny"
    assert colorizer.input_size == colorizer.contract.input_size == 64


def test_unknown_model():
    with pytest.raises(ModelError, match="unknown model 'nonesuch'"):
        Colorizer("nonesuch")


@pytest.mark.parametrize("level", [0, 40, 128, 230, 255])
def test_the_default_model_leaves_an_empty_card_grey(level):
    """Rounding alone once gave it a chroma of 50."""
    painted = Colorizer(device=Device(threads=1)).colorize(np.full((120, 160), level, np.uint8))
    ab = rgb2lab(painted)[..., 1:]
    assert np.hypot(ab[..., 0], ab[..., 1]).mean() < 3
