"""Join a film: the segments of its new picture, and all else as it was."""

import errno
import io
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av

from edge_runtime.pictures.header import reason
from edge_runtime.video.aspect_room import NEED_ROOM, ROOM, fill_room
from edge_runtime.video.encoder import no_real_time, set_up
from edge_runtime.video.errors import VideoError
from edge_runtime.video.formats import FilmFormat
from edge_runtime.video.output import FilmTask, not_written
from edge_runtime.video.reader import FilmReader, is_cover
from edge_runtime.video.signal import FULL, LIMITED
from edge_runtime.video.subtitles import TextSubtitles, text_kind

# What muxers write themselves, or what was true of the old file only.
_NOT_KEPT = {
    "encoder",
    "major_brand",
    "minor_version",
    "compatible_brands",
    "duration",
    "rotate",
    "bps",
    "number_of_frames",
    "number_of_bytes",
    "vendor_id",
}

# Others would make a film of one frame of it, or another kind of stream.
_HOLD_COVERS = {"mp4", "mov"}

# The media types of covers, by FFmpeg's names of their codecs.
_COVERS = {"mjpeg": "image/jpeg", "png": "image/png"}


# FFmpeg's AVFMT_GLOBALHEADER of containers, and AV_CODEC_FLAG_GLOBAL_HEADER of encoders.
_WANTS_HEADER, _HEADER = 0x40, 1 << 22


class FilmWriter:
    """A film under way. All methods are called from one thread, one after the other.

    Attributes:
        notes: sentences about what could not be kept.
        base: the ticks of the picture, in seconds.
        counts_frames: whether the container counts frames, each one tick long.
    """

    def __init__(
        self, part: Path, target: Path, format: FilmFormat, film: FilmTask, reader: FilmReader
    ):
        """Begin a file: all its streams are set up.

        Args:
            part: the file to write.
            target: its later name, for messages.
            format: the container.
            film: how its picture is encoded.
            reader: what is copied from.
        Raises:
            VideoError: the container does not take the encoder, or the file cannot be begun.
        """
        self._part = part
        self._target = target
        self._format = format
        self._film = film
        self._reader = reader
        self._aspect = reader.stream.sample_aspect_ratio
        self._streams: dict[int, av.stream.Stream] = {}
        self._texts: dict[int, TextSubtitles] = {}
        self.notes: list[str] = []
        self._refused = 0
        self._last_dts: int | None = None
        self.counts_frames = format.fixed_rate or film.plan.fixed_rate
        self.base = 1 / reader.rate if self.counts_frames else Fraction(reader.stream.time_base)
        try:
            self._container = av.open(
                f"file:{part.absolute()}",
                "w",
                format=format.name,
                container_options=_clock(format, self.base),
            )
        except (av.FFmpegError, ValueError, OSError) as error:
            raise not_written(target, error) from None
        self._wants_header = self._container.format.flags & _WANTS_HEADER
        try:
            self._begin()
        except BaseException:
            self.abandon()
            raise

    def prepare(self, context: av.VideoCodecContext) -> None:
        """Put what the container and the film ask for into an encoder of a segment."""
        context.time_base = self.base
        signal = self._film.signal
        context.color_range = FULL if signal.full else LIMITED
        context.colorspace = signal.matrix
        context.color_primaries = signal.primaries
        context.color_trc = signal.transfer
        if self._aspect:
            context.sample_aspect_ratio = self._aspect
        if self._wants_header:
            context.flags |= _HEADER

    def _begin(self) -> None:
        reader, format = self._reader, self._format
        for stream in sorted([reader.stream, *reader.others], key=lambda s: s.index):
            if stream.index == reader.stream.index:
                self._add_picture()
            elif _holds(format, stream):
                copy = self._container.add_stream_from_template(stream, opaque=True)
                _describe(copy, stream)
                if stream.type != "attachment":
                    self._streams[stream.index] = copy
            elif not (self._add_text(stream) or self._attach_cover(stream)):
                self.notes.append(
                    f"{_NAMES[stream.type]} (stream {stream.index}, {_codec_name(stream)}) does "
                    f"not fit into {format.endings[0]} and is left out"
                )
        self._container.metadata.update(_kept(reader.metadata))
        self._container.set_chapters(self._shifted_chapters())
        try:
            with no_real_time():
                self._container.start_encoding()
        except (av.FFmpegError, ValueError, OSError) as error:
            if getattr(error, "errno", None) == errno.EINVAL:
                # What FFmpeg's own list of codecs does not tell.
                raise VideoError(f"{self._target}: {self._not_held()}") from None
            raise VideoError(f"{self._target}: cannot be begun: {reason(error)}") from None

    def _add_text(self, stream: av.stream.Stream) -> bool:
        """Add subtitles that are brought to another kind, if they can be."""
        kind = text_kind(self._format, stream)
        if kind is None:
            return False
        try:
            text = TextSubtitles(self._container, stream, kind)
        except (av.FFmpegError, ValueError):
            return False
        _describe(text.stream, stream)
        self._texts[stream.index] = text
        self._streams[stream.index] = text.stream
        return True

    def _attach_cover(self, stream: av.stream.Stream) -> bool:
        """Attach a cover picture, as Matroska has them, if it is one."""
        media = _COVERS.get(_codec_name(stream)) if is_cover(stream) else None
        if media is None or self._format.name != "matroska":
            return False
        data = self._reader.cover(stream)
        if data is None:
            return False
        ending = media.split("/")[1].replace("jpeg", "jpg")
        name = stream.metadata.get("filename", f"cover.{ending}")
        self._container.add_attachment(name, media, data)
        return True

    def _add_picture(self) -> None:
        reader, film = self._reader, self._film
        codec = av.Codec(film.plan.name, "w").canonical_name
        if self._format.holds is not None and codec not in self._format.holds:
            raise VideoError(f"{self._target}: {self._not_held()}")
        try:
            stream = self._container.add_stream(film.plan.name, rate=reader.rate)
        except ValueError:
            raise VideoError(f"{self._target}: {self._not_held()}") from None
        # It encodes nothing: what a head says of the picture is that of the segments' encoders.
        set_up(stream.codec_context, film.plan, rate=reader.rate, threads=film.threads)
        self.prepare(stream.codec_context)
        stream.time_base = self.base
        if film.matrix is not None:
            if hasattr(stream, "set_display_matrix"):
                stream.set_display_matrix(film.matrix)
            else:  # before PyAV 17
                self.notes.append(
                    "its rotation is lost: this PyAV cannot write it (pip install --upgrade av)"
                )
        _describe(stream, reader.stream)
        self._needs_room = self._format.name in NEED_ROOM and self._aspect not in (None, 0, 1)
        if self._needs_room:
            stream.metadata["title"] = stream.metadata.get("title", "") + ROOM
        self._picture = stream

    def _not_held(self) -> str:
        return f"{self._format.endings[0]} does not hold what {self._film.plan.name} makes"

    def add(self, packet: av.Packet) -> None:
        """Add a packet of the picture, as of a segment.

        Raises:
            av.FFmpegError, OSError: the file cannot be written.
        """
        # Each segment begins to decode a little before its first frame is seen, perhaps before the
        # last one of the segment before it is decoded, where frames are of unequal length.
        if self._last_dts is not None:
            packet.dts = max(packet.dts, self._last_dts + 1)
        self._last_dts = packet.dts
        packet.time_base = self.base
        packet.stream = self._picture
        self._container.mux_one(packet)

    def finish(self) -> None:
        """End the file, so that it plays.

        Raises:
            av.FFmpegError, OSError: the file cannot be written.
        """
        self._container.close()
        if self._needs_room:
            context = self._picture.codec_context
            size = (context.width, context.height)
            fill_room(self._part, self._format.name, size, self._aspect)
        if self._refused:
            self.notes.append(f"damaged packets of sound or subtitles, left out: {self._refused}")

    def abandon(self) -> None:
        """Close a file that nobody will want; nothing more where it is closed."""
        with suppress(Exception):
            self._container.close()

    def copy(self, packet: av.Packet) -> None:
        """Copy a packet of sound, subtitles or a cover.

        Raises:
            av.FFmpegError, OSError: the file cannot be written.
        """
        stream = self._streams.get(packet.stream_index)
        if stream is None:
            return
        shift = round(self._reader.offset / packet.time_base)
        if shift and not is_cover(packet.stream):
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
        text = self._texts.get(packet.stream_index)
        try:
            if text is not None:
                packet = text.convert(packet)
                if packet is None:
                    return
            packet.stream = stream
            self._container.mux_one(packet)
        except av.FFmpegError as error:
            # Its time lies before that of the one before, in a damaged film, or it has no sense:
            # EINVAL or INVALIDDATA, which are ValueErrors in every PyAV.
            if not isinstance(error, ValueError):
                raise
            self._refused += 1

    def _shifted_chapters(self) -> list[dict]:
        """The chapters from the first wanted frame on, in the new file's time."""
        chapters = []
        for chapter in self._reader.chapters:
            base = chapter["time_base"]
            shift = round(self._reader.offset / base)
            if chapter["end"] > shift:
                start = max(0, chapter["start"] - shift)
                chapters.append(chapter | {"start": start, "end": chapter["end"] - shift})
        return chapters


