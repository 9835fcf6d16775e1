"""Plots as SVG: gain against size, time and colourfulness; where a film's time goes."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from matplotlib.transforms import Bbox

from benchmarks.report.markdown import one_line

# Okabe and Ito 2008: told apart by the colour-blind and in print, on white and on black.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
INK, SOFT, FAINT = "#1c2126", "#5c6670", "#dfe3e8"

WIDTH = 5.4  # inches; 390 points, the width of a phone: letters keep their size there

_SETTINGS = {
    "font.family": "sans-serif",
    "font.size": 10,
    # Letters as text: small files that readers can search.
    "svg.fonttype": "none",
    "svg.hashsalt": "tintlite",  # equal results give equal files
    "text.parse_math": False,  # a model's name may hold dollar signs
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
_ABOVE = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 3, "borderpad": 0}


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


def gain_over(points: Sequence[Point], label: str, *, logarithmic: bool) -> str:
    """Gain over grey against something, with the models' names and intervals.

    Args:
        points: at least one.
        label: of the x axis.
        logarithmic: whether that is.
    """

    def paint(axes: Axes) -> None:
        x = [point.x for point in points]
        if logarithmic:
            # Room for names beside points, be they one or equal.
            factor = max((max(x) / min(x)) ** 0.2, 1.5)
            axes.set_xscale("log")
            axes.set_xlim(min(x) / factor, max(x) * factor)
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.xaxis.set_minor_formatter(NullFormatter())
        else:
            reach = max(0.2 * (max(x) - min(x)), 0.02)
            axes.set_xlim(min(x) - reach, max(x) + reach)
        for kind, (colour, marker, name) in _KINDS.items():
            chosen = [point for point in points if point.kind == kind]
            if chosen:
                # An interval always holds its mean, but rounding in a file could turn that round.
                reach = [
                    [max(0, point.gain - point.low) for point in chosen],
                    [max(0, point.high - point.gain) for point in chosen],
                ]
                axes.errorbar(
                    [point.x for point in chosen],
                    [point.gain for point in chosen],
                    reach,
                    fmt=marker,
                    color=colour,
                    elinewidth=0.9,
                    capsize=2,
                    ms=5.5,
                    label=name,
                )
        axes.set_xlabel(label)
        axes.set_ylabel("gain over grey (dB)")
        axes.axhline(0, color=SOFT, lw=0.8, ls=(0, (4, 3)))
        axes.legend(**_ABOVE)
        axes.margins(y=0.12)
        _label_points(axes, points)

    return _draw(3.8, paint)


def shares(rows: Sequence[tuple[str, dict[str, float]]]) -> str:
    """Parts of a whole as bars.

    Args:
        rows: a label and its parts by name, 0..1 each.
    """

    def paint(axes: Axes) -> None:
        places, left = np.arange(len(rows)), np.zeros(len(rows))
        for number, name in enumerate(dict.fromkeys(name for _, parts in rows for name in parts)):
            width = np.array([100 * parts.get(name, 0) for _, parts in rows])
            colour = COLOURS[number % len(COLOURS)]
            axes.barh(places, width, 0.62, left, color=colour, label=_short(name, 14))
            left += width
        axes.set_yticks(places, [_short(label) for label, _ in rows], color=INK)
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("share of the time of a frame (%)")
        axes.legend(**_ABOVE)

    return _draw(1.5 + 0.42 * len(rows), paint)


def _draw(height: float, paint: Callable[[Axes], None]) -> str:
    with rc_context(_SETTINGS), warnings.catch_warnings():
        # A model's name may hold letters that the font has not: they become boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)  # measures letters, for `_label_points`
        paint(figure.add_subplot())
        data = BytesIO()
        figure.savefig(data, format="svg", metadata={"Date": None, "Creator": None})
    svg = data.getvalue().decode("utf-8")
    return svg[svg.index("<svg") :]


def _short(name: str, longest: int = 34) -> str:
    """A name that fits beside a point: of at most so many letters."""
    line = one_line(name)
    return line if len(line) <= longest else line[: longest - 1] + "…"


_STEP = 9  # in points, about a line of text
_CLEARANCE = 8  # in pixels of 1/100 inch

# Offsets in points, and the side of the text that is at the point; nearest first.
_PLACES = tuple(
    (dx, dy * _STEP, side)
    for dy in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)
    for dx, side in ((7, "left"), (-7, "right"))
)


def _label_points(axes: Axes, points: Sequence[Point]) -> None:
    """Write a name beside each point, where it covers neither another name nor a point."""
    axes.figure.draw_without_rendering()
    renderer = axes.figure.canvas.get_renderer()
    pixels = axes.figure.dpi / 72  # of a typographic point
    frame = axes.get_window_extent(renderer)
    places = [axes.transData.transform((point.x, point.gain)) for point in points]
    taken: list[Bbox] = []
    for point, (left, bottom) in zip(points, places, strict=True):
        label = axes.annotate(
            _short(point.name),
            (point.x, point.gain),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            annotation_clip=False,
            # A thread to its point, where it is not beside it.
            arrowprops={"arrowstyle": "-", "color": SOFT, "lw": 0.6, "shrinkA": 0, "shrinkB": 3},
            # So that no line runs through the letters.
            bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
        )
        width, height = label.get_window_extent(renderer).size
        best = None
        for number, (dx, dy, side) in enumerate(_PLACES):
            x = left + dx * pixels - (width if side == "right" else 0)
            box = Bbox.from_bounds(x, bottom + dy * pixels - height / 2, width, height)
            cost = number + 1000 * (box.x0 < frame.x0 or box.x1 > frame.x1)
            cost += 300 * sum(box.overlaps(other) for other in taken)
            # A name that ends at another point would seem to be that one's.
            cost += 100 * sum(
                bool(box.padded(_CLEARANCE).contains(*other))
                for other in places
                if np.hypot(other[0] - left, other[1] - bottom) > _CLEARANCE
            )
            if best is None or cost < best[0]:
                best = cost, box, (dx, dy), side
        _, box, offset, side = best
        label.set_position(offset)
        label.set_horizontalalignment(side)
        label.arrow_patch.set_visible(offset[1] != 0)
        taken.append(box)
