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

# Which fields tell rows of one model apart, by kind of result.
_GROUPS = {
    "accuracy": (),
    "latency": ("what", "interpreter", "precision", "batch", "threads", "accelerator"),
    "device": ("size", "threads", "accelerator"),
}

# Pictures of one name are taken for the same if their grey pictures are equally far from the truth.
_SAME_DB = 0.01

# Of a figure: its mean before and after, and the interval of their difference.
_Means = tuple[float, float, Interval]


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
    """A figure of accuracy; `sign` is 1 where more is better, else -1."""

    key: str
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
        low, high = (show.format(end / scale) for end in around)
        return Change(
            model,
            self.name,
            f"{old:.{self.digits}f}",
            f"{new:.{self.digits}f}",
            f"{show.format((new - old) / scale)} ({low} to {high})",
            show.format(-self.sign * self.allowed),
            certain and -self.sign * (new - old) / scale > self.allowed,
        )


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
    if before.kind not in _GROUPS:
        raise CompareError(f"results of {before.kind} cannot be compared, only looked at")
    found = Comparison()
    first, second = (_rows(result, _GROUPS[result.kind]) for result in (before, after))
    names = [list(dict.fromkeys(name for name, *_ in rows)) for rows in (first, second)]
    if not set(names[0]) & set(names[1]) - {GREY, "mean colour"}:
        raise CompareError("the two results have no models in common")
    found.notes.extend(f"{n} is in the first result only" for n in names[0] if n not in names[1])
    found.notes.extend(f"{n} is in the second result only" for n in names[1] if n not in names[0])
    pairs = {key: (old, second[key]) for key, old in first.items() if key in second}
    if before.kind == "accuracy":
        _accuracy(before, after, allowed, pairs, found)
    else:
        _times(pairs, allowed.time, found)
    for model, facts in before.models.items():
        if model in after.models and facts.bytes:
            old, new = facts.bytes, after.models[model].bytes
            texts = f"{old:,}", f"{new:,}", f"{new / old - 1:+.1%}", f"{allowed.size:+.0%}"
            worse = new > old * (1 + allowed.size)
            found.changes.append(Change(model, "file, bytes", *texts, worse))
    return found


def _rows(result: BenchmarkResult, group: Sequence[str]) -> dict[tuple, Row]:
    """Rows by model and group."""
    return {(text(row, "model"), *(row.get(field) for field in group)): row for row in result.rows}


def _ended(model: str, before: Row, after: Row, found: Comparison) -> None:
    """A model that was measured and no longer can be."""
    error = text(after, "error")
    if error and not text(before, "error"):
        found.changes.append(Change(model, "can be measured", "yes", "no", error, "no", True))


def _accuracy(
    before: BenchmarkResult,
    after: BenchmarkResult,
    allowed: Tolerances,
    pairs: Mapping[tuple, tuple[Row, Row]],
    found: Comparison,
) -> None:
    paired = bool(before.per_picture and after.per_picture)
    _check_pictures(before, after, paired)
    if paired:
        psnr, colour = ("rgb_psnr", "RGB PSNR, dB"), ("colourfulness", "colourfulness M3")
    else:
        psnr, colour = ("gain", "gain, dB"), ("colourfulness_ratio", "colourfulness")
        found.notes.append(
            "not paired by picture, for want of the figures of every picture (accuracy"
            " --per-picture): the noise is that of two means, and larger"
        )
    figures = (
        _Figure(*psnr, 1, 2, allowed.rgb_psnr),
        _Figure("ciede2000", "CIEDE2000", -1, 2, allowed.ciede2000),
        _Figure(*colour, 1, 1 if paired else 3, allowed.colourfulness, relative=True),
    )
    for (model,), (old, new) in pairs.items():
        if model in (GREY, "mean colour"):
            continue
        _ended(model, old, new, found)
        if text(old, "error"):
            found.notes.append(f"{model} could not be measured in the first result")
        if text(old, "error") or text(new, "error"):
            continue
        for figure in figures:
            if paired:
                columns = [part.per_picture.get(model, {}) for part in (before, after)]
                means = _paired(*(of.get(figure.key) for of in columns), len(before.pictures))
            else:
                means = _means(figure.key, old, new)
            if means is None:
                found.notes.append(f"{model} has no {figure.name} in both results")
            else:
                found.changes.append(figure.change(model, *means))
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
        grey_rows = [_rows(result, ()).get((GREY,), {}) for result in (before, after)]
        if number(grey_rows[0], "pictures") != number(grey_rows[1], "pictures"):
            raise CompareError("the two results are of different pictures")
        greys = [number(row, "rgb_psnr") for row in grey_rows]
    if None in greys:
        raise CompareError("a result lacks its row of grey pictures")
    if np.shape(greys[0]) != np.shape(greys[1]) or np.abs(np.subtract(*greys)).max() > _SAME_DB:
        raise CompareError(f"the two results are of {named}")


def _paired(old: list[float] | None, new: list[float] | None, count: int) -> _Means | None:
    if old is None or new is None or not len(old) == len(new) == count:
        return None
    drawn = resampled_means(np.column_stack([old, new]))
    return float(np.mean(old)), float(np.mean(new)), interval(drawn[:, 1] - drawn[:, 0])


def _means(key: str, old: Row, new: Row) -> _Means | None:
    before, *first = (number(old, f"{key}{end}") for end in ("", "_low", "_high"))
    after, *second = (number(new, f"{key}{end}") for end in ("", "_low", "_high"))
    if None in (before, after, *first, *second):
        return None
    noise = float(np.hypot(first[1] - first[0], second[1] - second[0])) / 2
    return before, after, Interval(after - before - noise, after - before + noise)


def _times(pairs: Mapping[tuple, tuple[Row, Row]], allowed: float, found: Comparison) -> None:
    timed: dict[tuple, dict[str, tuple[float, float]]] = {}
    for key, (old, new) in pairs.items():
        _ended(_label(*key), old, new, found)
        times = number(old, "median_ms"), number(new, "median_ms")
        if None not in times and min(times) > 0:
            timed.setdefault(key[1:], {})[key[0]] = times
    for where, models in timed.items():
        if len(models) < 2:
            label = _label(*models, *where)
            found.notes.append(f"{label}: no second model to set its time against")
            continue
        for model, (before, after) in models.items():
            # A model's time over the geometric mean of the others', before and after.
            others = np.array([times for name, times in models.items() if name != model])
            ratios = (before, after) / np.exp(np.log(others).mean(axis=0))
            # The others' middle change stands for the machine's: one of them that was made faster
            # must not make this one look slower.
            change = float(after / before / np.median(others[:, 1] / others[:, 0]) - 1)
            texts = f"{ratios[0]:.3f}", f"{ratios[1]:.3f}", f"{change:+.1%}", f"{allowed:+.0%}"
            label = _label(model, *where)
            found.changes.append(Change(label, "time over the others'", *texts, change > allowed))
    if not found.changes:
        raise CompareError("no two models were timed in the same way in both results")


def _label(model: str, *where: object) -> str:
    return f"{model} ({', '.join(str(part) for part in where if part is not None)})"
