"""Choose and set up an encoder: its quality, its pixel format, the sizes that it takes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
from av.codec.codec import UnknownCodecError

from edge_runtime.pictures.header import reason
from edge_runtime.video.errors import VideoError
from edge_runtime.video.field_order import FIELD_ORDERS, PROGRESSIVE, first_field
from edge_runtime.video.formats import FilmFormat
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.planes import work_format

# Encoders that work to a quality (crf), and one at which loss is hard to see.
_QUALITY = {"libx264": 18, "libx265": 20, "libvpx-vp9": 24, "libsvtav1": 24, "libvpx": 8}

# What is set besides: libvpx needs a bit rate of 0 to work to a quality, and is slow by itself.
_FIXED = {
    "libvpx-vp9": {"b": "0", "row-mt": "1", "cpu-used": "4"},
    "libvpx": {"b": "0", "cpu-used": "4"},
    "libx265": {"x265-params": "log-level=error"},
}

_X26_PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
    "placebo",
)
_PRESETS = {
    "libx264": _X26_PRESETS,
    "libx265": _X26_PRESETS,
    "libsvtav1": tuple(str(speed) for speed in range(14)),
}
_LOSSLESS = {"ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo"}

# Old encoders without crf: a fixed quantizer, 1 (best) to 31.
_QUANTIZED = {"mpeg4": 3, "mpeg2video": 3, "mpeg1video": 3, "mjpeg": 3, "msmpeg4": 3}

# MPEG-4 part 2 and MPEG-2 know the ticks of a frame rate, not those of a clock.
FIXED_RATE_CODECS = {"mpeg4", "mpeg2video", "mpeg1video", "msmpeg4"}

# Encoders that can keep the two fields of interlaced frames apart.
_KEEP_FIELDS = {"libx264", "mpeg2video", "mpeg4", "ffv1", "prores_ks"}

# Encoders that write into the picture itself whether luma takes all levels, and such that never
# use all, whatever the container says.
_SAY_RANGE = {
    "libx264",
    "libx265",
    "libvpx-vp9",
    "libsvtav1",
    "mjpeg",
    "h264_nvenc",
    "hevc_nvenc",
    "h264_qsv",
    "hevc_qsv",
}
_LIMITED_ALWAYS = ("prores", "mpeg1video", "mpeg2video", "dvvideo", "dnxhd")

# Encoders that need a device, and a size that all take.
_OF_HARDWARE = ("_v4l2m2m", "_nvenc", "_qsv", "_vaapi", "_videotoolbox", "_amf", "_mf", "_omx")
_USUAL_SIZE = (352, 288)

# AV_CODEC_FLAG_* of FFmpeg's avcodec.h; PyAV's names for them have changed.
_FRAME_DURATION, _INTERLACED_DCT, _INTERLACED_ME = 1 << 8, 1 << 18, 1 << 29

# Bits a pixel and frame for encoders that need a rate, those of hardware most of all.
_BITS_PER_PIXEL = 0.12

_KNOWN = (
    "libx264",
    "libx265",
    "libvpx-vp9",
    "libsvtav1",
    "mpeg4",
    "ffv1",
    "prores_ks",
    "h264_v4l2m2m",
    "h264_nvenc",
    "h264_qsv",
    "h264_videotoolbox",
)


@dataclass(frozen=True)
class EncoderPlan:
    """How the picture is encoded.

    Attributes:
        name: FFmpeg's name of the encoder.
        pixel_format: that it is given.
        depth: bits a sample that the work is done with, 8 or 10.
        width, height: of its frames, in pixels.
        options: its private options.
        bit_rate: bits a second, or 0 where it works to a quality.
        order: of the fields, as `field_order`, where they are encoded apart; else progressive.
        keeps_full: whether a player will know if luma takes all levels.
        notes: sentences about options that were passed over.
    """

    name: str
    pixel_format: str
    depth: int
    width: int
    height: int
    options: dict[str, str]
    bit_rate: int
    order: int
    keeps_full: bool
    notes: tuple[str, ...] = ()

    @property
    def fields(self) -> bool:
        """Whether the two fields of a frame are encoded apart."""
        return self.order != PROGRESSIVE


def plan_encoder(
    format: FilmFormat,
    options: VideoOptions,
    *,
    width: int,
    height: int,
    depth: int,
    rate: float | Fraction,
    order: int,
) -> EncoderPlan:
    """Choose how to encode a film, and try that the encoder takes it.

    Args:
        format: the container.
        options: codec, crf and preset.
        width, height: of the film, in pixels.
        depth: bits a sample of the film.
        rate: frames a second.
        order: of its fields, as `field_order`.
    Raises:
        VideoError: no such encoder, options that it does not know, or it does not take the film.
    """
    codec = _find(options.codec or format.codec)
    name = codec.name
    if name == "libsvtav1":
        os.environ.setdefault("SVT_LOG", "0")  # else it greets on standard error
    pixel_format, work_depth = _pixel_format(codec, depth)
    notes: tuple[str, ...] = ()
    if options.codec is None:  # options may be meant for other containers of the same run
        options, notes = _known_options(name, options)
    settings, bit_rate = _settings(name, options, width * height * rate)
    if format.fixed_rate and name in ("libx264", "libx265"):
        settings["bf"] = "0"  # AVI keeps the order of decoding, not that of showing
    kept_order = order if name in _KEEP_FIELDS else PROGRESSIVE
    if name == "libx264" and kept_order != PROGRESSIVE:
        # Else its first frame says that the top field comes first.
        settings["x264-params"] = {2: "tff=1", 3: "bff=1"}[first_field(kept_order)]
    keeps_full = name in _SAY_RANGE or (format.holds_range and not name.startswith(_LIMITED_ALWAYS))
    failure: Exception | None = None
    for size in _sizes(width, height):
        plan = EncoderPlan(
            name,
            pixel_format,
            work_depth,
            *size,
            settings,
            bit_rate,
            kept_order,
            keeps_full,
            notes,
        )
        try:
            _try(plan, rate)
        except (av.FFmpegError, ValueError, OSError) as error:
            failure = failure or error
            continue
        return plan
    said = ", ".join(f"{key} {value}" for key, value in settings.items())
    with_ = f" with {said}" if said else ""
    try:  # is it the size?
        _try(replace(plan, width=_USUAL_SIZE[0], height=_USUAL_SIZE[1]), rate)
    except (av.FFmpegError, ValueError, OSError) as error:
        hardware = " (is its device there?)" if name.endswith(_OF_HARDWARE) else ""
        told = f"the encoder {name} does not work{with_} here{hardware}: {reason(error)}"
        raise VideoError(told) from None
    why = reason(failure) if failure else "no size fits"
    raise VideoError(f"the encoder {name} does not take {width} x {height} pixels{with_}: {why}")


def _try(plan: EncoderPlan, rate: float | Fraction) -> None:
    """Open the encoder of a plan, to see whether it takes it.

    Raises:
        av.FFmpegError, ValueError, OSError: it does not.
    """
    context = av.CodecContext.create(plan.name, "w")
    set_up(context, plan, rate=rate, threads=1)
    context.time_base = 1 / context.framerate
    context.open()


def set_up(
    context: av.VideoCodecContext, plan: EncoderPlan, *, rate: float | Fraction, threads: int
) -> None:
    """Put a plan's settings into an encoder that is not open yet.

    Args:
        context: the encoder.
        plan: its settings.
        rate: frames a second.
        threads: 0 leaves it to the encoder.
    """
    context.width, context.height = plan.width, plan.height
    context.pix_fmt = plan.pixel_format
    context.framerate = rate
    context.bit_rate = plan.bit_rate
    context.options = plan.options | {"field_order": FIELD_ORDERS[plan.order]}
    context.thread_count = threads
    context.thread_type = "AUTO"
    context.flags |= _FRAME_DURATION
    if plan.fields:
        context.flags |= _INTERLACED_DCT | _INTERLACED_ME


def _find(name: str) -> av.Codec:
    try:
        codec = av.Codec(name, "w")
    except (UnknownCodecError, ValueError):
        codec = None
    if codec is None or codec.type != "video":
        raise VideoError(f"no encoder '{name}' is in this FFmpeg; there are {_available()}")
    return codec


def _available() -> str:
    found = []
    for name in _KNOWN:
        try:
            av.Codec(name, "w")
        except (UnknownCodecError, ValueError):
            continue
        found.append(name)
    return ", ".join(found)


def _pixel_format(codec: av.Codec, depth: int) -> tuple[str, int]:
    """The pixel format for an encoder, and the depth of the work.

    Planar 4:2:0 where the encoder takes it; else the frames are converted once more, whereby
    their luma stays.
    """
    taken = [format.name for format in codec.video_formats or ()]
    deep = [work_format(10), "p010le", "yuv422p10le", "yuv444p10le"] if depth > 8 else []
    for names, work_depth in ((deep, 10), (["yuv420p", "nv12", "yuv422p", "yuv444p"], 8)):
        for name in names:
            if name in taken:
                return name, work_depth
    if not taken:  # hardware encoders tell only when they are open
        return "yuv420p", 8
    if "yuv422p10le" in taken:  # ProRes has 10 bits always
        return "yuv422p10le", 10
    raise VideoError(f"the encoder {codec.name} takes none of the usual pixel formats")


def _settings(
    name: str, options: VideoOptions, pixels_per_second: float
) -> tuple[dict[str, str], int]:
    settings = dict(_FIXED.get(name, {}))
    bit_rate = 0
    if name == "libx264" and options.crf == 0:
        settings["qp"] = "0"  # lossless at 10 bits too, where a crf of 0 is not
    elif name in _QUALITY:
        crf = _QUALITY[name] if options.crf is None else options.crf
        settings["crf"] = f"{crf:g}"
    elif name.endswith("_nvenc"):
        settings["cq"] = f"{23 if options.crf is None else options.crf:g}"
    elif options.crf is not None:
        raise VideoError(_no_crf(name))
    elif name in _QUANTIZED:
        settings |= {"flags": "+qscale", "global_quality": str(118 * _QUANTIZED[name])}
    elif name not in _LOSSLESS and not name.startswith("prores"):
        bit_rate = max(200_000, int(pixels_per_second * _BITS_PER_PIXEL))
    if options.preset is not None:
        wrong = _wrong_preset(name, options.preset)
        if wrong:
            raise VideoError(wrong)
        settings["preset"] = options.preset
    return settings, bit_rate


def _known_options(name: str, options: VideoOptions) -> tuple[VideoOptions, tuple[str, ...]]:
    """The options without those that an encoder does not know, and a note for each of these."""
    notes = []
    if options.crf is not None and name not in _QUALITY:
        notes.append(f"{_no_crf(name)}: it works to its usual quality")
        options = replace(options, crf=None)
    if options.preset is not None and name not in _PRESETS:
        notes.append(f"{_wrong_preset(name, options.preset)}: it works at its usual speed")
        options = replace(options, preset=None)
    return options, tuple(notes)


def _no_crf(name: str) -> str:
    return f"the encoder {name} knows no crf"


def _wrong_preset(name: str, preset: str) -> str | None:
    """A sentence about a preset that an encoder does not know, or None."""
    known = _PRESETS.get(name)
    if known is None and not name.endswith(("_nvenc", "_qsv")):
        return f"the encoder {name} knows no presets"
    if known is not None and preset not in known:
        return f"the presets of {name} are {', '.join(known)}"
    return None


def _sizes(width: int, height: int) -> Iterator[tuple[int, int]]:
    """The film's own size, then even ones, then those that small pictures are brought to."""
    yield width, height
    even = (width + width % 2, height + height % 2)
    if even != (width, height):
        yield even
    for least in (16, 64, 256):
        if min(even) < least:
            yield max(even[0], least), max(even[1], least)
