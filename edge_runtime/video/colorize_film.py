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

import av
import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.pictures.header import reason
from edge_runtime.video.encoder import plan_encoder
from edge_runtime.video.errors import VideoError, VideoStoppedError
from edge_runtime.video.formats import film_format_of_name
from edge_runtime.video.frame_stages import FrameStages
from edge_runtime.video.job import Job
from edge_runtime.video.kept import facts_of_file, lost, picture_facts
from edge_runtime.video.leftovers import Leftovers, manifest_of
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.orientation import display_matrix, quarter_turns
from edge_runtime.video.picture_track import PictureTrack
from edge_runtime.video.pipeline import Pipeline, Stage
from edge_runtime.video.planes import luma_depth
from edge_runtime.video.preview import Preview
from edge_runtime.video.reader import ElsewhereError, FilmReader, ReadPoint
from edge_runtime.video.result import VideoProgress, VideoResult
from edge_runtime.video.signal import signal_of
from edge_runtime.video.writer import FilmWriter

_LOG = logging.getLogger("tintlite.film")


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
    appears under its name only when it is whole; a file of that name is replaced. Until then, what
    is done lies in a hidden folder beside it, and the same call goes on there after whatever
    stopped it: ctrl-C, a power cut, a full disk.

    Args:
        source: the film.
        target: the file to write; its ending chooses the container.
        colorizer: the network.
        options: how to colour and to write.
        on_progress: called about ten times a second, in the calling thread.
    Returns:
        what was done; `damaged` is set where the film was cut off or partly unreadable.
    Raises:
        VideoError: the film cannot be read, the result not be written, the encoder fails, or the
            hidden folder holds what was made of another film or with other options.
        PictureError: the preview cannot be written.
        ModelError: the network fails.
        VideoStoppedError: ctrl-C or a signal (as SystemExit) came, and a part of the film is done.
        KeyboardInterrupt, SystemExit: it came before, or for the second time.
    """
    source, target = Path(source), Path(target)
    options = options or VideoOptions()
    format = film_format_of_name(target)
    with suppress(OSError, ValueError):
        if target.samefile(source):
            raise VideoError(f"{source}: the result would replace the film itself")
    run = _Run(source, target, format, colorizer, options, on_progress)
    try:
        return run.run()
    finally:
        run.close()


class _Run:
    """One film on its way."""

    def __init__(self, source, target, format, colorizer, options, on_progress):
        self._source = source
        self._target = target
        self._format = format
        self._colorizer = colorizer
        self._options = options
        self._on_progress = on_progress
        self._threads = 1 if options.serial else options.threads or 0
        self._stop = threading.Event()
        self._start = perf_counter()
        self._readers: list[FilmReader] = []
        self._reader = self._open()

    def close(self) -> None:
        for reader in self._readers:
            reader.close()

    def run(self) -> VideoResult:
        jobs = self._reader.jobs(self._stop)
        first = self._first_frame(jobs)
        frame = first.frame
        reader, options = self._reader, self._options
        self._offset = frame.pts * Fraction(frame.time_base) if options.start else reader.offset
        reader.offset = self._offset
        self._total = reader.total
        self._wanted = picture_facts(reader.stream, frame)
        try:
            self._plan = plan_encoder(
                self._format,
                options,
                width=frame.width,
                height=frame.height,
                depth=luma_depth(frame),
                rate=reader.rate,
                order=self._wanted.order,
            )
        except VideoError as error:  # in a folder one wants to know which film it is
            raise VideoError(f"{self._source}: {error}") from None
        size = self._plan.width, self._plan.height
        _LOG.info("%s: %s of %d x %d pixels", self._source, self._plan.name, *size)
        signal = signal_of(frame, reader.stream.codec_context, self._plan.depth)
        # Where nobody would know that luma takes all levels, it is brought to the usual ones.
        self._squeezed = signal.full and not self._plan.keeps_full
        self._signal = replace(signal, full=False) if self._squeezed else signal
        self._matrix = display_matrix(frame)
        self._turns = quarter_turns(self._matrix)
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
        manifest = manifest_of(
            self._source, self._colorizer.described, options, self._plan, reader.segment
        )
        self._leftovers = Leftovers(self._target, manifest, anew=not options.resume)
        try:
            self._begin()
            if self._track.point is not None:
                reader.close()
                jobs = self._go_on(self._track.point)
            else:
                jobs = chain(_emptied([first]), jobs)
            del first, frame
            return self._work(jobs)
        finally:
            self._leftovers.leave()

    def _open(self) -> FilmReader:
        options = self._options
        reader = FilmReader(self._source, options.start, options.end, self._threads)
        self._readers.append(reader)
        return reader

    def _first_frame(self, jobs: Iterator[Job]) -> Job:
        """The first job.

        Raises:
            VideoError: there is none.
        """
        for job in jobs:
            return job
        if self._options.start or self._options.end:
            what = "no frames between the start and the end that were asked for"
        elif self._reader.damage:
            what = "no frame can be decoded: the film is damaged or cut off"
        else:
            what = "a film without frames"
        raise VideoError(f"{self._source}: {what}")

    def _begin(self) -> None:
        """See that the container takes all, and set up what encodes.

        Raises:
            VideoError: it does not.
        """
        writer = self._writer(self._reader)
        writer.abandon()
        self._track = PictureTrack(
            self._leftovers,
            self._plan,
            writer.prepare,
            rate=self._reader.rate,
            base=writer.base,
            counts_frames=writer.counts_frames,
            offset=self._offset,
            threads=self._threads,
            name=str(self._target),
        )
        self._resumed = self._track.frames
        state = self._leftovers.state
        if state:
            self._start -= float(state["run.seconds"])
            self._stages.restore(state)
            if self._preview is not None:
                self._preview.written = int(state["run.previews"])
            _LOG.info("%s: goes on after %d frames", self._source, self._resumed)

    def _writer(self, reader: FilmReader) -> FilmWriter:
        return FilmWriter(
            self._leftovers.part,
            self._target,
            self._format,
            reader,
            self._matrix,
            self._plan,
            self._signal,
            self._threads,
        )

    def _go_on(self, point: ReadPoint) -> Iterator[Job]:
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
            f"{self._source}: decodes otherwise than when it was begun: --no-resume begins anew"
        )

    def _make_preview(self) -> Preview | None:
        options, reader = self._options, self._reader
        if options.preview is None:
            return None
        end = options.end if options.end is not None else reader.seconds
        middle = None if end is None else (end - (options.start or 0)) / 2
        aspect = reader.stream.sample_aspect_ratio
        return Preview(options.preview, middle, self._turns, float(aspect or 1))

    def _work(self, jobs: Iterator[Job]) -> VideoResult:
        """Run all jobs through all stages, and join what comes out.

        Raises:
            VideoStoppedError: a KeyboardInterrupt or SystemExit came.
        """
        # All is joined in the last stage, so that a signal then does not break it off at once.
        encode = Stage("encode", self._encode, self._finish)
        pipeline = Pipeline(jobs, "decode", [*self._stages.stages, encode])
        self._done = False
        stopped = pipeline.run(serial=self._options.serial, poll=self._tell, stop=self._stop.set)
        track = self._track
        if stopped is not None and not self._done and not track.kept_frames:
            raise stopped
        if stopped is not None:
            done = self._target if self._done else None
            told = track.kept_frames, track.kept_seconds
            if done is not None:
                told = track.frames, track.film_seconds
            raise VideoStoppedError(*told, done) from stopped
        self._tell()
        reader, meter = self._reader, self._stages.meter
        return VideoResult(
            frames=track.frames,
            seconds=perf_counter() - self._start,
            film_seconds=track.film_seconds,
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
        """After the last frame: join the segments; not where the run was stopped."""
        if self._reader.stopped:
            return
        self._track.finish()
        writer = self._join()
        if writer is None:
            return
        self._warnings = [
            *self._reader.left_out,
            *self._plan.notes,
            *writer.notes,
            *self._notes(),
            *self._lost(),
        ]
        self._leftovers.keep_part()
        self._done = True

    def _join(self) -> FilmWriter | None:
        """Write the film from the segments, and from what of the source is copied.

        Returns:
            None where the run was stopped.
        Raises:
            VideoError: it cannot be written.
        """
        source = self._open()
        source.offset = self._offset
        writer = self._writer(source)
        try:
            coded = self._leftovers.packets()
            waiting = next(coded, None)
            base = self._track.base
            for packet in source.copies():
                time = packet.dts if packet.pts is None else packet.pts
                time = time * packet.time_base - self._offset
                while waiting is not None and waiting.dts * base <= time:
                    writer.add(waiting)
                    waiting = next(coded, None)
                writer.copy(packet)
                if self._stop.is_set():
                    return None
            while waiting is not None and not self._stop.is_set():
                writer.add(waiting)
                waiting = next(coded, None)
            if waiting is not None:
                return None
            writer.finish()
        except (av.FFmpegError, OSError, EOFError) as error:
            raise VideoError(f"{self._target}: cannot be written: {reason(error)}") from None
        finally:
            writer.abandon()
        return writer

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
        if self._track.moved:
            yield (
                f"the times of {self._track.moved} frames were rounded: "
                f"{self._target.suffix} with {plan.name} counts frames"
            )

    def _lost(self) -> Iterator[str]:
        """What of the picture's facts the finished file does not hold: it is read back."""
        with_ = f"{self._format.endings[0]} with {self._plan.name}"
        if self._squeezed:
            yield f"its luma took all levels, and was brought to 16 to 235: {with_} holds no more"
        found = facts_of_file(self._leftovers.part)
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
            total = None if self._reader.breaks else self._total
            self._on_progress(VideoProgress(self._track.frames, total, seconds))

    def _encode(self, job: Job) -> None:
        if job.state is not None:
            job.state["run.seconds"] = np.array(perf_counter() - self._start)
            job.state["run.previews"] = np.array(self._preview.written if self._preview else 0)
        if self._preview is not None:
            begin = self._reader.offset or self._reader.origin
            self._preview.see(job.frame, float(job.frame.pts * job.frame.time_base - begin))
        self._track.write(job)


def _emptied(jobs: list[Job]) -> Iterator[Job]:
    """Hand out a list's items and forget each, so that none is held longer than it is needed."""
    while jobs:
        yield jobs.pop()
