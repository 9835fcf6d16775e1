"""Take breaks out of a film's clock: joined DVD parts and recordings begin to count anew.

As FFmpeg's command does (`ts_discontinuity_detect` in its ffmpeg_demux.c): where the time of a
stream jumps, all streams are moved by the same amount from there on, so that picture and sound stay
in step.
"""

from fractions import Fraction

import av

# Containers whose clock may jump: FFmpeg's AVFMT_TS_DISCONT.
MAY_BREAK = 0x0200

# A step forward that is a break and no gap, and a step back that is no mere disorder, in seconds.
_FORWARD = 10
_BACK = Fraction(1, 10)


class Breaks:
    """The clock of one film; packets are shown in the order of the file.

    Attributes:
        count: how many breaks were taken out.
    """

    def __init__(self, picture: av.VideoStream, rate: Fraction):
        """Begin.

        Args:
            picture: the stream of the picture.
            rate: its frames a second, for packets that do not say how long they are.
        """
        self.count = 0
        self._lengths = {picture.index: 1 / rate}
        self._shift = Fraction(0)
        self._last: dict[int, Fraction] = {}
        self._next: dict[int, Fraction] = {}
        self._latest: Fraction | None = None

    def mend(self, packet: av.Packet) -> None:
        """Move a packet's times to where they belong."""
        base, index = Fraction(packet.time_base), packet.stream_index
        if None not in (packet.pts, packet.dts) and abs(packet.pts - packet.dts) * base > _FORWARD:
            packet.pts = None  # FFmpeg guessed it from the other side of a break
        # Subtitles come when somebody speaks: they are moved, but tell nothing.
        if packet.dts is not None and packet.stream.type in ("video", "audio"):
            self._look(index, packet.dts * base)
            self._follow(packet, base)
            length = (packet.duration or 0) * base or self._lengths.get(index, Fraction(0))
            self._last[index] = packet.dts * base + self._shift
            self._next[index] = self._latest = self._last[index] + length
        ticks = round(self._shift / base)
        if ticks:
            packet.pts = None if packet.pts is None else packet.pts + ticks
            packet.dts = None if packet.dts is None else packet.dts + ticks

    def _follow(self, packet: av.Packet, base: Fraction) -> None:
        """After a break, put sound that would overlap with the end of the last part behind it."""
        last = self._last.get(packet.stream_index)
        if not self.count or last is None or packet.stream.type != "audio":
            return
        missing = round((last - self._shift) / base) + 1 - packet.dts
        if missing > 0:
            packet.dts += missing
            packet.pts = None if packet.pts is None else max(packet.pts, packet.dts)

    def _look(self, index: int, time: Fraction) -> None:
        """See whether a stream's time follows its last one; else move the clock."""
        # A stream that was not seen yet is compared with the others.
        expected = self._next.get(index, self._latest)
        if expected is None:
            return
        step = time + self._shift - expected
        last = self._last.get(index)
        back = last is not None and time + self._shift < last - _BACK
        if abs(step) > _FORWARD or back:
            self._shift -= step
            self.count += 1
