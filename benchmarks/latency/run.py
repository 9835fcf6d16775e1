"""From measured jobs to a result file of the kind `latency`."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.facts_of import facts_of_weights
from benchmarks.latency.measure import JobResult, Judging
from benchmarks.model_names import short_names
from benchmarks.open_models import is_keras
from edge_runtime.bench.machine import machine_facts
from edge_runtime.bench.model_facts import ModelFacts, model_facts
from edge_runtime.bench.result_file import BenchmarkResult, now
from edge_runtime.bench.timing import TimingRules
from edge_runtime.bench.versions import WORKSHOP_PACKAGES, package_versions
from edge_runtime.errors import TintLiteError
from train.networks.load import BEST_WEIGHTS

_WHAT = (
    "A run is from lightness in the processor's memory to ab in the processor's memory; the time "
    "of a batch is that of all its pictures. Every row is of a process of its own: the start is "
    "loading the model, without importing the libraries; the peak of resident memory is that of "
    "the whole process, libraries included."
)
_JUDGED = (
    "RGB PSNR and its gain over grey are means over the same pictures for every network, compared "
    "at 256 x 256."
)


def latency_result(
    measured: Sequence[JobResult],
    rules: TimingRules,
    rounds: int,
    judging: Judging | None,
    command: str,
    notes: Sequence[str] = (),
) -> BenchmarkResult:
    """Put the result together.

    Args:
        measured: as `measure_jobs` gave them.
        rules, rounds, judging: how it was asked.
        command: what was typed.
        notes: what else is to be said.
    """
    names = short_names([result.job.model for result in measured])
    timed = (
        "Timed by the conventions of TensorFlow Lite's benchmark_model:"
        f" warmup_runs {rules.warmup_runs}, warmup_min_secs {rules.warmup_min_secs:g},"
        f" num_runs {rules.num_runs}, min_secs {rules.min_secs:g}, max_secs {rules.max_secs:g};"
        f" in {rounds} rounds, in which the models of one setting take turns."
    )
    rows = []
    for result in measured:
        model, row = result.job.model, result.row(names[result.job.model])
        if result.error is not None:  # the folders of a model are nobody's business
            row["error"] = result.error.replace(model, Path(model).name)
        rows.append(row)
    return BenchmarkResult(
        kind="latency",
        made=now(),
        command=command,
        machine=machine_facts(),
        versions=package_versions(WORKSHOP_PACKAGES),
        models=_facts(names, measured),
        rows=rows,
        notes=[*notes, timed, _WHAT, *([_JUDGED] if judging is not None else [])],
    )


def _facts(names: dict[str, str], results: Sequence[JobResult]) -> dict[str, ModelFacts]:
    """Of the models that could be loaded at all."""
    facts: dict[str, ModelFacts] = {}
    for result in results:
        model, name = result.job.model, names[result.job.model]
        if name in facts or not result.loaded:
            continue
        if is_keras(model):
            file = Path(model) / BEST_WEIGHTS if Path(model).is_dir() else Path(model)
            facts[name] = facts_of_weights(file, result.loaded["input_size"])
        else:
            try:
                facts[name] = model_facts(model)
            except TintLiteError:  # it went while it was measured
                continue
    return facts
