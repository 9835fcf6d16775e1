"""Figures of a*, b* alone as tables for the terminal: plates, aged photos, and what stays grey."""

from rich.table import Table

from train.measure.ab import JUDGED_AB_SIZE, AbScores
from train.measure.film import FADED, ORIGINAL
from train.measure.neutral import Neutral

ByKind = dict[str, dict[str, AbScores]]


def plates_table(scores: ByKind) -> Table:
    """A row a network: rho, chroma ratio and gain for each film that a plate stands for."""
    table = _table(
        "plates", scores, "chroma: of ours over that of the truth (see rho in the docs)."
    )
    for kind in _kinds(scores):
        for heading in ("rho", "chroma", "gain"):
            table.add_column(f"{kind}\n{heading}", justify="right")
    for name, row in scores.items():
        cells = [
            (f"{it.rho:.3f}", f"{it.chroma_ratio:.2f}", f"{it.gain:+.2f}") for it in row.values()
        ]
        table.add_row(name, *(cell for group in cells for cell in group))
    return table


def film_table(scores: ByKind) -> Table:
    """A row a network: gain and rho for each recipe of ageing, and what fading alone costs."""
    table = _table("aged photos", scores, "loss: gain on the original less that on the faded one.")
    for kind in _kinds(scores):
        for heading in ("gain", "rho"):
            table.add_column(f"{kind}\n{heading}", justify="right")
    table.add_column("faded\nloss", justify="right")
    for name, row in scores.items():
        cells = [(f"{it.gain:+.2f}", f"{it.rho:.3f}") for it in row.values()]
        loss = row[ORIGINAL].gain - row[FADED].gain
        table.add_row(name, *(cell for group in cells for cell in group), f"{loss:.2f}")
    return table


def _table(what: str, scores: ByKind, caption: str) -> Table:
    first = next(iter(next(iter(scores.values())).values()))
    title = f"{first.pictures} {what}, a* and b* alone at {JUDGED_AB_SIZE}x{JUDGED_AB_SIZE}, pooled"
    table = Table(title=title, caption=f"gain: error of a*, b* under that of grey, dB. {caption}")
    table.add_column("network")
    return table


def _kinds(scores: ByKind) -> list[str]:
    return list(next(iter(scores.values())))


def neutral_line(found: dict[str, Neutral]) -> str:
    """One line: how much colour each network paints on the grey card where it paints most."""
    each = ", ".join(f"{name} {it.chroma:.1f} ({it.card})" for name, it in found.items())
    return f"chroma painted on greys, at most: {each}"
