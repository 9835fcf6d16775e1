"""A regression gate: is the second of two result files worse than the first, beyond the noise?

Accuracy is paired by picture: a loss counts when it is larger than what is allowed and its 95 %
bootstrap interval lies on the wrong side of zero. Time is compared by ratios between the models of
one run, since the machine's speed drifts between runs; a file's size as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.bootstrap import interval, resampled_means
from benchmarks.report.rows import number, text
from edge_runtime.benchmark.result_file import BenchmarkResult
from edge_runtime.errors import TintLiteError
from train.evaluate import GREY


class CompareError(TintLiteError):
    """Two results that say nothing of each other."""


@dataclass(frozen=True)
class Tolerances:
    """What may be lost.

    Attributes:
        rgb_psnr: dB of mean RGB PSNR.
        ciede2000: of the mean colour difference.
        colourfulness: of the mean colourfulness M3, as a share of what it was.
        time: of a model's time against the other models', as a share.
        size: of a file's bytes, as a share.
    """

    rgb_psnr: float = 0.05
    ciede2000: float = 0.05
    colourfulness: float = 0.03
    time: float = 0.10
    size: float = 0.01


@dataclass(frozen=True)
class Change:
    """One figure of one model in both results.

    Attributes:
        model: its name.
        figure: what was compared, with its unit.
        before, after: in the first and in the second result, as text.
        change: from one to the other, as text, with its interval if there is one.
        allowed: the most that may be lost, as text.
        worse: whether more was lost.
    """

    model: str
    figure: str
    before: str
    after: str
    change: str
    allowed: str
    worse: bool


@dataclass(frozen=True)
class Comparison:
    """All that could be compared.

    Attributes:
        changes: figure by figure.
        notes: what could not, a sentence each.
    """

    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def worse(self) -> list[Change]:
        """What was lost beyond the noise."""
        return [change for change in self.changes if change.worse]


@dataclass(frozen=True)
class _Paired:
    """A figure that is paired by picture; `sign` is 1 where more is better, else -1."""

    key: str
    figure: str
    sign: int
    digits: int
    allowed: float
    relative: bool = False


# Which fields tell rows of one model apart, by kind of result.
_GROUPS = {
    "latency": ("what", "interpreter", "precision", "batch", "threads", "accelerator"),
    "device": ("size", "threads", "accelerator"),
}

# Pictures of one name are taken for the same if their grey pictures are equally far from the truth.
_SAME_DB = 0.01


def compare_results(
    before: BenchmarkResult, after: BenchmarkResult, tolerances: Tolerances | None = None
) -> Comparison:
    """Compare two results of one kind.

    Raises:
        CompareError: other kinds, other pictures, no models in common, or nothing to compare by.
    """
    allowed = tolerances or Tolerances()
    if before.kind != after.kind:
        raise CompareError(f"one result is of {before.kind}, the other of {after.kind}")
    if before.kind == "accuracy":
        changes, notes = _accuracy(before, after, allowed)
    elif before.kind in _GROUPS:
        changes, notes = _times(before, after, allowed)
    else:
        raise CompareError(f"results of {before.kind} cannot be compared, only looked at")
    sizes = _sizes(before, after, allowed)
    return Comparison((*changes, *sizes), tuple(notes))


def _rows(result: BenchmarkResult, group: Sequence[str]) -> dict[tuple, Mapping[str, Any]]:
    """Rows by model and group."""
    return {(text(row, "model"), *(row.get(field) for field in group)): row for row in result.rows}


def _common_models(before: BenchmarkResult, after: BenchmarkResult) -> tuple[list[str], list[str]]:
    first = {text(row, "model"): None for row in before.rows}
    second = {text(row, "model"): None for row in after.rows}
    own = {GREY, "mean colour"}
    common = [name for name in first if name in second and name not in own]
    if not common:
        raise CompareError("the two results have no models in common")
    notes = [f"{name} is in the first result only" for name in first if name not in second]
    notes += [f"{name} is in the second result only" for name in second if name not in first]
    return common, notes


def _accuracy(
    before: BenchmarkResult, after: BenchmarkResult, allowed: Tolerances
) -> tuple[list[Change], list[str]]:
    common, notes = _common_models(before, after)
    if not before.per_picture or not after.per_picture:
        raise CompareError("a result without its figures picture by picture cannot be compared")
    _same_pictures(before, after)
    figures = (
        _Paired("rgb_psnr", "RGB PSNR, dB", 1, 2, allowed.rgb_psnr),
        _Paired("ciede2000", "CIEDE2000", -1, 2, allowed.ciede2000),
        _Paired("colourfulness", "colourfulness M3", 1, 1, allowed.colourfulness, relative=True),
    )
    rows_before, rows_after = _rows(before, ()), _rows(after, ())
    changes = []
    for model in common:
        ended = _ended(model, rows_before[model,], rows_after[model,])
        if ended:
            changes.append(ended)
            continue
        if text(rows_before[model,], "error"):
            notes.append(f"{model} could not be measured in the first result")
            continue
        for paired in figures:
            old = before.per_picture.get(model, {}).get(paired.key)
            new = after.per_picture.get(model, {}).get(paired.key)
            if old is None or new is None or not len(old) == len(new) == len(before.pictures):
                notes.append(f"{model} has no {paired.figure} of every picture in both results")
                continue
            changes.append(_paired_change(model, paired, np.array(old), np.array(new)))
    if not changes:
        raise CompareError("no model has figures in both results")
    return changes, notes


def _same_pictures(before: BenchmarkResult, after: BenchmarkResult) -> None:
    if not before.pictures or before.pictures != after.pictures:
        raise CompareError("the two results are of different pictures")
    greys = [result.per_picture.get(GREY, {}).get("rgb_psnr") for result in (before, after)]
    if None in greys or len({len(grey) for grey in greys} | {len(before.pictures)}) > 1:
        raise CompareError("a result lacks its row of grey pictures")
    if np.abs(np.subtract(*greys)).max() > _SAME_DB:
        raise CompareError("the two results are of different pictures of the same names")


def _ended(model: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change | None:
    """A model that was measured and no longer can be."""
    if text(after, "error") and not text(before, "error"):
        return Change(model, "can be measured", "yes", "no", text(after, "error"), "no", True)
    return None


def _paired_change(model: str, paired: _Paired, old: np.ndarray, new: np.ndarray) -> Change:
    means = resampled_means(np.column_stack([old, new]))
    scale = old.mean() if paired.relative and old.mean() > 0 else 1.0
    change = float((new.mean() - old.mean()) / scale)
    around = interval((means[:, 1] - means[:, 0]) / scale)
    certain = around.high < 0 if paired.sign > 0 else around.low > 0
    worse = certain and -paired.sign * change > paired.allowed
    show = (lambda value: f"{value:+.1%}") if paired.relative else (lambda value: f"{value:+.3f}")
    return Change(
        model,
        paired.figure,
        f"{old.mean():.{paired.digits}f}",
        f"{new.mean():.{paired.digits}f}",
        f"{show(change)} ({show(around.low)} to {show(around.high)})",
        show(-paired.sign * paired.allowed),
        bool(worse),
    )


def _times(
    before: BenchmarkResult, after: BenchmarkResult, allowed: Tolerances
) -> tuple[list[Change], list[str]]:
    _, notes = _common_models(before, after)
    group = _GROUPS[before.kind]
    rows_before, rows_after = _rows(before, group), _rows(after, group)
    changes: list[Change] = []
    timed: dict[tuple, dict[str, tuple[float, float]]] = {}
    for key, old in rows_before.items():
        new = rows_after.get(key)
        if new is None:
            continue
        ended = _ended(_label(key), old, new)
        if ended:
            changes.append(ended)
        times = number(old, "median_ms"), number(new, "median_ms")
        if None not in times and min(times) > 0:
            timed.setdefault(key[1:], {})[key[0]] = times
    for where, models in timed.items():
        if len(models) < 2:
            notes.append(f"{_label((*models, *where))}: no second model to set its time against")
            continue
        changes += [_time_change(model, where, models, allowed.time) for model in models]
    if not changes:
        raise CompareError("no two models were timed in the same way in both results")
    return changes, notes


def _label(key: Sequence[object]) -> str:
    model, *where = key
    return f"{model} ({', '.join(str(part) for part in where if part is not None)})"


def _time_change(
    model: str, where: tuple, models: Mapping[str, tuple[float, float]], allowed: float
) -> Change:
    """A model's time over the geometric mean of the others', before and after."""

    def ratio(run: int) -> float:
        others = [times[run] for name, times in models.items() if name != model]
        return models[model][run] / float(np.exp(np.mean(np.log(others))))

    # The others' middle change stands for the machine's: one of them that was made faster must
    # not make this one look slower.
    others = [after / before for name, (before, after) in models.items() if name != model]
    before, after = models[model]
    change = (after / before) / float(np.median(others)) - 1
    return Change(
        _label((model, *where)),
        "time over the others'",
        f"{ratio(0):.3f}",
        f"{ratio(1):.3f}",
        f"{change:+.1%}",
        f"{allowed:+.0%}",
        change > allowed,
    )


def _sizes(before: BenchmarkResult, after: BenchmarkResult, allowed: Tolerances) -> list[Change]:
    changes = []
    for model, facts in before.models.items():
        if model not in after.models or not facts.bytes:
            continue
        old, new = facts.bytes, after.models[model].bytes
        change = new / old - 1
        changes.append(
            Change(
                model,
                "file, bytes",
                f"{old:,}",
                f"{new:,}",
                f"{change:+.1%}",
                f"{allowed.size:+.0%}",
                new > old * (1 + allowed.size),
            )
        )
    return changes