def _clock(format: FilmFormat, base: Fraction) -> dict[str, str]:
    """Options of a muxer that keep times exact.

    MP4 tells when a stream starts in ticks of the whole film, milliseconds where nothing is said.
    """
    if format.name in ("mp4", "mov") and base.denominator > 1000:
        return {"movie_timescale": str(base.denominator)}
    return {}


_NAMES = {
    "audio": "its sound",
    "subtitle": "its subtitles",
    "attachment": "an attachment",
    "video": "its cover picture",
}


def _codec_name(stream: av.stream.Stream) -> str:
    context = stream.codec_context
    return context.name if context is not None else "of an unknown kind"


def _kept(metadata: dict[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in metadata.items()
        if key.lower().split("-")[0] not in _NOT_KEPT and not key.startswith("_STATISTICS")
    }


def _describe(target: av.stream.Stream, source: av.stream.Stream) -> None:
    """Language, title and the like, and whether it is the one to be played."""
    target.metadata.update(_kept(source.metadata))
    target.disposition = source.disposition.value


def _holds(format: FilmFormat, template: av.stream.Stream) -> bool:
    """Whether a container takes a stream as it is: tried out, since FFmpeg's lists leave gaps."""
    if is_cover(template) and format.name not in _HOLD_COVERS:
        return False
    trial = av.open(io.BytesIO(), "w", format=format.name)
    try:
        _describe(trial.add_stream_from_template(template, opaque=True), template)
        trial.start_encoding()
    except (av.FFmpegError, ValueError, OSError):
        return False
    finally:
        with suppress(Exception):
            trial.close()
    return True
