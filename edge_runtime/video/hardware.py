"""`--codec auto`: this machine's hardware encoder, if one does its work on a frame of the film."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np

from edge_runtime.video.encoder import EncoderPlan, plan_encoder, set_up
from edge_runtime.video.errors import VideoError
from edge_runtime.video.formats import FilmFormat
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.planes import plane

AUTO = "auto"

# H.264, which all players know: Apple, NVIDIA, Intel, AMD, Windows, boards with V4L2.
_CANDIDATES = (
    "h264_videotoolbox",
    "h264_nvenc",
    "h264_qsv",
    "h264_amf",
    "h264_mf",
    "h264_v4l2m2m",
)

# So many copies of the frame are encoded, and come back with at most this mean error of luma.
_TRIES = 5
_MOST_ERROR = 12


def choose_encoder(
    format: FilmFormat, options: VideoOptions, frame: av.VideoFrame, **film
) -> EncoderPlan:
    """As `plan_encoder`; `auto` tries the encoders of hardware on a frame, one after the other.

    Args:
        format: the container.
        options: codec, crf and preset.
        frame: one of the film.
        film: as for `plan_encoder`.
    Raises:
        VideoError: as `plan_encoder`.
    """
    if options.codec != AUTO:
        return plan_encoder(format, options, **film)
    options = replace(options, codec=None)
    holds = format.name != "webm" and (format.holds is None or "h264" in format.holds)
    for name in _CANDIDATES if holds else ():
        try:
            plan = plan_encoder(replace(format, codec=name), options, **film)
        except VideoError:  # not in this FFmpeg, or its device is not there
            continue
        if _works(plan, frame, film["rate"]):
            told = f"{name} was taken, which works on this machine"
            return replace(plan, notes=(*plan.notes, told))
    plan = plan_encoder(format, options, **film)
    told = f"{plan.name} was taken: no encoder of hardware works here for {format.endings[0]}"
    return replace(plan, notes=(*plan.notes, told))


def _works(plan: EncoderPlan, frame: av.VideoFrame, rate: Fraction) -> bool:
    """Whether an encoder gives a frame back, as a decoder sees it."""
    try:
        # By way of RGB, so that it is another frame in any case: this one is coloured later.
        shown = frame.reformat(width=plan.width, height=plan.height, format="rgb24")
        encoder = av.CodecContext.create(plan.name, "w")
        set_up(encoder, plan, rate=rate, threads=1)
        encoder.time_base = 1 / Fraction(rate)
        packets = []
        for number in range(_TRIES):
            copy = shown.reformat(format=plan.pixel_format)
            copy.pts, copy.time_base, copy.pict_type = number, encoder.time_base, 0
            packets += encoder.encode(copy)
        packets += encoder.encode(None)
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = encoder.extradata
        seen = [ready for packet in packets for ready in decoder.decode(packet)]
        seen += decoder.decode(None)
        wanted = plane(shown.reformat(format="yuv420p"), 0).astype(np.int16)
        given = plane(seen[0].reformat(format="yuv420p"), 0).astype(np.int16)
        error = np.abs(wanted - given).mean()
    except (av.FFmpegError, ValueError, OSError, IndexError):
        return False
    return len(seen) == _TRIES and bool(error <= _MOST_ERROR)
