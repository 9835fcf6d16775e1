"""The picture of a run's history: what is drawn where, and what is refused."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

from train.errors import RunError
from train.fit.loss_curve import draw_loss_curve
from train.measure.history import read_history

HEADER = (
    "step,seconds,crop_size,learning_rate,loss,val_loss,val_rgb_psnr,val_gain,"
    "val_colourfulness_ratio"
)
ROWS = (
    "8,1.5,96,0.002,0.5,0.6,20,0.5,0.3\n"
    "16,3.0,96,0.001,0.25,0.4,21,1.5,0.4\n"
    "24,4.5,128,0,0.2,0.3,21,1.6,0.5\n"
)


def write(folder, text):
    (folder / "history.csv").write_text(text)
    return folder / "history.csv"


@pytest.fixture
def drawn(monkeypatch):
    """The curves that were drawn, by label: (steps, values)."""
    curves = {}
    plot = Axes.plot

    def spy(axes, steps, values, **style):
        curves[style["label"]] = (list(steps), list(values))
        return plot(axes, steps, values, **style)

    monkeypatch.setattr(Axes, "plot", spy)
    return curves


def test_every_curve_has_the_figures_of_the_history(tmp_path, drawn):
    draw_loss_curve(write(tmp_path, f"{HEADER}\n{ROWS}"), tmp_path / "curve.png")
    steps = [8, 16, 24]
    assert drawn == {
        "loss": (steps, [0.5, 0.25, 0.2]),
        "val loss": (steps, [0.6, 0.4, 0.3]),
        "learning rate": (steps, [0.002, 0.001, 0]),
        "gain": (steps, [0.5, 1.5, 1.6]),
        "colourfulness": (steps, [0.3, 0.4, 0.5]),
    }
    pixels = np.asarray(Image.open(tmp_path / "curve.png").convert("RGB"))
    assert pixels.shape == (1050, 1200, 3)
    # Mostly white paper, and the blue curve of the loss is on it.
    assert np.mean(pixels.min(axis=-1) == 255) > 0.9
    assert (pixels == (0x00, 0x72, 0xB2)).all(axis=-1).sum() > 500
    # The loss on val, above it, has the same scale and another colour.
    assert (pixels == (0xD5, 0x5E, 0x00)).all(axis=-1).sum() > 500
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.png", "history.csv"]


def test_the_losses_of_a_gan_are_all_drawn_and_a_round_without_a_value_is_skipped(tmp_path, drawn):
    text = "step,seconds,generator_loss,discriminator_loss\n1,1,5,0.7\n2,2,,0.6\n3,3,4,0.5\n"
    draw_loss_curve(write(tmp_path, text), tmp_path / "curve.png")
    assert drawn == {
        "generator loss": ([1, 3], [5, 4]),
        "discriminator loss": ([1, 2, 3], [0.7, 0.6, 0.5]),
    }


def test_one_round_is_enough_and_equal_histories_give_equal_files(tmp_path):
    history = write(tmp_path, f"{HEADER}\n{ROWS.splitlines()[0]}\n")
    draw_loss_curve(history, tmp_path / "a.png")
    draw_loss_curve(history, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_line_that_is_still_being_written_is_left_out(tmp_path):
    columns = read_history(write(tmp_path, f"{HEADER}\n{ROWS}32,6.0,128,0.0"))
    assert columns["step"].tolist() == [8, 16, 24]
    assert columns["val_gain"].tolist() == [0.5, 1.5, 1.6]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (f"{HEADER}\n", "is empty"),
        ("colour,shape\nred,round\n", "damaged, or no history"),
        (f"{HEADER}\n8,1.5,96\n", "damaged, or no history"),
        (f"{HEADER}\n{ROWS.replace('0.25', 'much')}", "damaged, or no history"),
        (f"{HEADER}\n{ROWS}{ROWS}", "steps do not rise"),
        ("step,seconds,loss\n,1.5,0.5\n", "steps do not rise"),
        ("step,seconds,loss\n8,,0.5\n", "no time"),
        ("step,seconds,learning_rate\n8,1.5,0.5\n", "no loss to draw"),
        ("step,seconds,loss\n8,1.5,\n", "no loss to draw"),
    ],
)
def test_what_is_no_history_is_refused(text, says, tmp_path):
    with pytest.raises(RunError, match=says):
        draw_loss_curve(write(tmp_path, text), tmp_path / "curve.png")
    assert not (tmp_path / "curve.png").exists()


def test_a_missing_history_is_refused(tmp_path):
    with pytest.raises(RunError, match="no readable"):
        draw_loss_curve(tmp_path / "history.csv", tmp_path / "curve.png")
    (tmp_path / "history.csv").write_bytes(b"\xff\xfe\x00step")
    with pytest.raises(RunError, match="damaged"):
        draw_loss_curve(tmp_path / "history.csv", tmp_path / "curve.png")
