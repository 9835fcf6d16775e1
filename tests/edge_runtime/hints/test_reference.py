"""The colours of another picture: what they are worth, and that they are hints like others."""

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos
from skimage.color import rgb2lab
from skimage.metrics import peak_signal_noise_ratio

from edge_runtime.cli import main
from edge_runtime.colorizer import Colorizer
from edge_runtime.hints.file import read_hints
from edge_runtime.hints.reference import reference_hints
from edge_runtime.hints.session import HintSession
from edge_runtime.look import Look
from edge_runtime.pictures import read_picture


@pytest.mark.parametrize("name", ["coffee", "chelsea"])
def test_one_half_of_a_photo_colours_the_other(name):
    photo = getattr(photos, name)()
    middle = photo.shape[1] // 2
    halves = [np.ascontiguousarray(half) for half in (photo[:, :middle], photo[:, middle:])]
    colorizer, look = Colorizer("standard"), Look(whole=True)
    session, reference = (HintSession(colorizer, half, look) for half in halves)
    hints = reference_hints(session, reference)
    assert 5 <= len(hints) <= 36
    plain, hinted = (
        peak_signal_noise_ratio(halves[0], session.colorize(said)) for said in ((), hints)
    )
    assert hinted > plain + 0.5


def test_where_nothing_is_alike_there_are_no_hints():
    chequers = np.indices((27, 27)).sum(axis=0) % 2
    lively = np.kron(chequers, np.full((3, 3), 255)).astype(np.uint8)
    colorizer, look = Colorizer("nano"), Look(whole=True)
    flat = np.full((80, 80, 3), (250, 200, 90), np.uint8)
    sessions = (HintSession(colorizer, picture, look) for picture in (lively, flat))
    assert not reference_hints(*sessions)


def test_the_reference_of_the_command(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(photos.coffee()).save("colour.png")
    Image.fromarray(photos.coffee()).convert("L").save("a.png")
    run = ["colorize", "a.png", "--model", "nano"]
    assert main([*run, "--reference", "colour.png", "--save-hints"]) == 0
    hints = read_hints("a.hints.json", read_picture("a.png").pixels)
    assert hints
    result = read_picture("a.colour.png").pixels
    assert np.array_equal(
        result, Colorizer("nano").colorize(read_picture("a.png").pixels, hints=hints)
    )
    apart = np.abs(rgb2lab(result) - rgb2lab(photos.coffee())).mean()
    plain = Colorizer("nano").colorize(read_picture("a.png").pixels)
    assert apart < np.abs(rgb2lab(plain) - rgb2lab(photos.coffee())).mean()
    capfd.readouterr()
    for wrong, told in (("a.png", "has no colours"), ("missing.jpg", "missing.jpg")):
        assert main([*run, "--reference", wrong, "-o", "x.png"]) == 1
        assert told in capfd.readouterr().err
    assert main([*run, "--reference", "colour.png", "--skip-existing"]) == 2
