"""Read a film: find its picture, decode it frame by frame, and hand over all other packets."""

import threading
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import av
from av.stream import Disposition

from edge_runtime.pictures.header import reason
from edge_runtime.pictures.memory import available_memory
from edge_runtime.video.breaks import MAY_BREAK, Breaks
from edge_runtime.video.errors import VideoError
from edge_runtime.video.fields import deinterlaced
from edge_runtime.video.job import FrameJob
from edge_runtime.video.planes import plane
from edge_runtime.video.sequence import USUAL_FPS, find_sequence, is_pattern

# What a stream is called in messages.
STANDARD_INPUT = "standard input"

# 8K of 17:9 has 35 megapixels; FFmpeg itself would take 2000.
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384

# What all stages, the decoder and the encoder hold of a film, counted in frames of 1.5 bytes a
# pixel (twice that at 10 bits): waiting frames, reference frames, the encoder's look-ahead.
FRAMES_HELD = 90

# Films, not playlists: a list of other files or addresses could make FFmpeg open anything.
_DEMUXERS = (
    "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,flv,asf,ogg,mxf,dv,rm,nut,ivf,"
    "yuv4mpegpipe,m4v,gif,wav,mp3,aac,flac,aiff"
)

# Containers that say how long they are, instead of leaving it to be estimated.
_KNOW_THEIR_LENGTH = {"mov", "matroska", "avi", "flv", "asf"}

# A film is encoded in segments of so many seconds, and of so many frames at least and at most: the
# work that a run may lose, and about as many frames as encoders put between two keys anyway.
_SEGMENT_SECONDS = 10
_FEWEST_FRAMES, _MOST_FRAMES = 24, 1200

# A run that goes on begins to decode so many keys, and packets at least, before the place at which
# it goes on: decoders with many threads are that far behind.
_KEYS_BEFORE, _PACKETS_BEFORE = 3, 64

# Sound may lie behind the picture in the file by so many seconds.
_SKEW = 5

# Decoding begins so many seconds before what was asked for, where one cannot seek.
_LONGEST_GROUP = 15

# PyAV before 18 crashes when options of decoders are given for files whose streams are found only
# as they are read, as MPEG program streams. There the decoder that is used gets them alone.
_PROBE_OPTIONS = {"max_pixels": str(MAX_PIXELS)} if int(av.__version__.split(".")[0]) >= 18 else {}

# Reads that may fail one after the other before a file counts as ended.
_MAX_FAILED_READS = 16


@dataclass(frozen=True)
class ReadPoint:
    """A place in a film, after the last frame of a segment.

    Attributes:
        frames: how many come before it.
        packet: the number of the picture's packet that decoding can begin with; 0 is the first.
        pts: the last frame's time, in ticks of the film.
        check: a check sum of its first plane.
    """

    frames: int
    packet: int
    pts: int
    check: int


class ElsewhereError(Exception):
    """The film decodes otherwise than it did when a place in it was noted."""


