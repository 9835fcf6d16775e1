"""From models to a result file of the kind `latency`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.facts_of import facts_of_weights
from benchmarks.latency.job import Job
from benchmarks.latency.jobs_of import Choices, jobs_of
from benchmarks.latency.measure import JobResult, Judging, measure_jobs
from benchmarks.model_names import short_names
from benchmarks.open_models import is_keras
from edge_runtime.benchmark.machine import machine_facts
from edge_runtime.benchmark.model_facts import ModelFacts, model_facts
from edge_runtime.benchmark.result_file import BenchmarkResult, now
from edge_runtime.benchmark.timing import TimingRules
from edge_runtime.benchmark.versions import WORKSHOP_PACKAGES, package_versions
from edge_runtime.errors import TintLiteError
from train.networks import BEST_WEIGHTS


@dataclass(frozen=True)
class LatencyRun:
    """What is measured, and how.

    Attributes:
        models: shipped names, `.tflite` files, run folders, `.weights.h5` files.
        choices: the settings of each.
        rules: of the timing.
        rounds: how often each job has its turn.
        judging: pictures to measure the networks on, or None.
        notes: what else is to be said.
    """

    models: tuple[str, ...]
    choices: Choices
    rules: TimingRules
    rounds: int
    judging: Judging | None = None
    notes: tuple[str, ...] = ()

    def jobs(self) -> list[Job]:
        """All jobs, in the order of their rows."""
        return jobs_of(tuple(dict.fromkeys(self.models)), self.choices)


def run_latency(
    run: LatencyRun, command: str, on_step: Callable[[str], None] = lambda text: None
) -> BenchmarkResult:
    """Measure; a job that fails has a row that says why.

    Args:
        run: what to measure.
        command: what was typed.
        on_step: see `measure_jobs`.
    """
    names = short_names(run.models)
    results = list(measure_jobs(run.jobs(), run.rules, run.rounds, run.judging, on_step))
    return BenchmarkResult(
        kind="latency",
        made=now(),
        command=command,
        machine=machine_facts(),
        versions=package_versions(WORKSHOP_PACKAGES),
        models=_facts(names, results),
        rows=[_without_folders(result).row(names[result.job.model]) for result in results],
        notes=_notes(run),
    )


def _without_folders(result: JobResult) -> JobResult:
    model = result.job.model
    if result.error is None:
        return result
    return replace(result, error=result.error.replace(model, Path(model).name))


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


def _notes(run: LatencyRun) -> list[str]:
    rules, notes = run.rules, list(run.notes)
    notes.append(
        "Timed by the conventions of TensorFlow Lite's benchmark_model:"
        f" warmup_runs {rules.warmup_runs}, warmup_min_secs {rules.warmup_min_secs:g},"
        f" num_runs {rules.num_runs}, min_secs {rules.min_secs:g}, max_secs {rules.max_secs:g};"
        f" in {run.rounds} rounds, in which the models of one setting take turns."
    )
    notes.append(
        "A run is from lightness in the processor's memory to ab in the processor's memory; the"
        " time of a batch is that of all its pictures. Every row is of a process of its own: the"
        " start is loading the model, without importing the libraries; the peak of resident memory"
        " is that of the whole process, libraries included."
    )
    if any(is_keras(model) for model in run.models):
        notes.append(
            "Keras: bfloat16 is the policy mixed_bfloat16, float32 weights and bfloat16"
            " arithmetic; the first run compiles the network."
        )
    if run.judging is not None:
        notes.append(
            "RGB PSNR and its gain over grey are means over the same pictures for every network,"
            " compared at 256 x 256."
        )
    return notes
