"""Make whole frames of interlaced ones, by FFmpeg's filter bwdif."""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.filter import Graph

# One frame a frame, of those alone that say that they are interlaced.
_BWDIF = "mode=send_frame:parity=auto:deint=interlaced"


class Deinterlacer:
    """bwdif ("Bob Weaver deinterlacing filter", after Weston 3 field and yadif), frame for frame.

    Attributes:
        count: how many frames were interlaced.
    """

    def __init__(self) -> None:
        self.count = 0

    def frames(self, interlaced: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """The same frames at the same times, progressive.

        Args:
            interlaced: of one film; each is handed out when the next one is there. Where they
                change their size, it is begun anew.
        """
        kind, graph, base = None, None, Fraction(1)
        for frame in interlaced:
            self.count += frame.interlaced_frame
            if graph is None or kind != (frame.width, frame.height, frame.format.name):
                yield from _pull(graph, None, base)
                kind, base = (frame.width, frame.height, frame.format.name), frame.time_base
                graph = _graph(frame)
            yield from _pull(graph, frame, base)
        yield from _pull(graph, None, base)


def _graph(frame: av.VideoFrame) -> Graph:
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    bwdif, sink = graph.add("bwdif", _BWDIF), graph.add("buffersink")
    source.link_to(bwdif)
    bwdif.link_to(sink)
    graph.configure()
    return graph


def _pull(
    graph: Graph | None, frame: av.VideoFrame | None, base: Fraction
) -> Iterator[av.VideoFrame]:
    """Put a frame in, or the end, and take out what is ready, in the ticks that went in."""
    if graph is None:
        return
    graph.push(frame)
    while True:
        try:
            ready = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        # The filter counts in ticks of half the length.
        scale = ready.time_base / base
        ready.pts = round(ready.pts * scale)
        if hasattr(ready, "duration"):
            ready.duration = round(ready.duration * scale)
        ready.time_base = base
        yield ready
