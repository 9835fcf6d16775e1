"""A regression gate: is the second of two result files worse than the first, beyond the noise?

Accuracy is paired by picture where both files hold the figures of every picture; otherwise means
are compared, with the noise of their 95 % intervals. A loss counts when it is larger than what is
allowed and its interval lies on the wrong side of zero. Time is compared by ratios between the
models of one run, since the machine's speed drifts between runs; a file's size as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.bootstrap import Interval, interval, resampled_means
from benchmarks.report.rows import Row, number, text
from edge_runtime.bench.result_file import BenchmarkResult
from edge_runtime.errors import TintLiteError
from train.measure.evaluate import GREY


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

    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def worse(self) -> list[Change]:
        """What was lost beyond the noise."""
        return [change for change in self.changes if change.worse]


@dataclass(frozen=True)
class _Figure:
    """A figure of accuracy; `sign` is 1 where more is better, else -1.

    `key` is that of single pictures, `mean` that of a row whose interval is narrowest.
    """

    key: str
    mean: str
    name: str
    sign: int
    digits: int
    allowed: float
    relative: bool = False

    def change(self, model: str, old: float, new: float, around: Interval) -> Change:
        """Of means, and the interval of their difference."""
        scale = old if self.relative and old > 0 else 1.0
        show = "{:+.1%}" if self.relative else "{:+.3f}"
        certain = around.high < 0 if self.sign > 0 else around.low > 0
        low, high = (show.format(end / scale) for end in (around.low, around.high))
        return Change(
            model,
            self.name,
            f"{old:.{self.digits}f}",
            f"{new:.{self.digits}f}",
            f"{show.format((new - old) / scale)} ({low} to {high})",
            show.format(-self.sign * self.allowed),
            certain and -self.sign * (new - old) / scale > self.allowed,
        )


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
    if before.kind != "accuracy" and before.kind not in _GROUPS:
        raise CompareError(f"results of {before.kind} cannot be compared, only looked at")
    found = Comparison()
    common = _common_models(before, after, found)
    if before.kind == "accuracy":
        _accuracy(before, after, allowed, common, found)
    else:
        _times(before, after, allowed, found)
    _sizes(before, after, allowed, found)
    return found


def _rows(result: BenchmarkResult, group: Sequence[str] = ()) -> dict[tuple, Row]:
    """Rows by model and group."""
    return {(text(row, "model"), *(row.get(field) for field in group)): row for row in result.rows}


def _common_models(before: BenchmarkResult, after: BenchmarkResult, found: Comparison) -> list[str]:
    first = {text(row, "model"): None for row in before.rows}
    second = {text(row, "model"): None for row in after.rows}
    common = [name for name in first if name in second and name not in (GREY, "mean colour")]
    if not common:
        raise CompareError("the two results have no models in common")
    found.notes.extend(f"{n} is in the first result only" for n in first if n not in second)
    found.notes.extend(f"{n} is in the second result only" for n in second if n not in first)
    return common


def _ended(model: str, before: Row, after: Row, found: Comparison) -> None:
    """A model that was measured and no longer can be."""
    error = text(after, "error")
    if error and not text(before, "error"):
        found.changes.append(Change(model, "can be measured", "yes", "no", error, "no", True))


def _accuracy(
    before: BenchmarkResult,
    after: BenchmarkResult,
    allowed: Tolerances,
    common: Sequence[str],
    found: Comparison,
) -> None:
    paired = bool(before.per_picture and after.per_picture)
    _check_pictures(before, after, paired)
    if not paired:
        found.notes.append(
            "not paired by picture, for want of the figures of every picture (accuracy"
            " --per-picture): the noise is that of two means, and larger"
        )
    figures = (
        _Figure(
            "rgb_psnr", "gain", "RGB PSNR, dB" if paired else "gain, dB", 1, 2, allowed.rgb_psnr
        ),
        _Figure("ciede2000", "ciede2000", "CIEDE2000", -1, 2, allowed.ciede2000),
        _Figure(
            "colourfulness",
            "colourfulness_ratio",
            "colourfulness M3" if paired else "colourfulness",
            1,
            3 - 2 * paired,
            allowed.colourfulness,
            relative=True,
        ),
    )
    rows = _rows(before), _rows(after)
    for model in common:
        old, new = (of[model,] for of in rows)
        _ended(model, old, new, found)
        if text(old, "error"):
            found.notes.append(f"{model} could not be measured in the first result")
        if text(old, "error") or text(new, "error"):
            continue
        for figure in figures:
            change = (
                _paired(model, figure, before, after) if paired else _means(model, figure, old, new)
            )
            if change is None:
                found.notes.append(f"{model} has no {figure.name} in both results")
            else:
                found.changes.append(change)
    if not found.changes:
        raise CompareError("no model has figures in both results")


def _check_pictures(before: BenchmarkResult, after: BenchmarkResult, paired: bool) -> None:
    if paired:
        if before.pictures != after.pictures:
            raise CompareError("the two results are of different pictures")
        named = "different pictures of the same names"
        greys = [result.per_picture.get(GREY, {}).get("rgb_psnr") for result in (before, after)]
    else:
        named = "different pictures"
        grey_rows = [_rows(result).get((GREY,), {}) for result in (before, after)]
        if number(grey_rows[0], "pictures") != number(grey_rows[1], "pictures"):
            raise CompareError("the two results are of different pictures")
        greys = [number(row, "rgb_psnr") for row in grey_rows]
    if None in greys:
        raise CompareError("a result lacks its row of grey pictures")
    if np.shape(greys[0]) != np.shape(greys[1]) or np.abs(np.subtract(*greys)).max() > _SAME_DB:
        raise CompareError(f"the two results are of {named}")


def _paired(
    model: str, figure: _Figure, before: BenchmarkResult, after: BenchmarkResult
) -> Change | None:
    old, new = (result.per_picture.get(model, {}).get(figure.key) for result in (before, after))
    if old is None or new is None or not len(old) == len(new) == len(before.pictures):
        return None
    means = resampled_means(np.column_stack([old, new]))
    around = interval(means[:, 1] - means[:, 0])
    return figure.change(model, float(np.mean(old)), float(np.mean(new)), around)


def _means(model: str, figure: _Figure, old: Row, new: Row) -> Change | None:
    key = figure.mean
    means = number(old, key), number(new, key)
    ends = [number(row, f"{key}{end}") for row in (old, new) for end in ("_low", "_high")]
    if None in means or None in ends:
        return None
    noise = float(np.hypot(ends[1] - ends[0], ends[3] - ends[2])) / 2
    change = means[1] - means[0]
    return figure.change(model, *means, Interval(change - noise, change + noise))


def _times(
    before: BenchmarkResult, after: BenchmarkResult, allowed: Tolerances, found: Comparison
) -> None:
    rows_before, rows_after = (_rows(result, _GROUPS[before.kind]) for result in (before, after))
    timed: dict[tuple, dict[str, tuple[float, float]]] = {}
    for key, old in rows_before.items():
        new = rows_after.get(key)
        if new is None:
            continue
        _ended(_label(key), old, new, found)
        times = number(old, "median_ms"), number(new, "median_ms")
        if None not in times and min(times) > 0:
            timed.setdefault(key[1:], {})[key[0]] = times
    for where, models in timed.items():
        if len(models) < 2:
            label = _label((*models, *where))
            found.notes.append(f"{label}: no second model to set its time against")
            continue
        found.changes.extend(_time_change(model, where, models, allowed.time) for model in models)
    if not found.changes:
        raise CompareError("no two models were timed in the same way in both results")


def _label(key: Sequence[object]) -> str:
    model, *where = key
    return f"{model} ({', '.join(str(part) for part in where if part is not None)})"


def _time_change(
    model: str, where: tuple, models: Mapping[str, tuple[float, float]], allowed: float
) -> Change:
    """A model's time over the geometric mean of the others', before and after."""
    others = np.array([times for name, times in models.items() if name != model])
    ratios = np.array(models[model]) / np.exp(np.log(others).mean(axis=0))
    # The others' middle change stands for the machine's: one of them that was made faster must
    # not make this one look slower.
    before, after = models[model]
    change = float(after / before / np.median(others[:, 1] / others[:, 0]) - 1)
    return Change(
        _label((model, *where)),
        "time over the others'",
        f"{ratios[0]:.3f}",
        f"{ratios[1]:.3f}",
        f"{change:+.1%}",
        f"{allowed:+.0%}",
        change > allowed,
    )


def _sizes(
    before: BenchmarkResult, after: BenchmarkResult, allowed: Tolerances, found: Comparison
) -> None:
    for model, facts in before.models.items():
        if model not in after.models or not facts.bytes:
            continue
        old, new = facts.bytes, after.models[model].bytes
        found.changes.append(
            Change(
                model,
                "file, bytes",
                f"{old:,}",
                f"{new:,}",
                f"{new / old - 1:+.1%}",
                f"{allowed.size:+.0%}",
                new > old * (1 + allowed.size),
            )
        )
