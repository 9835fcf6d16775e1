"""a*, b* alone: plates with a known answer, photos aged by fixed recipes, and what stays grey."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import color
from skimage import data as photos

from train.cli import app
from train.command import run
from train.errors import PictureSourceError
from train.measure.ab import JUDGED_AB_SIZE, ab_scores
from train.measure.evaluate import AT_A_TIME, OpenNetwork, judged
from train.measure.film import FILM_GRAIN, FILM_LEVELS, faded, film, film_sums
from train.measure.neutral import measure_neutral, neutral_cards
from train.measure.plates import plate_sums

MUTE = OpenNetwork(lambda seen: np.zeros((4, 4, 2), np.float32), 64)


def flat(*rgb, side=150):
    return np.full((side, side, 3), rgb, np.uint8)


def plates():
    """Cuts of photos at the size at which plates are judged, more than fit into one batch."""
    whole = photos.coffee()
    return [
        np.ascontiguousarray(whole[top : top + JUDGED_AB_SIZE, 40 * top % 300 :][:, :128])
        for top in range(0, 10 * (AT_A_TIME + 3), 10)
    ]


def measured(network, pictures):
    return ab_scores(plate_sums({"it": network}, pictures))


class TestPlates:
    @pytest.mark.parametrize("factor", [1, 0.5, 2])
    def test_a_network_that_knows_the_truth(self, factor):
        def truth(pictures):
            for first in range(0, len(pictures), AT_A_TIME):
                for _ in ("pan", "ortho"):
                    for plate in pictures[first : first + AT_A_TIME]:
                        yield color.rgb2lab(plate)[..., 1:].astype(np.float32) / 110 * factor

        answers = truth(plates())
        scores = measured(OpenNetwork(lambda seen: next(answers), 64), plates())
        for kind in ("pan", "ortho"):
            row = scores["it"][kind]
            assert row.pictures == len(plates())
            assert row.rho == pytest.approx(1, abs=1e-5)
            assert row.chroma_ratio == pytest.approx(factor, rel=1e-3)
        if factor == 0.5:
            assert row.gain == pytest.approx(20 * np.log10(2), abs=0.01)

    def test_grey_gives_nothing(self):
        scores = measured(MUTE, plates())
        for row in (*scores["grey"].values(), *scores["it"].values()):
            assert (row.rho, row.chroma_ratio, row.gain) == (0, 0, 0)

    def test_one_colour_for_two_plates_by_hand(self):
        said = np.float32([22, 11])
        scores = measured(
            OpenNetwork(lambda seen: np.tile(said / 110, (2, 2, 1)), 32),
            [flat(180, 60, 40), flat(60, 90, 160)],
        )["it"]["pan"]
        true = np.array(
            [color.rgb2lab(np.uint8([rgb]))[0, 1:] for rgb in ((180, 60, 40), (60, 90, 160))]
        )
        energy = 2 * (said**2).sum(), (true**2).sum()
        rho = (true @ said).sum() / np.sqrt(energy[0] * energy[1])
        assert scores.rho == pytest.approx(rho, abs=1e-3)
        assert scores.chroma_ratio == pytest.approx(np.sqrt(energy[0] / energy[1]), rel=1e-3)
        error = ((true - said) ** 2).sum()
        assert scores.gain == pytest.approx(10 * np.log10(energy[1] / error), abs=0.01)

    def test_pan_sees_lightness_and_ortho_sees_no_red(self):
        plate, seen = plates()[0], []
        measured(
            OpenNetwork(lambda x: seen.append(x) or np.zeros((2, 2, 2), np.float32), 128), [plate]
        )
        green, blue = plate[..., 1].astype(float), plate[..., 2].astype(float)
        exposure = np.round(0.8 * blue + 0.2 * green).astype(np.uint8)
        for x, picture in zip(seen, (plate, np.dstack([exposure] * 3)), strict=True):
            assert np.abs(x - (color.rgb2lab(picture)[..., 0] / 50 - 1)).max() < 2e-3

    def test_no_plates_is_refused(self):
        with pytest.raises(PictureSourceError, match="no colour pictures"):
            measured(MUTE, [])


class TestFilm:
    photo = judged(photos.coffee())

    def test_faded_is_what_pillow_makes_of_the_grey_picture(self):
        lab = color.rgb2lab(self.photo)
        lab[..., 1:] = 0
        grey = Image.fromarray(np.round(color.lab2rgb(lab) * 255).astype(np.uint8)).convert("L")
        expected = np.asarray(grey.point(lambda level: round(95 + level * 110 / 255))).astype(int)
        assert np.abs(faded(self.photo) - expected).max() <= 1
        assert np.mean(faded(self.photo) != expected) < 0.02
        assert (faded(flat(0, 0, 0)) == 95).all()
        assert (faded(flat(255, 255, 255)) == 205).all()

    @pytest.mark.parametrize("rgb", [(200, 0, 0), (20, 120, 220), (255, 255, 255)])
    def test_film_sees_no_red_is_hard_and_has_grain(self, rgb):
        linear = [
            v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.array(rgb) / 255
        ]
        light = 0.3 * linear[1] + 0.7 * linear[2]
        encoded = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
        aged = film(flat(*rgb)).astype(float)
        black, white = FILM_LEVELS
        assert aged.mean() == pytest.approx(black + encoded**1.2 * (white - black), abs=0.3)
        assert aged.std() == pytest.approx(FILM_GRAIN, rel=0.05)

    def test_film_blurs(self):
        lines = np.zeros((64, 64, 3), np.uint8)
        lines[:, ::2] = 255
        print_ = film(lines).astype(float)
        assert abs(print_[:, ::2].mean() - print_[:, 1::2].mean()) < 0.5 * np.ptp(FILM_LEVELS)

    def test_the_recipes_never_change(self):
        # Figures of different days are compared: whoever changes a recipe makes another figure.
        assert faded(self.photo).mean() == pytest.approx(141.415, abs=0.02)
        assert film(self.photo).mean() == pytest.approx(70.133, abs=0.02)
        assert film(self.photo)[100, 100:104].tolist() == pytest.approx([90, 90, 98, 94], abs=1)

    def test_grain_follows_the_picture_and_not_the_order(self):
        other = judged(photos.chelsea())

        def seen(pictures):
            inputs = []
            network = OpenNetwork(
                lambda x: inputs.append(x.tobytes()) or np.zeros((2, 2, 2), np.float32), 256
            )
            film_sums({"it": network}, pictures)
            return inputs

        assert set(seen([self.photo, other])) == set(seen([other, self.photo]))
        assert len(set(seen([self.photo, other]))) == 6

    def test_gain_is_lost_where_the_network_knows_good_tones_only(self):
        def network(seen):  # says the truth where black and white are there, else nothing
            good = seen.min() < -0.9 and seen.max() > 0.9
            return color.rgb2lab(self.photo)[..., 1:].astype(np.float32) / 110 * good

        scores = ab_scores(film_sums({"it": OpenNetwork(network, 256)}, [self.photo]))["it"]
        assert list(scores) == ["original", "faded", "film"]
        assert scores["original"].gain > 15
        assert scores["faded"].gain == scores["film"].gain == 0


class TestNeutral:
    def test_the_card_with_most_colour(self):
        def network(seen):
            middle = abs(seen.mean() - (color.rgb2lab(np.uint8([[[128] * 3]]))[0, 0, 0] / 50 - 1))
            return np.full((4, 4, 2), 0.1 if middle < 0.05 else 0.02, np.float32)

        found = measure_neutral(OpenNetwork(network, 64))
        assert found.card == "grey 128"
        assert found.chroma == pytest.approx(11 * np.sqrt(2), abs=0.3)

    def test_a_network_that_says_nothing_keeps_all_of_them_grey(self):
        assert measure_neutral(MUTE).chroma == pytest.approx(0, abs=1e-3)

    def test_the_cards(self):
        cards = neutral_cards()
        assert len(cards) == 8
        assert cards["blank page"].mean() == pytest.approx(245, abs=0.1)
        assert 0 < cards["black leader"].std() < 4
        assert all((neutral_cards()[name] == card).all() for name, card in cards.items())


def test_the_command_measures_all_of_it(tiny_model, photo_folder, tmp_path, capsys):
    glass = tmp_path / "plates"
    glass.mkdir()
    for number, plate in enumerate(plates()[:2]):
        Image.fromarray(plate).save(glass / f"{number}.png")
    figures = tmp_path / "figures.json"
    arguments = ("--on", photo_folder, "--limit", 2, "--film", "--plates", glass)
    with pytest.raises(SystemExit) as stop:
        run(
            app,
            "train",
            [str(a) for a in ("evaluate", tiny_model, *arguments, "--json-out", figures)],
        )
    assert stop.value.code == 0
    said = capsys.readouterr().out
    for words in ("2 plates", "2 aged photos", "chroma painted on greys, at most: tiny.tflite"):
        assert words in said
    row = json.loads(figures.read_text())["tiny.tflite"]
    assert set(row["film"]) == {"original", "faded", "film"}
    assert set(row["plates"]) == {"pan", "ortho"}
    assert -1 < row["plates"]["pan"]["rho"] < 1
    assert row["neutral_chroma"] > 0
