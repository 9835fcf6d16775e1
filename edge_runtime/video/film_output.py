"""A film's file: encoded in segments, which are joined at the end."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av

from edge_runtime.pictures.header import reason
from edge_runtime.video.encoder import EncoderPlan
from edge_runtime.video.errors import VideoError
from edge_runtime.video.formats import film_format_of_name
from edge_runtime.video.hardware import choose_encoder
from edge_runtime.video.job import FrameJob
from edge_runtime.video.kept import facts_of_file, lost
from edge_runtime.video.leftovers import Leftovers, manifest_of
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.output import FilmTask, State
from edge_runtime.video.picture_track import PictureTrack
from edge_runtime.video.reader import FilmReader, ReadPoint
from edge_runtime.video.writer import FilmWriter


class FilmOutput:
    """As `Output`."""

    def __init__(self, source: Path | None, target: Path):
        """Choose the container.

        Args:
            source: the film; None for a stream, which is read once, so that nothing is kept of it.
            target: the file; its ending chooses the container.
        Raises:
            VideoError: an unknown ending.
        """
        self._source = source
        self._target = target
        self._format = film_format_of_name(target)
        self._begun = self.done = False

    @property
    def frames(self) -> int:
        return self._track.frames

    @property
    def film_seconds(self) -> float:
        return self._track.film_seconds

    @property
    def kept_frames(self) -> int:
        return self._track.kept_frames if self._source else 0

    @property
    def kept_seconds(self) -> float:
        return self._track.kept_seconds

    @property
    def point(self) -> ReadPoint | None:
        return self._track.point

    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        return choose_encoder(self._format, options, frame, **film)

    def begin(self, film: FilmTask) -> State:
        self._film = film
        manifest = manifest_of(self._source, film)
        anew = self._source is None or not film.options.resume
        self._leftovers = Leftovers(self._target, manifest, anew)
        self._begun = True
        writer = self._writer(film.reader)
        writer.abandon()
        self._track = PictureTrack(
            self._leftovers,
            film.plan,
            writer.prepare,
            rate=film.reader.rate,
            base=writer.base,
            counts_frames=writer.counts_frames,
            offset=film.offset,
            threads=film.threads,
            name=str(self._target),
        )
        return self._leftovers.state

    def leave(self) -> None:
        if self._begun and not self.done:
            self._leftovers.leave(keep=self._source is not None)

    def write(self, job: FrameJob) -> None:
        self._track.write(job)

    def finish(self, stop: threading.Event) -> list[str]:
        if stop.is_set() and self._source is not None:
            return []
        self._track.finish()
        writer = self._join(stop)
        if writer is None:
            return []
        notes = [*writer.notes, *self._notes()]
        self._leftovers.keep_part()
        self.done = True
        return notes

    def _writer(self, reader: FilmReader) -> FilmWriter:
        film = self._film
        return FilmWriter(
            self._leftovers.part,
            self._target,
            self._format,
            reader,
            film.matrix,
            film.plan,
            film.signal,
            film.threads,
        )

    def _join(self, stop: threading.Event) -> FilmWriter | None:
        """Write the film from the segments, and from what of the source is copied.

        Returns:
            None where the run was stopped.
        Raises:
            VideoError: it cannot be written.
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
        except (av.FFmpegError, OSError, EOFError) as error:
            raise VideoError(f"{self._target}: cannot be written: {reason(error)}") from None
        finally:
            writer.abandon()
        return writer

    def _notes(self) -> Iterator[str]:
        """What of the times and of the picture's facts the file does not hold: it is read back."""
        film = self._film
        if self._track.moved:
            yield (
                f"the times of {self._track.moved} frames were rounded: "
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
