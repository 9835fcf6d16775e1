"""Draw how a run went: its losses and learning rate, and below them its scores on val."""

from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from edge_runtime.whole_file import write_whole
from train.errors import RunError
from train.measure.history import read_history

# Okabe and Ito 2008: told apart by the colour-blind and in print.
_LOSS_COLOURS = ("#0072B2", "#D55E00", "#56B4E9", "#000000")
_GAIN_COLOUR, _COLOURFUL_COLOUR = "#009E73", "#B8578C"
_INK, _GREY, _FAINT, _FAINTEST = "#333333", "#8A8A8A", "#C4C4C4", "#ECECEC"

# Rounds beyond which the points would run together.
_MOST_POINTS = 40

# Ticks at 1, 2 and 5 times powers of ten.
_EVEN = (1, 2, 5, 10)


def draw_loss_curve(history_csv: Path, png: Path) -> None:
    """Draw a run's history as a PNG of 1200 by 1050 pixels.

    Above: the columns `loss` and `*_loss` over steps, the loss on val among them, on a logarithmic
    scale for a GAN, with the learning rate faint behind them. Below: gain over the grey picture in
    dB, and colourfulness as a share of that of the true pictures.

    Args:
        history_csv: what `fit` wrote, of a finished or a running run.
        png: the picture to write; one of that name is replaced.
    Raises:
        RunError: the history is missing, empty or damaged, or has no loss.
        OSError: the picture cannot be written.
    """
    columns = read_history(history_csv)
    losses = {
        name: values
        for name, values in columns.items()
        if (name == "loss" or name.endswith("_loss")) and np.isfinite(values).any()
    }
    if not losses:
        raise RunError(f"{history_csv} has no loss to draw")
    figure = Figure(figsize=(8, 7), dpi=150, facecolor="white", layout="constrained")
    canvas = FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_losses(above, columns, losses)
    _draw_scores(below, columns)
    figure.align_ylabels([above, below])
    below.set_xlabel("step (batches)", color=_INK)
    below.set_xlim(0, columns["step"][-1] * 1.02)
    below.xaxis.set_major_formatter(EngFormatter(sep=""))
    data = BytesIO()
    # Without the version of the library: equal histories give equal files.
    canvas.print_png(data, metadata={"Software": None})
    write_whole(png, data.getbuffer())


def _draw_losses(axes: Axes, columns: dict[str, np.ndarray], losses: dict[str, np.ndarray]) -> None:
    _plain(axes)
    lines = []
    for number, (name, values) in enumerate(losses.items()):
        colour = _LOSS_COLOURS[number % len(_LOSS_COLOURS)]
        lines += _line(axes, columns["step"], values, colour, name.replace("_", " "))
    # The losses of a GAN lie orders of magnitude apart.
    of_a_gan = not losses.keys() <= {"loss", "val_loss"}
    if of_a_gan and min(np.nanmin(values) for values in losses.values()) > 0:
        axes.set_yscale("log")
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=_EVEN))
    axes.set_ylabel("loss (mean over the round)", color=_INK)
    if "learning_rate" in columns:
        lines += _draw_learning_rate(axes, columns["step"], columns["learning_rate"])
    # Outside, where no curve can run through it.
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": len(lines), "borderpad": 0}
    axes.legend(handles=lines, frameon=False, labelcolor=_INK, **place)


def _draw_learning_rate(axes: Axes, steps: np.ndarray, rate: np.ndarray) -> list:
    second = _second_axis(axes)
    axes.set_zorder(second.get_zorder() + 1)
    axes.patch.set_visible(False)
    second.set_ylabel("learning rate", color=_GREY)
    second.tick_params(colors=_GREY)
    second.yaxis.set_major_locator(MaxNLocator(4, steps=_EVEN))
    second.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    line = second.plot(steps, rate, color=_FAINT, lw=1.2, label="learning rate")
    second.set_ylim(bottom=0)
    return line


def _draw_scores(axes: Axes, columns: dict[str, np.ndarray]) -> None:
    _plain(axes)
    steps = columns["step"]
    if "val_gain" in columns:
        # Below this line a network does worse than leaving the picture grey.
        axes.axhline(0, color=_GREY, lw=0.8, ls=(0, (4, 3)))
        _line(axes, steps, columns["val_gain"], _GAIN_COLOUR, "gain")
    axes.set_ylabel("val gain over grey (dB)", color=_GAIN_COLOUR)
    axes.tick_params(axis="y", colors=_GAIN_COLOUR)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=_EVEN))
    if "val_colourfulness_ratio" in columns:
        second = _second_axis(axes)
        second.set_ylabel("val colourfulness\n(ratio to true pictures)", color=_COLOURFUL_COLOUR)
        second.tick_params(colors=_COLOURFUL_COLOUR)
        ratio = columns["val_colourfulness_ratio"]
        _line(second, steps, ratio, _COLOURFUL_COLOUR, "colourfulness")
        second.set_ylim(0, max(1.0, 1.05 * float(np.nanmax(ratio, initial=0))))


def _line(axes: Axes, steps: np.ndarray, values: np.ndarray, colour: str, label: str) -> list:
    """One curve; the rounds are marked while they are few. A round without a value is skipped."""
    there = np.isfinite(values)
    marker = "o" if there.sum() <= _MOST_POINTS else None
    return axes.plot(
        steps[there], values[there], color=colour, lw=1.8, marker=marker, ms=3.5, label=label
    )


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_FAINT)
    axes.tick_params(colors=_INK)
    axes.grid(axis="y", color=_FAINTEST, lw=0.8)
    axes.set_axisbelow(True)


def _second_axis(axes: Axes) -> Axes:
    """An axis on the right for another unit."""
    second = axes.twinx()
    second.spines[:].set_visible(False)
    return second
