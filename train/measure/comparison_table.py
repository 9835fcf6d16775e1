"""The comparison of runs as a table: for the terminal, and in Markdown for the documents."""

from collections.abc import Callable

from rich.table import Table

from train.measure.compare import ComparedRun, Training
from train.measure.evaluate import JUDGED_SIZE

NOTHING = "-"

DEFINITIONS = (
    "grey: the picture without colour (ab = 0).",
    "Lab MSE, Lab PSNR (dB): over the three channels of 8-bit Lab (L* x 2.55, a* + 128, b* + 128).",
    "RGB PSNR (dB): over all RGB values. Both PSNRs: of each picture, then the mean over pictures.",
    "gain (dB): RGB PSNR less that of grey.",
    "colourfulness: mean M3 of Hasler and Süsstrunk 2003 over that of the true pictures.",
    "rho: correlation of predicted and true a*, b*, pooled; chroma: the ratio of their strengths.",
    "S: side of the network's input in pixels. GMAC: 10^9 multiply-accumulates for a picture at S.",
    "parameters: all weights of the network that gives ab, without a discriminator.",
    "images/s: pictures seen over time. time: of training, without the measuring between rounds.",
    "pictures seen: steps x pictures in a batch.",
    "Time and pictures seen are up to the last round; quality is that of the best weights.",
)


def _of_training(show: Callable[[Training], str]) -> Callable[[ComparedRun], str]:
    return lambda row: show(row.training) if row.training else NOTHING


def _time(seconds: float) -> str:
    minutes = seconds / 60
    return f"{minutes:.1f} min" if minutes < 10 else f"{minutes:,.0f} min"


def _gmac(row: ComparedRun) -> str:
    macs = row.multiply_accumulates
    return NOTHING if macs is None else f"{macs / 1e9:.3f}"


_COLUMNS: dict[str, Callable[[ComparedRun], str]] = {
    "Lab MSE": lambda row: f"{row.scores.lab_mse:.1f}",
    "Lab PSNR": lambda row: f"{row.scores.lab_psnr:.2f}",
    "RGB PSNR": lambda row: f"{row.scores.rgb_psnr:.2f}",
    "gain": lambda row: f"{row.scores.gain:+.2f}",
    "colourfulness": lambda row: f"{row.scores.colourfulness_ratio:.2f}",
    "rho": lambda row: f"{row.scores.rho:.3f}",
    "chroma": lambda row: f"{row.scores.chroma_ratio:.2f}",
    "S": lambda row: NOTHING if row.input_size is None else str(row.input_size),
    "parameters": lambda row: NOTHING if row.parameters is None else f"{row.parameters:,}",
    "GMAC": _gmac,
    "images/s": _of_training(lambda training: f"{training.images_per_second:.0f}"),
    "time": _of_training(lambda training: _time(training.seconds)),
    "pictures seen": _of_training(lambda training: f"{training.pictures_seen:,}"),
}


def _title(rows: dict[str, ComparedRun]) -> str:
    pictures = next(iter(rows.values())).scores.pictures
    return f"{pictures} pictures at {JUDGED_SIZE}x{JUDGED_SIZE}, means over pictures"


def comparison_table(rows: dict[str, ComparedRun]) -> Table:
    """One row a run, the definitions below."""
    table = Table(title=_title(rows), caption="\n".join(DEFINITIONS), caption_justify="left")
    table.add_column("network", overflow="fold")
    for heading in _COLUMNS:
        # Narrow headings leave room for the figures, which must not be cut short.
        narrow = heading.replace(" ", "\n").replace("colourfulness", "colour-\nfulness")
        table.add_column(narrow, justify="right", overflow="fold")
    for name, row in rows.items():
        table.add_row(name, *(show(row) for show in _COLUMNS.values()))
    return table


def comparison_markdown(rows: dict[str, ComparedRun]) -> str:
    """The same for a document: title, table, definitions."""
    lines = [
        f"{_title(rows)}:",
        "",
        f"| network | {' | '.join(_COLUMNS)} |",
        f"|---|{'---:|' * len(_COLUMNS)}",
    ]
    for name, row in rows.items():
        cells = [name.replace("|", r"\|"), *(show(row) for show in _COLUMNS.values())]
        lines.append(f"| {' | '.join(cells)} |")
    # A lone asterisk would begin italics.
    definitions = (definition.replace("*", r"\*") for definition in DEFINITIONS)
    return "\n".join([*lines, "", *(f"- {definition}" for definition in definitions), ""])
