"""How the report's plots look: one size, one set of colours, as SVG."""

import re
import warnings
from collections.abc import Callable, Sequence
from io import BytesIO

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from matplotlib.transforms import Bbox

# Okabe and Ito 2008: told apart by the colour-blind and in print, on white and on black.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
INK, SOFT, FAINT = "#1c2126", "#5c6670", "#dfe3e8"

# The same three as the page names them, light and dark.
_IN_PAGE = {INK: "var(--ink)", SOFT: "var(--soft)", FAINT: "var(--line)", "#ffffff": "var(--paper)"}

WIDTH = 5.4  # inches; 390 points, the width of a phone: letters keep their size there

_SETTINGS = {
    "font.family": "sans-serif",
    "font.size": 10,
    # Letters as text: small files that readers can search. Measured with DejaVu, which is wide:
    # with another font they take less room.
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


def draw(height: float, paint: Callable[[Axes], None]) -> str:
    """One plot as SVG.

    Args:
        height: in inches; the width is `WIDTH`.
        paint: draws into the axes.
    """
    with rc_context(_SETTINGS), warnings.catch_warnings():
        # A model's name may hold letters that the font has not: they become boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)  # measures letters, for `label_points`
        paint(figure.add_subplot())
        data = BytesIO()
        figure.savefig(data, format="svg", metadata={"Date": None, "Creator": None})
    svg = data.getvalue().decode("utf-8")
    return svg[svg.index("<svg") :]


def spread(axes: Axes, x: Sequence[float]) -> None:
    """Limits of the x axis with room for names beside points, be they one or equal."""
    reach = max(0.2 * (max(x) - min(x)), 0.02)
    axes.set_xlim(min(x) - reach, max(x) + reach)


def logarithmic(axes: Axes, x: Sequence[float]) -> None:
    """A logarithmic x axis for positive values, with plain numbers at 1, 2, 5 times powers of ten.

    Its limits leave room for names beside points, be they one or equal.
    """
    factor = max((max(x) / min(x)) ** 0.2, 1.5)
    axes.set_xscale("log")
    axes.set_xlim(min(x) / factor, max(x) * factor)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def in_page_colours(svg: str) -> str:
    """A drawing whose ink, lines and paper follow the page, light or dark."""
    for colour, name in _IN_PAGE.items():
        svg = re.sub(rf"(fill|stroke): {colour}\b", rf"\g<1>: {name}", svg)
    return svg


def label_points(axes: Axes, labels: list[tuple[float, float, str]]) -> None:
    """Write a name beside each point, where it covers neither another name nor a point.

    Args:
        axes: with its limits set.
        labels: x, y and the name of each point.
    """
    figure = axes.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    points = [axes.transData.transform((x, y)) for x, y, _ in labels]
    frame = axes.get_window_extent(renderer)
    pixels = figure.dpi / 72  # of a typographic point
    taken: list[Bbox] = []
    for (x, y, name), point in zip(labels, points, strict=True):
        # Points that lie on this one cannot be told from it anyhow.
        others = [other for other in points if np.hypot(*(other - point)) > _CLEARANCE]
        plain = axes.text(x, y, name, fontsize=_LETTERS)
        size = plain.get_window_extent(renderer).size
        plain.remove()
        boxes = [_box(point, place, size, pixels) for place in _PLACES]
        costs = [_cost(box, frame, taken, others) + n for n, box in enumerate(boxes)]
        best = int(np.argmin(costs))
        dx, dy, side = _PLACES[best]
        axes.annotate(
            name,
            (x, y),
            (dx, dy),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=_LETTERS,
            annotation_clip=False,
            # A thread to its point, where it is not beside it.
            arrowprops=_THREAD if dy else None,
            # So that no line runs through the letters.
            bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.8, "pad": 0.6},
        )
        taken.append(boxes[best])


def _box(
    point: np.ndarray, place: tuple[float, float, str], size: np.ndarray, pixels: float
) -> Bbox:
    """What a name would cover at a place beside its point, in pixels."""
    dx, dy, side = place
    width, height = size
    left = point[0] + dx * pixels - {"left": 0, "right": width, "center": width / 2}[side]
    return Bbox.from_bounds(left, point[1] + dy * pixels - height / 2, width, height)


def _cost(box: Bbox, frame: Bbox, taken: Sequence[Bbox], others: Sequence[np.ndarray]) -> float:
    """How bad a place is: out of the frame, over names, at other points."""
    outside = box.x0 < frame.x0 or box.x1 > frame.x1
    covered = sum(box.overlaps(other) for other in taken)
    # A name that ends at another point would seem to be that one's.
    near = sum(bool(box.padded(_CLEARANCE).contains(*other)) for other in others)
    return 1000 * outside + 300 * covered + 100 * near


_LETTERS = 8.5
_STEP = 9  # in points, about a line of text
_CLEARANCE = 8  # in pixels of 1/100 inch
_THREAD = {"arrowstyle": "-", "color": SOFT, "lw": 0.6, "shrinkA": 0, "shrinkB": 3}

# Offsets in points, and the side of the text that is at the point; nearest first.
_PLACES = tuple(
    (dx, dy * _STEP, side)
    for dy in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)
    for dx, side in ((7, "left"), (-7, "right"), (0, "center"))
    if dy or side != "center"
)
