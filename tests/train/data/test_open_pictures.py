"""Pictures to measure on, from every kind of source."""

import tarfile

import numpy as np
import pytest
from PIL import Image

from train.data.open_pictures import TruePictures
from train.errors import PictureSourceError


def test_folder_and_tar_give_the_same(photo_folder, tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for path in sorted(photo_folder.iterdir()):
            tar.add(path, path.name)
    folder = list(TruePictures(str(photo_folder)))
    assert len(folder) == 24
    pairs = zip(folder, TruePictures(str(tmp_path / "a.tar")), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)


def test_prepared_data_by_split(prepared):
    everything = len(list(TruePictures(str(prepared))))
    parts = [len(list(TruePictures(f"{prepared}:{split}"))) for split in ("train", "val")]
    assert sum(parts) == everything
    assert min(parts) > 0


def test_limit_takes_pictures_from_the_whole_source(photo_folder):
    pictures = list(TruePictures(str(photo_folder)))
    three = list(TruePictures(str(photo_folder), 3))
    assert np.array_equal(three[0], pictures[0])
    assert np.array_equal(three[1], pictures[11])
    assert np.array_equal(three[2], pictures[23])


def test_broken_and_grey_files_are_passed_over_and_counted(photo_folder, tmp_path):
    for path in sorted(photo_folder.iterdir())[:2]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    Image.new("L", (80, 80), 128).save(tmp_path / "grey.png")
    pictures = TruePictures(str(tmp_path))
    assert len(list(pictures)) == 2
    assert pictures.passed_over == 2


def test_missing_source():
    with pytest.raises(PictureSourceError, match="does not exist"):
        TruePictures("nowhere")
