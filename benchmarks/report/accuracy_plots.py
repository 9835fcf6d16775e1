"""The plots of accuracy: over size, over time, against colourfulness, and picture by picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from benchmarks.report.document import Plot
from benchmarks.report.plain import one_line
from benchmarks.report.plot_style import COLOURS, INK, SOFT, draw, label_points, logarithmic, spread

# Models whose distributions still can be told apart in one drawing.
MOST_BOXES = 20
_LONGEST_NAME = 34


@dataclass(frozen=True)
class Point:
    """One model in a drawing.

    Attributes:
        name: its label.
        x: where it stands to the right.
        gain, low, high: dB over the grey picture, and its 95 % interval.
        kind: decides its colour: `int8`, `float`, or `weights`.
    """

    name: str
    x: float
    gain: float
    low: float
    high: float
    kind: str


_KINDS = {
    "int8": (COLOURS[0], "o", "int8 file"),
    "float": (COLOURS[1], "s", "float file"),
    "weights": (COLOURS[2], "^", "Keras weights"),
}


def short(name: str, longest: int = _LONGEST_NAME) -> str:
    """A name that fits beside a point: of at most so many letters."""
    line = one_line(name)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _scatter(axes: Axes, points: Sequence[Point]) -> None:
    for kind, (colour, marker, label) in _KINDS.items():
        chosen = [point for point in points if point.kind == kind]
        if not chosen:
            continue
        x, y = [p.x for p in chosen], [p.gain for p in chosen]
        # An interval always holds its mean, but rounding in a file could turn that round.
        reach = [
            [max(0, p.gain - p.low) for p in chosen],
            [max(0, p.high - p.gain) for p in chosen],
        ]
        axes.errorbar(
            x,
            y,
            yerr=reach,
            fmt=marker,
            color=colour,
            ecolor=colour,
            elinewidth=0.9,
            capsize=2,
            ms=5.5,
            label=label,
        )
    axes.set_ylabel("gain over grey (dB)")
    axes.axhline(0, color=SOFT, lw=0.8, ls=(0, (4, 3)))
    if len({point.kind for point in points}) > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderpad=0)


def _over(name: str, points: Sequence[Point], label: str, caption: str, log: bool) -> Plot:
    def paint(axes: Axes) -> None:
        (logarithmic if log else spread)(axes, [point.x for point in points])
        _scatter(axes, points)
        axes.set_xlabel(label)
        axes.margins(y=0.12)
        label_points(axes, [(p.x, p.gain, short(p.name)) for p in points])

    return Plot(name, draw(3.8, paint), caption)


def over_size(name: str, points: Sequence[Point]) -> Plot:
    """Gain over the file's size in MB."""
    caption = "Gain over grey against the size of the file; bars: 95 % intervals."
    return _over(name, points, "file (MB, logarithmic)", caption, log=True)


def over_time(name: str, points: Sequence[Point], where: str) -> Plot:
    """Gain over the network's median time in ms."""
    caption = f"Gain over grey against the time of the network for a picture, {where}."
    return _over(name, points, "network (ms, logarithmic)", caption, log=True)


def over_colour(name: str, points: Sequence[Point]) -> Plot:
    """Gain against the colourfulness ratio."""
    caption = (
        "Gain over grey against colourfulness (1: as colourful as the true pictures). Scaling "
        "the colours moves a model along a falling curve: further up and right is better."
    )
    return _over(name, points, "colourfulness (share of the true pictures')", caption, log=False)


def distributions(name: str, gains: dict[str, np.ndarray]) -> Plot:
    """How the gain is spread over pictures, a box a model.

    Args:
        name: of the plot.
        gains: dB over the grey picture, [N], by model; the first `MOST_BOXES` are drawn.
    """
    chosen = dict(list(gains.items())[:MOST_BOXES])

    def paint(axes: Axes) -> None:
        axes.boxplot(
            list(chosen.values()),
            orientation="horizontal",
            whis=(5, 95),
            showfliers=False,
            showmeans=True,
            widths=0.55,
            patch_artist=True,
            boxprops={"facecolor": COLOURS[5], "alpha": 0.45, "edgecolor": COLOURS[0]},
            medianprops={"color": COLOURS[0], "lw": 1.8},
            whiskerprops={"color": SOFT},
            capprops={"color": SOFT},
            meanprops={
                "marker": "D",
                "markerfacecolor": COLOURS[1],
                "markeredgecolor": COLOURS[1],
                "markersize": 4.5,
            },
        )
        axes.set_yticks(range(1, len(chosen) + 1), [short(name) for name in chosen], color=INK)
        axes.invert_yaxis()
        axes.axvline(0, color=SOFT, lw=0.8, ls=(0, (4, 3)))
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("gain over grey of single pictures (dB)")

    caption = (
        "How the gain is spread over single pictures: box, the middle half, with the median; "
        "whiskers, 5 % and 95 %; diamond, the mean. Left of the line a picture is further from the "
        "truth than if it had stayed grey."
    )
    return Plot(name, draw(1.0 + 0.34 * len(chosen), paint), caption)
