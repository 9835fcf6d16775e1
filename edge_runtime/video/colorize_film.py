"""Colour a film: decode | lightness | shot | network | smooth | chroma | encode."""

import logging
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.video.errors import VideoError, VideoStoppedError
from edge_runtime.video.film_output import FilmOutput
from edge_runtime.video.frame_reference import FrameReference
from edge_runtime.video.frame_stages import FrameStages
from edge_runtime.video.job import FrameJob
from edge_runtime.video.kept import picture_facts
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.orientation import display_matrix, turns_of
from edge_runtime.video.output import FilmTask, Output, State
from edge_runtime.video.picture_output import PictureOutput
from edge_runtime.video.pipeline import Pipeline, Stage
from edge_runtime.video.planes import luma_depth
from edge_runtime.video.preview import Preview
from edge_runtime.video.reader import STANDARD_INPUT, ElsewhereError, FilmReader, ReadPoint
from edge_runtime.video.references import References
from edge_runtime.video.result import VideoProgress, VideoResult
from edge_runtime.video.sequence import is_pattern
from edge_runtime.video.signal import signal_of
from edge_runtime.video.y4m_output import Y4mOutput

_LOG = logging.getLogger("tintlite.film")


def colorize_video(
    source: str | Path | BinaryIO,
    target: str | Path | BinaryIO,
    colorizer: Colorizer,
    options: VideoOptions | None = None,
    on_progress: Callable[[VideoProgress], None] | None = None,
    references: Iterable[FrameReference] = (),
) -> VideoResult:
    """Colour a film file.

    The luma of every frame passes through untouched, only chroma is new. Times, sound, subtitles,
    chapters, rotation, aspect and colour tags are kept (docs/guide/video.md says where not). The
    file appears under its name only when it is whole; a file of that name is replaced. Until then,
    what is done lies in a hidden folder beside it, and the same call goes on there after whatever
    stopped it: ctrl-C, a power cut, a full disk.

    Args:
        source: the film; or pictures, as `frames/frame_%05d.png`; or a stream of y4m.
        target: the file to write, whose ending chooses the container; or pictures of 16 bits, as
            `out/frame_%05d.tif`; or a stream, which gets y4m, the picture alone.
        colorizer: the network.
        options: how to colour and to write.
        on_progress: called about ten times a second, in the calling thread.
        references: frames whose colours a person corrected; each holds for its shot.
    Returns:
        what was done; `damaged` is set where the film was cut off or partly unreadable.
    Raises:
        VideoError: the film cannot be read, the result not be written, the encoder fails, or the
            hidden folder holds what was made of another film or with other options; a reference
            shows no frame of the film at its time, or has no colours.
        PictureError: the preview cannot be written, or a reference not be read.
        HintsError: a reference's hints cannot be read.
        ModelError: the network fails.
        VideoStoppedError: ctrl-C or a signal (as SystemExit) came, and a part of the film is done.
        KeyboardInterrupt, SystemExit: it came before, or for the second time.
    """
    source = Path(source) if isinstance(source, str) else source
    target = Path(target) if isinstance(target, str) else target
    options = options or VideoOptions()
    output: Output
    if isinstance(target, Path):
        same = target == source
        with suppress(OSError, ValueError):
            same = same or (isinstance(source, Path) and target.samefile(source))
        if same:
            raise VideoError(f"{source}: the result would replace the film itself")
        known = source if isinstance(source, Path) else None
        pictures = is_pattern(target)
        output = PictureOutput(known, target) if pictures else FilmOutput(known, target)
    else:
        output = Y4mOutput(target)
    run = _Run(source, target, output, colorizer, options, on_progress, tuple(references))
    try:
        return run.run()
    finally:
        output.leave()
        run.close()