class FilmReader:
    """An open film. `jobs` is used by one thread; the rest may be asked at any time.

    Attributes:
        stream: the picture.
        others: sound, subtitles, attachments and cover pictures, which are copied.
        left_out: sentences about what is not copied.
        origin: the time of the film's beginning, in seconds.
        rate: frames a second, exactly or about.
        segment: frames a segment.
        total: how many frames will come, as far as the file tells, or None.
        disordered: how many frames had times out of order.
        interlaced: how many say that they are.
        stopped: whether reading was stopped before the film's end.
        offset: seconds that are taken off all times: those before the film's beginning, or before
            the first frame that was asked for.
    """

    def __init__(
        self,
        path: Path | BinaryIO,
        start: float | None = None,
        end: float | None = None,
        threads: int = 0,
        deinterlace: bool = False,
        fps: float | None = None,
    ):
        """Open a film and look at it; nothing is decoded yet.

        Args:
            path: where it is, as `frames/frame_%05d.png` for a sequence of pictures; or a stream of
                y4m, which is read once.
            start, end: seconds from its beginning between which frames are wanted.
            threads: for decoding; 0 leaves it to FFmpeg.
            deinterlace: whether interlaced frames are made whole.
            fps: frames a second of a sequence.
        Raises:
            VideoError: no such file, no film, no picture in it, or too large a picture.
        """
        self._path = path
        self._name = path if isinstance(path, Path) else STANDARD_INPUT
        self._start, self._end = start, end
        numbered = isinstance(path, Path) and is_pattern(path)
        if fps is not None and not numbered:
            raise VideoError(f"{self._name}: --fps is for frames that are files of their own")
        if not isinstance(path, Path):
            self._container = _open_stream(path)
        elif numbered:
            self._container = _open_sequence(path, USUAL_FPS if fps is None else fps)
        else:
            self._container = _open(path)
        self._deinterlace = deinterlace
        try:
            self.stream = self._find_picture()
            self._check_size()
        except BaseException:
            self._container.close()
            raise
        context = self.stream.codec_context
        context.options = {"max_pixels": str(MAX_PIXELS)}
        context.thread_type = "AUTO"
        context.thread_count = threads
        self.left_out: list[str] = []
        self.others = self._find_others()
        begin = self._container.start_time
        self.origin = Fraction(begin or 0, 1_000_000)
        self.rate = _rate(self.stream)
        self.segment = min(max(_FEWEST_FRAMES, round(_SEGMENT_SECONDS * self.rate)), _MOST_FRAMES)
        self.offset = max(self.origin, Fraction(0))
        may_break = self._container.format.flags & MAY_BREAK
        self._breaks = Breaks(self.stream, self.rate) if may_break else None
        self._bad_packets = 0
        self._bad_frames = 0
        self._broke_off: str | None = None
        self._reached = Fraction(0)
        self._last_pts: int | None = None
        self.disordered = self.interlaced = 0
        self.stopped = False

    @property
    def total(self) -> int | None:
        if self.breaks:  # what the film says of its length is of no meaning
            return None
        seconds = self.seconds
        frames = self.stream.frames
        if self._start is None and self._end is None and frames:
            return frames
        if seconds is None:
            return None
        end = seconds if self._end is None else min(self._end, seconds)
        return max(1, round((end - (self._start or 0)) * self.rate))

    @property
    def seconds(self) -> float | None:
        """How long the film says it is."""
        length = self.stream.duration
        if length is not None:
            return float(length * self.stream.time_base)
        length = self._container.duration
        return None if length is None else length / 1e6

    @property
    def metadata(self) -> dict[str, str]:
        return self._container.metadata

    @property
    def chapters(self) -> list[dict]:
        return self._container.chapters()

    @property
    def breaks(self) -> int:
        """How many breaks were taken out of the film's clock."""
        return self._breaks.count if self._breaks else 0

    @property
    def damage(self) -> str | None:
        """A sentence about what could not be read, after all jobs, or None."""
        if self._broke_off:
            return self._broke_off
        told = []
        if self._bad_packets:
            told.append(f"packets that could not be decoded: {self._bad_packets}")
        if self._bad_frames:
            told.append(f"frames with faults: {self._bad_frames}")
        return f"damaged: {', '.join(told)}" if told else None

    def cover(self, stream: av.stream.Stream) -> bytes | None:
        """The file of a cover picture, or None; the film itself is read no further."""
        if not isinstance(self._path, Path):
            return None
        with suppress(av.FFmpegError, VideoError), _open(self._path) as film:
            for packet in film.demux(film.streams[stream.index]):
                return bytes(packet) or None
        return None

    def close(self) -> None:
        self._container.close()

    def jobs(self, stop: threading.Event, after: ReadPoint | None = None) -> Iterator[FrameJob]:
        """The film's frames, in the order in which they are seen.

        Args:
            stop: when it is set, no further packets are read.
            after: where to go on, or None for the beginning.
        Yields:
            jobs with a frame each. The first one of each segment but the film's first has a place
            for the state of all steps; the last one of each says where it is in the film.
        Raises:
            ElsewhereError: the film is not found to be the same up to there; nothing was yielded.
        """
        number = 0
        found = after is None
        keys: deque[int] = deque()
        frames = self._frames(stop, 0 if after is None else after.packet, keys)
        if self._deinterlace:
            frames = deinterlaced(frames)
        for frame in frames:
            if after is not None and not found:
                number += 1
                if after.packet:  # those before it are not all decoded
                    number = after.frames if frame.pts >= after.pts else 0
                if number == after.frames:
                    if (frame.pts, _check_sum(frame)) != (after.pts, after.check):
                        raise ElsewhereError
                    found = True
                    if after.packet:  # there was no damage yet but that of beginning in the middle
                        self._bad_packets = self._bad_frames = self.disordered = 0
                continue
            job = FrameJob(
                frame, number, state={} if number and number % self.segment == 0 else None
            )
            number += 1
            if number % self.segment == 0:
                # Whoever begins in the middle would count what is damaged otherwise.
                clean = not (self._bad_packets or self._bad_frames or self.disordered)
                begin = keys[0] if keys and clean else 0
                job.point = ReadPoint(number, begin, frame.pts, _check_sum(frame))
            yield job
        if not found and not self.stopped:
            raise ElsewhereError

    def copies(self) -> Iterator[av.Packet]:
        """The packets of sound, subtitles and covers that belong to the result; nothing is decoded.

        Where nothing is to be copied, nothing is read.
        """
        if not any(stream.type != "attachment" for stream in self.others):
            return
        self._seek()
        waiting = {stream.index for stream in self.others if stream.type == "audio"}
        picture_done = False
        for packet in self._packets():
            if packet.stream_index != self.stream.index:
                if self._is_wanted(packet, waiting):
                    yield packet
            elif self._end is not None and packet.dts is not None:
                late = packet.dts * packet.time_base - self.origin - Fraction(self._end)
                picture_done = picture_done or late > 0
                if late > _SKEW:
                    return
            if picture_done and not waiting:
                return

    def _frames(
        self, stop: threading.Event, begin: int, keys: deque[int]
    ) -> Iterator[av.VideoFrame]:
        """The frames of the wanted time.

        Args:
            stop: as for `jobs`.
            begin: the number of the picture's packet to begin with.
            keys: gets the numbers of packets that decoding can begin with; those that lie far
                enough before the present frame come first, the nearest of them alone.
        """
        wait_for_key = not self._seek()
        number = -1
        for packet in self._packets():
            if stop.is_set():
                self.stopped = True
                return
            if packet.stream_index != self.stream.index:
                self._is_wanted(packet, set())
                continue
            number += 1
            if packet.is_keyframe:
                keys.append(number)
            while len(keys) > _KEYS_BEFORE and keys[1] <= number - _PACKETS_BEFORE:
                keys.popleft()
            if number < begin or (wait_for_key and self._is_early(packet)):
                continue
            wait_for_key = False
            for frame in self._decode(packet):
                place = self._place(frame)
                if place > 0:
                    return
                if place == 0:
                    self.interlaced += frame.interlaced_frame
                    yield frame
        self._see_whether_cut_off()

    def _find_picture(self) -> av.VideoStream:
        pictures = [s for s in self._container.streams.video if not is_cover(s)]
        if not pictures:
            what = "sound only" if self._container.streams.audio else "no picture in it"
            raise VideoError(f"{self._name}: {what}, no film")
        best = max(pictures, key=lambda s: (s.width or 0) * (s.height or 0))
        if best.codec_context is None:
            raise VideoError(f"{self._name}: its picture is of a kind that FFmpeg cannot decode")
        return best

    def _check_size(self) -> None:
        width, height = self.stream.codec_context.width, self.stream.codec_context.height
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise VideoError(
                f"{self._name}: {width} x {height} pixels, more than {MAX_PIXELS // 10**6} "
                f"megapixels or {MAX_SIDE} pixels a side are refused"
            )
        if width == 0 or height == 0:
            raise VideoError(f"{self._name}: its picture has no size, or the film is cut off")
        free = available_memory()
        needed = width * height * 3 // 2 * FRAMES_HELD
        if free is not None and needed > free:
            raise VideoError(
                f"{self._name}: {width} x {height} pixels need about {needed // 10**6} MB of "
                f"memory, {free // 10**6} MB are free"
            )

    def _find_others(self) -> list[av.stream.Stream]:
        kept = []
        for stream in self._container.streams:
            if stream.index == self.stream.index:
                continue
            if stream.type in ("audio", "subtitle", "attachment") or is_cover(stream):
                kept.append(stream)
            elif stream.type == "video":
                self.left_out.append(f"a second picture (stream {stream.index}) is left out")
        return kept

    def _seek(self) -> bool:
        """Go to shortly before the start, if one can; else what lies before it is read over."""
        if not self._start or not isinstance(self._path, Path):
            return True
        if self._breaks:  # nobody knows where in the file a time is
            return False
        target = (Fraction(self._start) + self.origin) / self.stream.time_base
        with suppress(av.FFmpegError):  # else it is read from the beginning, which takes longer
            self._container.seek(int(target), stream=self.stream)
        return True

    def _is_early(self, packet: av.Packet) -> bool:
        """Whether a packet of the picture is not needed to decode what was asked for."""
        if packet.dts is None or not packet.is_keyframe:
            return True
        start = self._start or 0
        return packet.dts * packet.time_base - self.origin < start - _LONGEST_GROUP

    def _packets(self) -> Iterator[av.Packet]:
        """Packets of the picture and of what is copied; read errors end the film, not the run."""
        failed = 0
        streams = [self.stream, *(s for s in self.others if s.type != "attachment")]
        while True:
            try:
                for packet in self._container.demux(streams):
                    if packet.size and not packet.is_corrupt:
                        failed = 0
                    if self._breaks:
                        self._breaks.mend(packet)
                    yield packet
                return
            except (av.FFmpegError, OSError) as error:
                failed += 1
                if failed >= _MAX_FAILED_READS or not isinstance(error, av.InvalidDataError):
                    self._broke_off = f"cut off after {float(self._reached):.1f} s: {reason(error)}"
                    flush = av.Packet()
                    flush.stream, flush.time_base = self.stream, self.stream.time_base
                    yield flush
                    return

    def _is_wanted(self, packet: av.Packet, waiting: set[int]) -> bool:
        """Whether a packet is to be copied: whole and of the wanted time.

        Args:
            packet: not one of the picture.
            waiting: loses the stream of the packet, where that lies behind the end.
        """
        if packet.size and is_cover(packet.stream):
            packet.pts = packet.dts = 0
            return True
        begin = packet.dts if packet.pts is None else packet.pts
        if begin is None or not packet.size:  # the end of its stream
            return False
        if packet.is_corrupt:
            self._bad_packets += 1
            return False
        begin *= packet.time_base
        self._see(begin + (packet.duration or 0) * packet.time_base)
        if self._end is not None and begin - self.origin >= self._end:
            waiting.discard(packet.stream_index)
            return False
        # Without a start also what lies before 0, as AAC's first one.
        return self._start is None or begin - self.origin >= Fraction(self._start)

    def _decode(self, packet: av.Packet) -> list[av.VideoFrame]:
        if packet.is_corrupt:
            self._bad_packets += 1
        try:
            return self.stream.codec_context.decode(packet)
        except EOFError:  # a second flush
            return []
        except (av.FFmpegError, ValueError):
            if packet.size:
                self._bad_packets += 1
            return []

    def _place(self, frame: av.VideoFrame) -> int:
        """-1 before, 0 within, 1 after the wanted time. Mends a missing time."""
        base = self.stream.time_base
        step = frame.duration or round(1 / self.rate / base)
        if frame.pts is None:
            known = self._last_pts
            frame.pts = known + step if known is not None else (frame.dts or 0)
        if self._last_pts is not None and frame.pts <= self._last_pts:
            self.disordered += 1
            frame.pts = self._last_pts + 1
        self._last_pts = frame.pts
        frame.time_base = base
        begin = frame.pts * base
        self._see(begin + step * base)
        # A tick of tolerance: seconds as people write them are seldom whole ticks.
        time = begin - self.origin
        if self._start and time < Fraction(self._start) - base:
            return -1
        if self._end is not None and time >= Fraction(self._end) - base:
            return 1
        self._bad_frames += frame.is_corrupt
        return 0

    def _see(self, end: Fraction) -> None:
        self._reached = max(self._reached, end - self.origin)

    def _see_whether_cut_off(self) -> None:
        """Compare the length that was read with the length that the file says it has."""
        known = set(self._container.format.name.split(",")) & _KNOW_THEIR_LENGTH
        length = self._container.duration
        if self._broke_off or not known or length is None:
            return
        length = Fraction(length, 1_000_000)
        # Containers round, and streams end a few frames apart.
        if length - self._reached > max(Fraction(1, 5), 3 / self.rate):
            self._broke_off = (
                f"cut off: {float(self._reached):.1f} of {float(length):.1f} seconds could be read"
            )


