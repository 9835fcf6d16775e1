"""Colour a film: decode | lightness | network | smooth | chroma | encode."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from time import perf_counter

from edge_runtime.colorizer import Colorizer
from edge_runtime.video.encoder import plan_encoder
from edge_runtime.video.errors import VideoError, VideoStoppedError
from edge_runtime.video.formats import film_format_of_name
from edge_runtime.video.frame_stages import FrameStages
from edge_runtime.video.job import Job
from edge_runtime.video.kept import facts_of_file, lost, picture_facts
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.orientation import display_matrix, quarter_turns
from edge_runtime.video.pipeline import Pipeline, Stage
from edge_runtime.video.planes import luma_depth
from edge_runtime.video.preview import Preview
from edge_runtime.video.reader import FilmReader
from edge_runtime.video.result import VideoProgress, VideoResult
from edge_runtime.video.signal import signal_of
from edge_runtime.video.unfinished import Unfinished
from edge_runtime.video.writer import FilmWriter

_LOG = logging.getLogger("tintlite.film")

# Sound that lies before the first frame is held in memory.
_MAX_BYTES_BEFORE_PICTURE = 64 * 2**20


def colorize_video(
    source: str | Path,
    target: str | Path,
    colorizer: Colorizer,
    options: VideoOptions | None = None,
    on_progress: Callable[[VideoProgress], None] | None = None,
) -> VideoResult:
    """Colour a film file.

    The luma of every frame passes through untouched, only chroma is new. Times, sound, subtitles,
    chapters, rotation, aspect and colour tags are kept (docs/video.md says where not). The file
    appears under its name only when it is whole; a file of that name is replaced.

    Args:
        source: the film.
        target: the file to write; its ending chooses the container.
        colorizer: the network.
        options: how to colour and to write.
        on_progress: called about ten times a second, in the calling thread.
    Returns:
        what was done; `damaged` is set where the film was cut off or partly unreadable.
    Raises:
        VideoError: the film cannot be read, the result not be written, or the encoder fails.
        PictureError: the preview cannot be written.
        ModelError: the network fails.
        VideoStoppedError: ctrl-C or a signal (as SystemExit) came; what was coloured until then is
            a film that plays, under a name of its own; an older target stays. A second one is
            raised as it is, and nothing is left.
    """
    source, target = Path(source), Path(target)
    options = options or VideoOptions()
    format = film_format_of_name(target)
    with suppress(OSError, ValueError):
        if target.samefile(source):
            raise VideoError(f"{source}: the result would replace the film itself")
    threads = 1 if options.serial else options.threads or 0
    reader = FilmReader(source, options.start, options.end, threads)
    try:
        return _Run(reader, source, target, format, colorizer, options, on_progress).run(threads)
    finally:
        reader.close()


class _Run:
    """One film on its way."""

    def __init__(self, reader, source, target, format, colorizer, options, on_progress):
        self._reader = reader
        self._source = source
        self._target = target
        self._format = format
        self._colorizer = colorizer
        self._options = options
        self._on_progress = on_progress
        self._stop = threading.Event()
        self._start = perf_counter()

    def run(self, threads: int) -> VideoResult:
        jobs, first = self._first_frame()
        reader, options = self._reader, self._options
        if options.start:
            reader.offset = first.pts * Fraction(first.time_base)
        self._wanted = picture_facts(reader.stream, first)
        try:
            self._plan = plan_encoder(
                self._format,
                options,
                width=first.width,
                height=first.height,
                depth=luma_depth(first),
                rate=reader.rate,
                order=self._wanted.order,
            )
        except VideoError as error:  # in a folder one wants to know which film it is
            raise VideoError(f"{self._source}: {error}") from None
        size = self._plan.width, self._plan.height
        _LOG.info("%s: %s of %d x %d pixels", self._source, self._plan.name, *size)
        signal = signal_of(first, reader.stream.codec_context, self._plan.depth)
        # Where nobody would know that luma takes all levels, it is brought to the usual ones.
        self._squeezed = signal.full and not self._plan.keeps_full
        self._signal = replace(signal, full=False) if self._squeezed else signal
        self._turns = quarter_turns(display_matrix(first))
        self._stages = FrameStages(
            self._colorizer,
            options,
            self._signal,
            width=self._plan.width,
            height=self._plan.height,
            turns=self._turns,
            keep_fields=self._plan.fields,
            squeeze=self._squeezed,
        )
        self._preview = self._make_preview()
        part = self._part = Unfinished(self._target)
        try:
            self._writer = FilmWriter(
                part.path,
                self._target,
                self._format,
                reader,
                first,
                self._plan,
                self._signal,
                threads,
            )
            del first
            result, stopped = self._work(jobs)
        except BaseException:
            part.discard()
            raise
        if stopped is not None and not result.frames:
            part.discard()
            raise stopped
        if stopped is not None:
            path = self._target
            if self._reader.stopped:
                path = part.keep_cut_off()
            else:  # it came when all was done
                part.keep()
            raise VideoStoppedError(result, path) from stopped
        part.keep()
        return result

    def _first_frame(self):
        """All jobs, and the first frame, for which those before it are looked through.

        Raises:
            VideoError: there is none.
        """
        jobs = self._reader.jobs(self._stop)
        seen: list[Job] = []
        held = 0
        for job in jobs:
            seen.append(job)
            if job.frame is not None:
                return chain(iter(_emptied(seen)), jobs), job.frame
            held += sum(packet.size for packet in job.packets)
            if held > _MAX_BYTES_BEFORE_PICTURE:
                break
        if self._options.start or self._options.end:
            what = "no frames between the start and the end that were asked for"
        elif self._reader.damage:
            what = "no frame can be decoded: the film is damaged or cut off"
        else:
            what = "a film without frames"
        raise VideoError(f"{self._source}: {what}")

    def _make_preview(self) -> Preview | None:
        options, reader = self._options, self._reader
        if options.preview is None:
            return None
        end = options.end if options.end is not None else reader.seconds
        middle = None if end is None else (end - (options.start or 0)) / 2
        aspect = reader.stream.sample_aspect_ratio
        return Preview(options.preview, middle, self._turns, float(aspect or 1))

    def _work(self, jobs: Iterator[Job]) -> tuple[VideoResult, BaseException | None]:
        """Run all jobs through all stages.

        Returns:
            the result, and the KeyboardInterrupt or SystemExit that came, or None.
        """
        # The file is ended in the last stage, so that a signal then does not break it off.
        encode = Stage("encode", self._encode, self._writer.finish)
        stages = [*self._stages.stages, encode]
        pipeline = Pipeline(jobs, "decode", stages)
        try:
            stopped = pipeline.run(
                serial=self._options.serial, poll=self._tell, stop=self._stop.set
            )
        except BaseException:
            self._writer.abandon()
            raise
        self._tell()
        reader, writer, meter = self._reader, self._writer, self._stages.meter
        damage = None if stopped is not None else reader.damage
        result = VideoResult(
            frames=writer.frames,
            seconds=perf_counter() - self._start,
            film_seconds=writer.film_seconds,
            width=self._plan.width,
            height=self._plan.height,
            codec=self._plan.name,
            stages=pipeline.shares,
            warnings=(
                *reader.left_out,
                *self._plan.notes,
                *writer.notes,
                *self._notes(),
                *self._lost(),
                *([damage] if damage else []),
            ),
            damaged=damage is not None,
            flicker=meter.value if meter else None,
            cuts=meter.cuts if meter else None,
        )
        return result, stopped

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

    def _lost(self) -> Iterator[str]:
        """What of the picture's facts the finished file does not hold: it is read back."""
        if not self._writer.frames:
            return
        with_ = f"{self._format.endings[0]} with {self._plan.name}"
        if self._squeezed:
            yield f"its luma took all levels, and was brought to 16 to 235: {with_} holds no more"
        found = facts_of_file(self._part.path)
        if found is None:
            yield "the result could not be read back: see whether it plays"
            return
        wanted = replace(self._wanted, full=self._signal.full)
        told = lost(wanted, found)
        if told:
            yield f"{with_} does not hold {' and '.join(told)}"

    def _tell(self) -> None:
        if self._on_progress is not None:
            seconds = perf_counter() - self._start
            self._on_progress(VideoProgress(self._writer.frames, self._reader.total, seconds))

    def _encode(self, job: Job) -> None:
        if job.frame is not None and self._preview is not None:
            begin = self._reader.offset or self._reader.origin
            self._preview.see(job.frame, float(job.frame.pts * job.frame.time_base - begin))
        self._writer.write(job)


def _emptied(jobs: list[Job]) -> Iterator[Job]:
    """Hand out a list's items and forget each, so that none is held longer than it is needed."""
    jobs.reverse()
    while jobs:
        yield jobs.pop()
