"""Prepared data of real photos, small enough for tests that train."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory):
    """Twenty-four different cuts of five photos."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    pictures = [
        photos.astronaut(),
        photos.chelsea(),
        photos.coffee(),
        photos.rocket(),
        photos.retina()[200:1200, 200:1200],
    ]
    for number in range(24):
        picture = pictures[number % len(pictures)]
        top = rng.integers(0, picture.shape[0] - 200)
        left = rng.integers(0, picture.shape[1] - 260)
        cut = picture[top : top + 200, left : left + 260]
        Image.fromarray(cut).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture(scope="session")
def prepared(photo_folder, tmp_path_factory):
    """The folder as prepared data, three quarters train and the rest val."""
    from train.data.prepare import PrepareOptions, prepare

    out = tmp_path_factory.mktemp("prepared") / "data"
    prepare([photo_folder], out, PrepareOptions(short_side=96, fractions=(0.75, 0.25)))
    return out


@pytest.fixture(scope="session")
def keep_first_round():
    """An `on_round` of a run in one folder: keeps in another what a cut after a round leaves."""

    def keeping(out, cut):
        def on_round(row):
            if not cut.exists():
                shutil.copytree(out, cut)

        return on_round

    return keeping
