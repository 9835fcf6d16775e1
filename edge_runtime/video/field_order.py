"""Which field of an interlaced film comes first.

The codes are those of FFmpeg's AVFieldOrder.
"""

import av
from av.filter import Graph

PROGRESSIVE, TOP_FIRST, BOTTOM_FIRST = 1, 2, 3

# The words of FFmpeg's option for them; the last two are the orders of QuickTime that store one
# field first and show the other. FFmpeg takes the stored one for the first.
FIELD_ORDERS = {PROGRESSIVE: "progressive", TOP_FIRST: "tt", BOTTOM_FIRST: "bb", 4: "tb", 5: "bt"}
_TOP_STORED, _BOTTOM_STORED = 4, 5


def field_order(frame: av.VideoFrame, stated: int) -> int:
    """The field order of a film.

    Args:
        frame: its first one, which knows better than the stream: the streams of DV say nothing.
        stated: what the stream says, 0 for nothing.
    """
    if not frame.interlaced_frame:
        return PROGRESSIVE
    if _top_first(frame):
        return stated if stated == _TOP_STORED else TOP_FIRST
    return stated if stated == _BOTTOM_STORED else BOTTOM_FIRST


def first_field(order: int) -> int:
    """The order without regard to how the fields are stored."""
    return {_TOP_STORED: TOP_FIRST, _BOTTOM_STORED: BOTTOM_FIRST}.get(order, order)


def stated_order(context: av.VideoCodecContext) -> int:
    """What a stream says of its field order; 0 for nothing, and where PyAV does not tell."""
    return getattr(context, "field_order", 0)


def _top_first(frame: av.VideoFrame) -> bool:
    """Whether an interlaced frame's top field comes first, which PyAV's frames do not tell.

    A filter that lets such frames alone through is asked.
    """
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or av.time_base,
    )
    chosen = graph.add("select", "eq(interlace_type,TOPFIRST)")
    sink = graph.add("buffersink")
    source.link_to(chosen)
    chosen.link_to(sink)
    graph.configure()
    graph.push(frame)
    graph.push(None)
    try:
        graph.pull()
    except (av.BlockingIOError, av.EOFError):
        return False
    return True
