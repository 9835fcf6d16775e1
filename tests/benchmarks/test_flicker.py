"""The flicker benchmark measures what it says."""

import av
import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from skimage import data as photos
from typer.testing import CliRunner

from benchmarks.cli import app
from benchmarks.flicker import ColourConsistency, measure_flicker, read_frames
from train.command import run
from train.errors import PictureSourceError


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Eight frames of a pan over a photo, without loss."""
    path = tmp_path_factory.mktemp("film") / "pan.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "bgr0"
        for left in range(0, 32, 4):
            part = np.ascontiguousarray(photos.coffee()[100:220, left : left + 160])
            frame = av.VideoFrame.from_ndarray(part, format="rgb24")
            container.mux(stream.encode(frame.reformat(format="bgr0")))
        container.mux(stream.encode())
    return path


def test_frames_are_read_as_they_are(film):
    frames = list(read_frames(film))
    assert len(frames) == 8
    assert np.array_equal(frames[3], photos.coffee()[100:220, 12:172])


def test_every_way_of_colouring_a_film(film, tiny_model):
    true, grey, by_frame, off, on = measure_flicker(film, [0, 0.8], str(tiny_model))
    assert true.rgb_psnr == np.inf
    assert true.colourfulness_ratio == 1
    assert (grey.flicker, grey.colourfulness_ratio) == (0, pytest.approx(0, abs=0.02))
    assert grey.rgb_psnr < 30
    same = ("frames", "cuts", "flicker", "rgb_psnr", "colourfulness_ratio")
    assert [getattr(off, name) for name in same] == [getattr(by_frame, name) for name in same]
    assert on.flicker < by_frame.flicker
    assert on.ms > 0
    assert off.ms >= by_frame.ms == 0


def test_the_consistency_of_colours_is_that_of_scipy():
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 40 + 20 * n, (12, 16, 3), np.uint8) for n in range(7)]
    meter = ColourConsistency()
    for frame in frames:
        meter.add(frame, shot=1)
    histograms = [
        [np.histogram(frame[..., c], 256, (0, 256))[0] for c in range(3)] for frame in frames
    ]
    # SciPy gives the root of the divergence.
    means = [
        np.mean([
            jensenshannon(one, other) ** 2
            for before, after in zip(histograms, histograms[distance:], strict=False)
            for one, other in zip(before, after, strict=True)
        ])
        for distance in (1, 2, 4)
    ]  # fmt: skip
    assert meter.value == pytest.approx(np.mean(means), rel=1e-9)


def test_frames_of_two_shots_are_not_compared():
    meter = ColourConsistency()
    dark, light = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 250, np.uint8)
    for shot, frame in enumerate((dark, light, dark)):
        meter.add(frame, shot)
    assert meter.value == 0
    meter.add(light, 2)
    assert meter.value == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    "content", [None, b"", b"no film at all" * 99], ids=["none", "empty", "text"]
)
def test_no_film_is_one_sentence(tmp_path, content):
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PictureSourceError, match=r"film\.mp4: "):
        list(read_frames(path))


def test_the_command(film, tiny_model):
    strengths = ["--strength", "0.5", "--strength", "1"]
    good = CliRunner().invoke(app, ["flicker", str(film), "--model", str(tiny_model), *strengths])
    assert good.exit_code == 0, good.output
    assert "pan.mkv: 8 frames, 0 cuts" in good.output
    assert "strength 0.5" in good.output
    assert "strength 1" in good.output
    bad = CliRunner().invoke(app, ["flicker", str(film), "--strength", "2"])
    assert bad.exit_code == 2


def test_a_missing_film_is_one_line_of_the_command(tmp_path, tiny_model, capsys):
    with pytest.raises(SystemExit) as stop:
        run(app, "benchmarks", ["flicker", str(tmp_path / "none.mp4"), "--model", str(tiny_model)])
    assert stop.value.code == 1
    said = capsys.readouterr().err
    # LiteRT may say a word about itself before.
    assert said.splitlines()[-1].startswith("benchmarks: ")
    assert "Traceback" not in said
