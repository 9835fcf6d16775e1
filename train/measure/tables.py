"""What was measured as tables: for the terminal, and in Markdown for the documents."""

from collections.abc import Callable, Mapping
from typing import Any

from rich.table import Table

from train.measure.ab import JUDGED_AB_SIZE, AbScores
from train.measure.compare import ComparedRun, Training
from train.measure.evaluate import JUDGED_SIZE, Scores
from train.measure.film import FADED, ORIGINAL
from train.measure.neutral import Neutral

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

# By its heading, how a column shows a row.
_Columns = Mapping[str, Callable[[Any], str]]

_SCORES: _Columns = {
    "RGB PSNR": lambda row: f"{row.rgb_psnr:.2f}",
    "gain": lambda row: f"{row.gain:+.2f}",
    "RGB PSNR*": lambda row: f"{row.rgb_psnr_of_mean_mse:.2f}",
    "Lab MSE": lambda row: f"{row.lab_mse:.1f}",
    "Lab PSNR": lambda row: f"{row.lab_psnr:.2f}",
    "ab PSNR": lambda row: f"{row.ab_psnr:.2f}",
    "colourfulness": lambda row: f"{row.colourfulness_ratio:.2f}",
    "rho": lambda row: f"{row.rho:.3f}",
    "chroma": lambda row: f"{row.chroma_ratio:.2f}",
}

_SHOWN_OF_RUNS = ("Lab MSE", "Lab PSNR", "RGB PSNR", "gain", "colourfulness", "rho", "chroma")


def _of_scores(heading: str) -> Callable[[ComparedRun], str]:
    return lambda row: _SCORES[heading](row.scores)


def _of_training(show: Callable[[Training], str]) -> Callable[[ComparedRun], str]:
    return lambda row: show(row.training) if row.training else NOTHING


def _time(seconds: float) -> str:
    minutes = seconds / 60
    return f"{minutes:.1f} min" if minutes < 10 else f"{minutes:,.0f} min"


def _gmac(row: ComparedRun) -> str:
    macs = row.multiply_accumulates
    return NOTHING if macs is None else f"{macs / 1e9:.3f}"


_RUNS: _Columns = {
    **{heading: _of_scores(heading) for heading in _SHOWN_OF_RUNS},
    "S": lambda row: NOTHING if row.input_size is None else str(row.input_size),
    "parameters": lambda row: NOTHING if row.parameters is None else f"{row.parameters:,}",
    "GMAC": _gmac,
    "images/s": _of_training(lambda training: f"{training.images_per_second:.0f}"),
    "time": _of_training(lambda training: _time(training.seconds)),
    "pictures seen": _of_training(lambda training: f"{training.pictures_seen:,}"),
}


def _table(columns: _Columns, rows: Mapping[str, Any], **options: Any) -> Table:
    """A row a network."""
    table = Table(**options)
    # What is too narrow for a figure must not cut it short.
    table.add_column("network", overflow="fold")
    for heading in columns:
        table.add_column(heading, justify="right", overflow="fold")
    for name, row in rows.items():
        table.add_row(name, *(show(row) for show in columns.values()))
    return table


def scores_table(scores: Mapping[str, Scores]) -> Table:
    """Definitions stand in `train.measure.evaluate.Scores`."""
    return _table(
        _SCORES,
        scores,
        title=_title(next(iter(scores.values()))),
        caption="RGB PSNR* : PSNR of the mean MSE. Grey: the picture without colour (ab = 0). "
        "rho, chroma: correlation and ratio of ab with the truth, pooled.",
    )


def comparison_table(rows: Mapping[str, ComparedRun]) -> Table:
    """One row a run, the definitions below."""
    narrow = {
        heading.replace(" ", "\n").replace("colourfulness", "colour-\nfulness"): show
        for heading, show in _RUNS.items()
    }
    title = _title(next(iter(rows.values())).scores)
    caption = "\n".join(DEFINITIONS)
    return _table(narrow, rows, title=title, caption=caption, caption_justify="left")


def comparison_markdown(rows: Mapping[str, ComparedRun]) -> str:
    """The same for a document: title, table, definitions."""
    lines = [
        f"{_title(next(iter(rows.values())).scores)}:",
        "",
        f"| network | {' | '.join(_RUNS)} |",
        f"|---|{'---:|' * len(_RUNS)}",
    ]
    for name, row in rows.items():
        cells = [name.replace("|", r"\|"), *(show(row) for show in _RUNS.values())]
        lines.append(f"| {' | '.join(cells)} |")
    # A lone asterisk would begin italics.
    definitions = (definition.replace("*", r"\*") for definition in DEFINITIONS)
    return "\n".join([*lines, "", *(f"- {definition}" for definition in definitions), ""])


def _title(scores: Scores) -> str:
    return f"{scores.pictures} pictures at {JUDGED_SIZE}x{JUDGED_SIZE}, means over pictures"


# By network, then by what it was shown.
_ByKind = Mapping[str, Mapping[str, AbScores]]

_AB: _Columns = {
    "rho": lambda row: f"{row.rho:.3f}",
    "chroma": lambda row: f"{row.chroma_ratio:.2f}",
    "gain": lambda row: f"{row.gain:+.2f}",
}


def plates_table(scores: _ByKind) -> Table:
    """rho, chroma ratio and gain for each film that a plate stands for."""
    columns = _ab_columns(scores, ("rho", "chroma", "gain"))
    about = "chroma: of ours over that of the truth (see rho in the docs)."
    return _ab_table("plates", columns, scores, about)


def film_table(scores: _ByKind) -> Table:
    """Gain and rho for each recipe of ageing, and what fading alone costs."""
    columns = _ab_columns(scores, ("gain", "rho"))
    columns["faded\nloss"] = lambda row: f"{row[ORIGINAL].gain - row[FADED].gain:.2f}"
    about = "loss: gain on the original less that on the faded one."
    return _ab_table("aged photos", columns, scores, about)


def _ab_columns(scores: _ByKind, headings: tuple[str, ...]) -> dict[str, Callable[[Any], str]]:
    def of(kind: str, heading: str) -> Callable[[Mapping[str, AbScores]], str]:
        return lambda row: _AB[heading](row[kind])

    kinds = next(iter(scores.values()))
    return {f"{kind}\n{heading}": of(kind, heading) for kind in kinds for heading in headings}


def _ab_table(what: str, columns: _Columns, scores: _ByKind, about: str) -> Table:
    first = next(iter(next(iter(scores.values())).values()))
    title = f"{first.pictures} {what}, a* and b* alone at {JUDGED_AB_SIZE}x{JUDGED_AB_SIZE}, pooled"
    caption = f"gain: error of a*, b* under that of grey, dB. {about}"
    return _table(columns, scores, title=title, caption=caption)


def neutral_line(found: Mapping[str, Neutral]) -> str:
    """One line: how much colour each network paints on the grey card where it paints most."""
    each = ", ".join(f"{name} {it.chroma:.1f} ({it.card})" for name, it in found.items())
    return f"chroma painted on greys, at most: {each}"
