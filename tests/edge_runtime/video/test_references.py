"""Frames that a person corrected: their colours hold for their shot, and for nothing else."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from skimage import data as photos
from skimage.color import lab2rgb, rgb2lab

from edge_runtime import FrameReference, Hint, HintsError, Look, PictureError, write_hints
from edge_runtime.cli import main
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.steady.carry import ColourDifference
from edge_runtime.video import VideoError, VideoOptions, colorize_video, reader

WIDTH, HEIGHT, RATE, SHOT = 128, 96, 10, 30
LOSSLESS = VideoOptions(codec="ffv1")
# In the middle of the first shot.
FRAME = 14


def shot_of(photo: np.ndarray) -> list[np.ndarray]:
    """A pan over a photo, before which two coloured discs move: uint8 [H, W, 3] each."""
    lab = rgb2lab(np.asarray(Image.fromarray(photo).resize((WIDTH + 40, HEIGHT + 8))))
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    frames = []
    for index in range(SHOT):
        frame = lab[4 : 4 + HEIGHT, index : index + WIDTH].copy()
        for n, colour in enumerate([(75, 50, 40), (30, -40, 35)]):
            x, y = 35 + 55 * n + 1.2 * index * (-1) ** n, 35 + 25 * n
            disc = (columns - x) ** 2 + (rows - y) ** 2 < 14**2
            frame[disc] = colour
            frame[disc, 0] += 6 * np.sin((columns[disc] - x) / 3)
        frames.append((lab2rgb(frame) * 255).round().astype(np.uint8))
    return frames


@pytest.fixture(scope="module")
def true() -> list[np.ndarray]:
    """The colours of two shots."""
    return [*shot_of(photos.coffee()), *shot_of(photos.chelsea())]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, true) -> Path:
    """Holds the film without its colours, `f.mkv`, and the frame `right.png` in its colours."""
    folder = tmp_path_factory.mktemp("references")
    with av.open(str(folder / "f.mkv"), "w") as film:
        stream = film.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in true:
            grey = rgb2lab(picture) * [1, 0, 0]
            levels = (lab2rgb(grey) * 255).round().astype(np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(levels, "rgb24")))
        film.mux(stream.encode(None))
    Image.fromarray(true[FRAME]).save(folder / "right.png")
    return folder


def right(folder: Path, seconds: float = FRAME / RATE) -> list[FrameReference]:
    return [FrameReference(folder / "right.png", seconds)]


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def errors(frames: list[np.ndarray], true: list[np.ndarray]) -> np.ndarray:
    """Mean error of a* and b* of each frame."""
    pairs = zip(frames, true, strict=True)
    return np.array([np.abs(rgb2lab(a) - rgb2lab(b))[..., 1:].mean() for a, b in pairs])


@pytest.fixture(scope="module")
def plain(folder, colorizer) -> list[np.ndarray]:
    """The film without a reference."""
    colorize_video(folder / "f.mkv", folder / "plain.mkv", colorizer, LOSSLESS)
    return frames_of(folder / "plain.mkv")


@pytest.fixture(scope="module")
def held(folder, colorizer) -> list[np.ndarray]:
    """The film with one."""
    references = right(folder)
    colorize_video(
        folder / "f.mkv", folder / "held.mkv", colorizer, LOSSLESS, references=references
    )
    return frames_of(folder / "held.mkv")


def test_the_colours_hold_for_the_shot_before_and_after(true, plain, held):
    before, after = errors(plain, true)[:SHOT], errors(held, true)[:SHOT]
    assert before.mean() / after.mean() > 3
    assert (before / after).min() > 2
    # At its own time all is there that the small grid of ab can hold.
    cells = [Image.fromarray(true[FRAME]).resize((32, 32), Image.Resampling.BOX)]
    small = rgb_to_lab(np.asarray(cells[0]))[..., 1:]
    got = np.asarray(Image.fromarray(held[FRAME]).resize((32, 32), Image.Resampling.BOX))
    assert np.abs(rgb_to_lab(got)[..., 1:] - small).mean() < 2


def test_another_shot_stays_as_it_is(plain, held):
    assert np.array_equal(plain[SHOT:], held[SHOT:])
    assert not np.array_equal(plain[:SHOT], held[:SHOT])


def test_no_time_is_so_exact(folder, colorizer, held):
    """The frame that the picture shows is found around the time; so is its size."""
    large = Image.open(folder / "right.png").resize((4 * WIDTH, 4 * HEIGHT), Image.Resampling.BOX)
    large.save(folder / "large.png")
    references = [FrameReference(folder / "large.png", 2.0)]
    target = folder / "late.mkv"
    colorize_video(folder / "f.mkv", target, colorizer, LOSSLESS, references=references)
    assert np.array_equal(frames_of(target), held)


def test_two_references_of_a_shot(folder, colorizer, true, held):
    last = SHOT - 2
    Image.fromarray(true[last]).save(folder / "last.png")
    references = [FrameReference(folder / "last.png", last / RATE), *right(folder)]
    target = folder / "two.mkv"
    colorize_video(folder / "f.mkv", target, colorizer, LOSSLESS, references=references)
    one, two = errors(held, true), errors(frames_of(target), true)
    assert np.array_equal(one[: FRAME + 1], two[: FRAME + 1])
    assert two[last] < one[last]
    assert two[FRAME:SHOT].mean() < one[FRAME:SHOT].mean()


@pytest.mark.parametrize("look", [Look(smoothing=0), Look(saturation=1.5)])
def test_what_is_said_is_what_is_seen(folder, colorizer, true, held, look):
    target = folder / f"{look.saturation}-{look.smoothing}.mkv"
    options = VideoOptions(codec="ffv1", look=look)
    colorize_video(folder / "f.mkv", target, colorizer, options, references=right(folder))
    frame = frames_of(target)[FRAME]
    assert np.abs(frame.astype(int) - held[FRAME]).max() <= 2


def test_stopped_it_goes_on_the_same(folder, colorizer, monkeypatch, held):
    monkeypatch.setattr(reader, "_SEGMENT_SECONDS", 1)
    monkeypatch.setattr(reader, "_FEWEST_FRAMES", 5)
    source, target = folder / "f.mkv", folder / "stopped.mkv"
    options = VideoOptions(codec="ffv1", serial=True)
    # Before the reference, and behind it.
    for frames in (13, 13):
        failing = Failing(colorizer, frames + 2)
        with pytest.raises(RuntimeError, match="no more"):
            colorize_video(source, target, failing, options, references=right(folder))
    with pytest.raises(VideoError, match="an earlier run made with other references: --no-resume"):
        colorize_video(source, target, colorizer, LOSSLESS)
    result = colorize_video(source, target, colorizer, LOSSLESS, references=right(folder))
    assert result.resumed == 20
    assert np.array_equal(frames_of(target), held)


class Failing:
    """A colorizer that fails after so many frames."""

    def __init__(self, colorizer, frames: int):
        self._colorizer, self._left = colorizer, frames

    def __getattr__(self, name):
        return getattr(self._colorizer, name)

    def predict(self, view):
        self._left -= 1
        if self._left == 0:
            raise RuntimeError("no more")
        return self._colorizer.predict(view)


def test_hints_as_reference(folder, colorizer, plain, held):
    write_hints(folder / "f.hints.json", [Hint(0.5, 0.5, "#d02020", 0.4)], held[FRAME])
    references = [FrameReference(folder / "f.hints.json", FRAME / RATE)]
    target = folder / "hinted.mkv"
    colorize_video(folder / "f.mkv", target, colorizer, LOSSLESS, references=references)
    frames = frames_of(target)
    for index in (FRAME - 8, FRAME, FRAME + 8):
        was, now = (rgb2lab(f[index])[30:60, 45:80, 1].mean() for f in (plain, frames))
        assert now > was + 15
    assert np.array_equal(frames[SHOT:], plain[SHOT:])
    references = [FrameReference(folder / "f.hints.json", (SHOT + FRAME) / RATE)]
    with pytest.raises(VideoError, match="shows no frame of the film around"):
        colorize_video(folder / "f.mkv", target, colorizer, LOSSLESS, references=references)


def test_what_is_new_keeps_the_colours_of_the_network():
    generator = np.random.default_rng(0)
    guide = generator.uniform(20, 60, (32, 32)).astype(np.float32)
    own = np.full((32, 32, 2), 5, np.float32)
    likeness = ColourDifference.of_frame(guide, own, own + 20)
    assert likeness.difference(guide, own) == pytest.approx(20, abs=3)
    lighter = np.full_like(guide, 95)
    assert likeness.difference(lighter, own) == pytest.approx(0, abs=1)
    assert likeness.difference(guide, own + 50) == pytest.approx(0, abs=1)


BAD = {
    "beyond the end": (99, "right.png", VideoError, "no frame at 99 seconds is to be coloured"),
    "another scene": (4.4, "right.png", VideoError, "shows no frame of the film around 4.4 sec"),
    "another shape": (1.4, "square.png", VideoError, "96 x 96, another shape than 128 x 96"),
    "grey": (1.4, "grey.png", VideoError, "the reference has no colours to take"),
    "missing": (1.4, "missing.png", PictureError, "missing.png: "),
    "no hints": (1.4, "bad.hints.json", HintsError, "bad.hints.json: not readable as JSON"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_reference_is_refused_before_the_work(folder, colorizer, true, case):
    seconds, name, kind, words = BAD[case]
    Image.fromarray(true[FRAME][:, :HEIGHT]).save(folder / "square.png")
    Image.fromarray(true[FRAME]).convert("L").save(folder / "grey.png")
    (folder / "bad.hints.json").write_text("{")
    references = [FrameReference(folder / name, seconds)]
    target = folder / "bad.mkv"
    with pytest.raises(kind, match=words):
        colorize_video(folder / "f.mkv", target, colorizer, LOSSLESS, references=references)
    assert not list(folder.glob("*bad.mkv*"))


def test_the_command(folder, colorizer, tiny_model, held, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    run = ["colorize", "f.mkv", "-o", "command.mkv", "--codec", "ffv1", "--model", str(tiny_model)]
    assert main([*run, "--reference", "right.png@0:01.4"]) == 0
    assert np.array_equal(frames_of(folder / "command.mkv"), held)
    capfd.readouterr()
    run[3] = "other.mkv"
    assert main([*run, "--reference", "right.png"]) == 2
    assert "'right.png' has no time: right.png@h:m:s says" in capfd.readouterr().err
    assert main([*run, "--reference", "right.png@noon"]) == 2
    assert main([*run, "--reference", "right.png@1:00:00"]) == 1
    assert capfd.readouterr().err.count("\n") >= 1
    assert main(["colorize", "right.png", "-o", "x.png", "--reference", "right.png@1"]) == 2
    assert "--reference FRAME@TIME is for one film" in capfd.readouterr().err