def _open(path: Path) -> av.container.InputContainer:
    try:
        if not path.is_file():
            what = "not a file" if path.exists() else "no such file or folder"
            raise VideoError(f"{path}: {what}")
        with path.open("rb") as file:
            start = file.read(12)
    except (OSError, ValueError) as error:
        raise VideoError(f"{path}: {reason(error)}") from None
    if not start:
        raise VideoError(f"{path}: the file is empty")
    try:
        # A plain path with a colon in it would be taken for an address.
        return av.open(
            f"file:{path.absolute()}",
            options=_PROBE_OPTIONS,
            container_options={"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError, OSError) as error:
        if start[4:8] == b"ftyp":
            what = "no film that can be read, or cut off: its index is missing"
        elif isinstance(error, av.InvalidDataError) or not isinstance(error, OSError):
            what = "no film of a known format"
        else:
            what = reason(error)
        raise VideoError(f"{path}: {what}") from None


def _open_sequence(pattern: Path, fps: float) -> av.container.InputContainer:
    sequence = find_sequence(pattern)
    rate = Fraction(fps).limit_denominator(1001)
    try:
        return av.open(
            sequence.address,
            format="image2",
            options={"max_pixels": str(MAX_PIXELS)},
            container_options={
                "format_whitelist": "image2",
                "protocol_whitelist": "file",
                "pattern_type": "sequence",
                "start_number": str(sequence.first),
                "framerate": f"{rate.numerator}/{rate.denominator}",
            },
        )
    except (av.FFmpegError, ValueError, OSError) as error:
        raise VideoError(f"{pattern}: no pictures that can be read: {reason(error)}") from None


def _open_stream(stream: BinaryIO) -> av.container.InputContainer:
    try:
        return av.open(
            # What is there now, and no seeking.
            SimpleNamespace(read=getattr(stream, "read1", stream.read)),
            format="yuv4mpegpipe",
            options={"max_pixels": str(MAX_PIXELS)},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError, OSError):
        raise VideoError(f"{STANDARD_INPUT}: no y4m film, or cut off in its head") from None


def is_cover(stream: av.stream.Stream) -> bool:
    """Whether a stream is a still picture that belongs to the film, as the cover of a disc."""
    return stream.type == "video" and Disposition.attached_pic in stream.disposition


def _rate(stream: av.VideoStream) -> Fraction:
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and Fraction(1, 1000) <= rate <= 1000:
            return Fraction(rate).limit_denominator(1_000_000)
    return Fraction(25)


def _check_sum(frame: av.VideoFrame) -> int:
    return zlib.crc32(plane(frame, 0).tobytes())
