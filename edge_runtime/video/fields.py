"""The two fields of interlaced frames: which comes first, and how both become a whole frame.

The codes of their order are those of FFmpeg's AVFieldOrder.
"""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.filter import Graph

PROGRESSIVE, TOP_FIRST, BOTTOM_FIRST = 1, 2, 3

# The words of FFmpeg's option for them; the last two are the orders of QuickTime that store one
# field first and show the other. FFmpeg takes the stored one for the first.
FIELD_ORDERS = {PROGRESSIVE: "progressive", TOP_FIRST: "tt", BOTTOM_FIRST: "bb", 4: "tb", 5: "bt"}
_TOP_STORED, _BOTTOM_STORED = 4, 5

# One frame a frame, of those alone that say that they are interlaced.
_BWDIF = "mode=send_frame:parity=auto:deint=interlaced"


def field_order(frame: av.VideoFrame, context: av.VideoCodecContext) -> int:
    """The field order of a film.

    Args:
        frame: its first one, which knows better than the stream: the streams of DV say nothing.
        context: the stream's decoder.
    """
    if not frame.interlaced_frame:
        return PROGRESSIVE
    stated = getattr(context, "field_order", 0)  # which PyAV tells from 17 on
    if _top_first(frame):
        return stated if stated == _TOP_STORED else TOP_FIRST
    return stated if stated == _BOTTOM_STORED else BOTTOM_FIRST


def first_field(order: int) -> int:
    """The order without regard to how the fields are stored."""
    return {_TOP_STORED: TOP_FIRST, _BOTTOM_STORED: BOTTOM_FIRST}.get(order, order)


def deinterlaced(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """The same frames at the same times, progressive, by FFmpeg's filter bwdif.

    It is the "Bob Weaver deinterlacing filter", after Weston 3 field and yadif.

    Args:
        frames: of one film; each is handed out when the next one is there. Where they change their
            size, the filter is begun anew.
    """
    kind, graph, base = None, None, Fraction(1)
    for frame in frames:
        if graph is None or kind != (frame.width, frame.height, frame.format.name):
            yield from _pull(graph, None, base)
            kind, base = (frame.width, frame.height, frame.format.name), frame.time_base
            graph = _graph(frame, "bwdif", _BWDIF)
        yield from _pull(graph, frame, base)
    yield from _pull(graph, None, base)


def _top_first(frame: av.VideoFrame) -> bool:
    """Whether an interlaced frame's top field comes first, which PyAV's frames do not tell.

    A filter that lets such frames alone through is asked.
    """
    graph = _graph(frame, "select", "eq(interlace_type,TOPFIRST)")
    graph.push(frame)
    graph.push(None)
    try:
        graph.pull()
    except (av.BlockingIOError, av.EOFError):
        return False
    return True


def _graph(frame: av.VideoFrame, name: str, options: str) -> Graph:
    """A filter for frames like one."""
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or av.time_base,
    )
    graph.link_nodes(source, graph.add(name, options), graph.add("buffersink")).configure()
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
        ready.duration = round(ready.duration * scale)
        ready.time_base = base
        yield ready
