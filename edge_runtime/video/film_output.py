"""A film's file: encoded in segments, which are joined at the end."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from edge_runtime.video.encoder import EncoderPlan, no_real_time, set_up
from edge_runtime.video.formats import film_format_of_name
from edge_runtime.video.hardware import choose_encoder
from edge_runtime.video.job import FrameJob
from edge_runtime.video.kept import facts_of_file, lost
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.output import FilmTask, State, not_written
from edge_runtime.video.reader import FilmReader
from edge_runtime.video.resumable_output import ResumableOutput
from edge_runtime.video.writer import FilmWriter


class FilmOutput(ResumableOutput):
    """As `Output`. Each segment is encoded by an encoder of its own.

    So each begins with a key, depends on no other, and comes out the same whether or not the run
    was interrupted before it.
    """

    def __init__(self, source: Path | None, target: Path):
        super().__init__(source, target)
        self._format = film_format_of_name(target)
        self._encoder: Any = None  # of the segment under way
        self._moved = 0  # frames that got another time, since the container counts frames
        self._first_time: Fraction | None = None
        self._end_time = Fraction(0)
        self._last_tick: int | None = None

    @property
    def film_seconds(self) -> float:
        return float(self._end_time - (self._first_time or 0))

    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        return choose_encoder(self._format, options, frame, **film)

    def begin(self, film: FilmTask) -> State:
        state = super().begin(film)
        # The file is begun for once: does the container take all, and what does it ask for?
        self._trial = self._writer(film.reader)
        self._trial.abandon()
        return state

    def finish(self, stop: threading.Event) -> list[str]:
        if stop.is_set() and self._source is not None:
            return []
        try:
            self._end_segment(None)
            writer = self._join(stop)
        except (av.FFmpegError, OSError, EOFError) as error:
            raise not_written(self._target, error) from None
        if writer is None:
            return []
        notes = [*writer.notes, *self._notes()]
        self._leftovers.keep_part()
        self.done = True
        return notes

    def _put(self, job: FrameJob) -> None:
        if self._encoder is None:
            self._encoder = av.CodecContext.create(self._film.plan.name, "w")
            set_up(
                self._encoder,
                self._film.plan,
                rate=self._film.reader.rate,
                threads=self._film.threads,
            )
            self._trial.prepare(self._encoder)
            with no_real_time():
                self._encoder.open()
        self._set_time(job.frame)
        # The old kind of each frame (key frame, B frame) would be forced on the encoder.
        job.frame.pict_type = 0
        self._leftovers.add(self._encoder.encode(job.frame))

    def _end_segment(self, state: State | None) -> None:
        if self._encoder is not None:
            self._leftovers.add(self._encoder.encode(None))
            self._encoder = None
        super()._end_segment(state)

    def _facts(self) -> dict[str, Any]:
        return super()._facts() | {
            "moved": self._moved,
            "first": str(self._first_time),
            "end": str(self._end_time),
            "tick": self._last_tick,
        }

    def _restore(self, facts: dict[str, Any]) -> None:
        self._first_time, self._end_time = Fraction(facts["first"]), Fraction(facts["end"])
        self._moved, self._last_tick = facts["moved"], facts["tick"]
        super()._restore(facts)

    def _set_time(self, frame: av.VideoFrame) -> None:
        """Move a frame to its time in the new film."""
        base = Fraction(frame.time_base)
        frame.pts -= round(self._film.offset / base)
        begin = frame.pts * base
        length = frame.duration * base or 1 / self._film.reader.rate
        self._first_time = begin if self._first_time is None else self._first_time
        self._end_time = max(self._end_time, begin + length)
        if self._trial.counts_frames:
            ticks = self._trial.base
            # Counted from the tick in which the first frame begins, so that none comes before it.
            begin -= self._first_time % ticks
            tick = round(begin / ticks)
            if self._last_tick is not None and tick <= self._last_tick:
                tick = self._last_tick + 1
            self._moved += tick * ticks != begin
            self._last_tick = frame.pts = tick
            frame.time_base = ticks
            frame.duration = 1

    def _writer(self, reader: FilmReader) -> FilmWriter:
        return FilmWriter(self._leftovers.part, self._target, self._format, self._film, reader)

    def _join(self, stop: threading.Event) -> FilmWriter | None:
        """Write the film from the segments, and from what of the source is copied.

        Returns:
            None where the run was stopped.
        Raises:
            VideoError, av.FFmpegError, OSError, EOFError: it cannot be written.
        """
        # A stream of y4m holds nothing to copy, and cannot be opened again.
        source = self._film.open() if self._source else self._film.reader
        source.offset = self._film.offset
        writer = self._writer(source)
        try:
            coded = self._leftovers.packets()
            waiting = next(coded, None)
            for packet in source.copies():
                time = packet.dts if packet.pts is None else packet.pts
                time = time * packet.time_base - self._film.offset
                while waiting is not None and waiting.dts * writer.base <= time:
                    writer.add(waiting)
                    waiting = next(coded, None)
                writer.copy(packet)
                if stop.is_set():
                    return None
            while waiting is not None:
                writer.add(waiting)
                waiting = next(coded, None)
                if stop.is_set() and self._source is not None:
                    return None
            writer.finish()
        finally:
            writer.abandon()
        return writer

    def _notes(self) -> Iterator[str]:
        """What of the times and of the picture's facts the file does not hold: it is read back."""
        film = self._film
        if self._moved:
            yield (
                f"the times of {self._moved} frames were rounded: "
                f"{self._target.suffix} with {film.plan.name} counts frames"
            )
        with_ = f"{self._format.endings[0]} with {film.plan.name}"
        if film.squeezed:
            yield f"its luma took all levels, and was brought to 16 to 235: {with_} holds no more"
        found = facts_of_file(self._leftovers.part)
        if found is None:
            yield "the result could not be read back: see whether it plays"
            return
        told = lost(replace(film.wanted, full=film.signal.full), found)
        if told:
            yield f"{with_} does not hold {' and '.join(told)}"
