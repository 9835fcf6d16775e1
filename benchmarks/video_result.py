"""A result file of the kind `video` of what films took."""

from collections.abc import Sequence

from benchmarks.model_names import short_names
from benchmarks.video import FilmSpeed
from edge_runtime.benchmark.machine import machine_facts
from edge_runtime.benchmark.model_facts import model_facts
from edge_runtime.benchmark.result_file import BenchmarkResult, now
from edge_runtime.benchmark.versions import RUNTIME_PACKAGES, package_versions


def video_result(
    films: Sequence[FilmSpeed], model: str, threads: int, rounds: int, command: str
) -> BenchmarkResult:
    """Put the speeds of films into a result.

    Args:
        films: one a size.
        model: a shipped name or a `.tflite`.
        threads: of the network in the pipeline.
        rounds: how often each way was timed.
        command: what was typed.
    """
    name = short_names([model])[model]
    return BenchmarkResult(
        kind="video",
        made=now(),
        command=command,
        machine=machine_facts(),
        versions=package_versions(RUNTIME_PACKAGES),
        models={name: model_facts(model)},
        rows=[
            {
                "model": name,
                "size": film.size,
                "frames": film.frames,
                "threads": threads,
                "serial_fps": film.serial,
                "pipeline_fps": film.pipeline,
                "codec_fps": film.codec,
                "no_encoding_fps": film.no_encoding,
                **{f"share_{step}": share for step, share in film.serial_shares.items()},
            }
            for film in films
        ],
        notes=[
            "H.264 in and H.264 out, clips with the grain of film."
            f" All ways of a size run in turn over the same clip; the best of {rounds} counts."
            " codec is decoding and encoding alone; the shares are of the serial way."
        ],
    )