class _Run:
    """One film on its way."""

    def __init__(
        self,
        source: Path | BinaryIO,
        target: Path | BinaryIO,
        output: Output,
        colorizer: Colorizer,
        options: VideoOptions,
        on_progress: Callable[[VideoProgress], None] | None,
        references: tuple[FrameReference, ...],
    ):
        self._source = source
        self._name = source if isinstance(source, Path) else STANDARD_INPUT
        self._target = target
        self._output = output
        self._colorizer = colorizer
        self._options = options
        self._on_progress = on_progress
        self._asked = references
        self._threads = 1 if options.serial else options.threads or 0
        self._stop = threading.Event()
        self._start = perf_counter()
        self._readers: list[FilmReader] = []
        self._reader = self._open()
        self._warnings: list[str] = []

    def close(self) -> None:
        for reader in self._readers:
            reader.close()

    def run(self) -> VideoResult:
        jobs = self._reader.jobs(self._stop)
        first = next(jobs, None)
        if first is None:
            raise VideoError(f"{self._name}: {self._why_none()}")
        frame = first.frame
        reader, options = self._reader, self._options
        self._offset = frame.pts * Fraction(frame.time_base) if options.start else reader.offset
        reader.offset = self._offset
        self._total = reader.total
        wanted = picture_facts(reader.stream, frame)
        try:
            plan = self._plan = self._output.plan(
                options,
                frame,
                width=frame.width,
                height=frame.height,
                depth=luma_depth(frame),
                rate=reader.rate,
                order=wanted.order,
            )
        except VideoError as error:  # in a folder one wants to know which film it is
            raise VideoError(f"{self._name}: {error}") from None
        size = plan.width, plan.height
        _LOG.info("%s: %s of %d x %d pixels", self._name, plan.name, *size)
        signal = signal_of(frame, reader.stream.codec_context, plan.depth)
        # Where nobody would know that luma takes all levels, it is brought to the usual ones.
        squeezed = signal.full and not plan.keeps_full
        signal = replace(signal, full=False) if squeezed else signal
        self._turns = turns_of(frame)
        stages = partial(
            FrameStages,
            self._colorizer,
            options,
            signal,
            width=plan.width,
            height=plan.height,
            turns=self._turns,
            squeeze=squeezed,
        )
        references = self._references(stages) if self._asked else None
        self._stages = stages(
            keep_fields=plan.fields,
            pictures=isinstance(self._output, PictureOutput),
            references=references,
        )
        self._preview = self._make_preview()
        film = FilmTask(
            reader=reader,
            open=self._open,
            options=options,
            threads=self._threads,
            plan=plan,
            signal=signal,
            squeezed=squeezed,
            matrix=display_matrix(frame),
            wanted=wanted,
            offset=self._offset,
            described=self._colorizer.described,
            references=references.facts() if references else [],
        )
        self._restore(self._output.begin(film))
        if self._output.point is not None:
            reader.close()
            jobs = self._go_on(self._output.point)
        else:
            jobs = chain(_emptied([first]), jobs)
        del first, frame
        return self._work(jobs)

    def _open(self) -> FilmReader:
        options = self._options
        reader = self._part(options.start, options.end)
        self._readers.append(reader)
        return reader

    def _part(self, start: float | None, end: float | None) -> FilmReader:
        options = self._options
        return FilmReader(self._source, start, end, self._threads, options.deinterlace, options.fps)

    def _references(self, stages: Callable[[], FrameStages]) -> References:
        """Find the frames of the references.

        Raises:
            VideoError, PictureError, HintsError: as `References.find`.
        """
        if not isinstance(self._source, Path):
            raise VideoError(f"{self._name}: is read once, and references need it twice")
        begin, end = self._options.start or 0.0, self._options.end or math.inf

        def part(start: float, stop: float) -> FilmReader:
            return self._part(max(start, begin), min(stop, end))

        aspect = float(self._reader.stream.sample_aspect_ratio or 1)
        references = References(
            self._asked, part, stages(), self._colorizer, self._options.look, aspect
        )
        references.find()
        return references

    def _restore(self, state: State) -> None:
        """Go on with what an earlier run left."""
        self._resumed = self._output.frames
        if state:
            self._start -= float(state["run.seconds"])
            self._stages.restore(state)
            if self._preview is not None:
                self._preview.written = int(state["run.previews"])
            _LOG.info("%s: goes on after %d frames", self._name, self._resumed)

    def _why_none(self) -> str:
        """Why there is no frame."""
        if self._options.start or self._options.end:
            return "no frames between the start and the end that were asked for"
        if self._reader.damage:
            return "no frame can be decoded: the film is damaged or cut off"
        return "a film without frames"

    def _go_on(self, point: ReadPoint) -> Iterator[FrameJob]:
        """The jobs behind a place in the film."""
        # The place by its key first; if the film is of a kind that decodes otherwise from there on,
        # by counting from the beginning.
        for place in dict.fromkeys((point, replace(point, packet=0))):
            self._reader = self._open()
            self._reader.offset = self._offset
            with suppress(ElsewhereError):
                yield from self._reader.jobs(self._stop, place)
                return
        raise VideoError(
            f"{self._name}: decodes otherwise than when it was begun: --no-resume begins anew"
        )

    def _make_preview(self) -> Preview | None:
        options, reader = self._options, self._reader
        if options.preview is None:
            return None
        end = options.end if options.end is not None else reader.seconds
        middle = None if end is None else (end - (options.start or 0)) / 2
        aspect = reader.stream.sample_aspect_ratio
        return Preview(options.preview, middle, self._turns, float(aspect or 1))

    def _work(self, jobs: Iterator[FrameJob]) -> VideoResult:
        """Run all jobs through all stages, and join what comes out.

        Raises:
            VideoStoppedError: a KeyboardInterrupt or SystemExit came.
        """
        # All is joined in the last stage, so that a signal then does not break it off at once.
        encode = Stage("encode", self._encode, self._finish)
        pipeline = Pipeline(jobs, "decode", [*self._stages.stages, encode])
        stopped = pipeline.run(serial=self._options.serial, poll=self._tell, stop=self._stop.set)
        output = self._output
        if stopped is not None and output.done and isinstance(self._target, Path):
            done = output.frames, output.film_seconds
            raise VideoStoppedError(*done, self._target) from stopped
        if stopped is not None and output.kept_frames:
            kept = output.kept_frames, output.kept_seconds
            raise VideoStoppedError(*kept, None) from stopped
        if stopped is not None:
            raise stopped
        self._tell()
        reader, meter = self._reader, self._stages.meter
        return VideoResult(
            frames=output.frames,
            seconds=perf_counter() - self._start,
            film_seconds=output.film_seconds,
            width=self._plan.width,
            height=self._plan.height,
            codec=self._plan.name,
            stages=pipeline.shares,
            warnings=(*self._warnings, *([reader.damage] if reader.damage else [])),
            damaged=reader.damage is not None,
            flicker=meter.value if meter else None,
            cuts=meter.cuts if meter else None,
            resumed=self._resumed,
        )

    def _finish(self) -> None:
        """After the last frame; a film that was stopped before its end is not ended."""
        notes = self._output.finish(self._stop)
        self._warnings = [*self._reader.left_out, *self._plan.notes, *self._notes(), *notes]

    def _notes(self) -> Iterator[str]:
        stream = self._reader.stream
        width, height = stream.codec_context.width, stream.codec_context.height
        plan, bench = self._plan, self._stages.bench
        if bench.resized:
            yield f"{bench.resized} frames were of another size than the first, and were scaled"
        elif (plan.width, plan.height) != (width, height):
            yield (
                f"{width} x {height} pixels became {plan.width} x {plan.height}, by repeating the "
                f"edge: {plan.name} takes no other"
            )
        if self._reader.breaks:
            yield f"breaks in the film's clock, taken out: {self._reader.breaks}"
        if self._reader.disordered:
            yield f"{self._reader.disordered} frames had times out of order"
        if self._options.deinterlace and not self._reader.interlaced:
            yield "no frame says that it is interlaced: all are as they were"

    def _tell(self) -> None:
        if self._on_progress is not None:
            seconds = perf_counter() - self._start
            total = None if self._reader.breaks else self._total
            self._on_progress(VideoProgress(self._output.frames, total, seconds))

    def _encode(self, job: FrameJob) -> None:
        if job.state is not None:
            job.state["run.seconds"] = np.array(perf_counter() - self._start)
            job.state["run.previews"] = np.array(self._preview.written if self._preview else 0)
        if self._preview is not None:
            begin = self._reader.offset or self._reader.origin
            self._preview.see(job.frame, float(job.frame.pts * job.frame.time_base - begin))
        self._output.write(job)


def _emptied(jobs: list[FrameJob]) -> Iterator[FrameJob]:
    """Hand out a list's items and forget each, so that none is held longer than it is needed."""
    while jobs:
        yield jobs.pop()
