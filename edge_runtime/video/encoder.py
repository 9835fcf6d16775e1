"""Choose and set up an encoder: its quality, its pixel format, the sizes that it takes."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av

from edge_runtime.pictures.header import reason
from edge_runtime.video.errors import VideoError
from edge_runtime.video.fields import FIELD_ORDERS, PROGRESSIVE, first_field
from edge_runtime.video.formats import FilmFormat
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.planes import work_format

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


@dataclass(frozen=True)
class EncoderTraits:
    """What is known of one of FFmpeg's encoders; one that is not in the table works all the same.

    Attributes:
        crf: where it works to a quality, one at which loss is hard to see.
        quantizer: of old encoders without crf: a fixed one, 1 (best) to 31.
        settings: private options that are set besides.
        presets: those that it knows.
        lossless: whether nothing is lost, so that it needs no bit rate.
        fields: whether it can keep the two fields of interlaced frames apart.
        says_range: whether it writes into the picture itself if luma takes all levels.
        fixed_rate: whether it knows the ticks of a frame rate, and not those of a clock.
        told: whether it is among those that a message names.
    """

    crf: int | None = None
    quantizer: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    presets: tuple[str, ...] = ()
    lossless: bool = False
    fields: bool = False
    says_range: bool = False
    fixed_rate: bool = False
    told: bool = False


# libvpx needs a bit rate of 0 to work to a quality, and is slow by itself.
_VP8 = {"b": "0", "cpu-used": "4"}
_X265 = {"x265-params": "log-level=error"}
_SVT_PRESETS = tuple(str(speed) for speed in range(14))

ENCODERS = {
    "libx264": EncoderTraits(crf=18, presets=_X26_PRESETS, fields=True, says_range=True, told=True),
    "libx265": EncoderTraits(20, settings=_X265, presets=_X26_PRESETS, says_range=True, told=True),
    "libvpx-vp9": EncoderTraits(24, settings=_VP8 | {"row-mt": "1"}, says_range=True, told=True),
    "libsvtav1": EncoderTraits(crf=24, presets=_SVT_PRESETS, says_range=True, told=True),
    "libvpx": EncoderTraits(crf=8, settings=_VP8),
    "mpeg4": EncoderTraits(quantizer=3, fields=True, fixed_rate=True, told=True),
    "mpeg2video": EncoderTraits(quantizer=3, fields=True, fixed_rate=True),
    "mpeg1video": EncoderTraits(quantizer=3, fixed_rate=True),
    "msmpeg4": EncoderTraits(quantizer=3, fixed_rate=True),
    "mjpeg": EncoderTraits(quantizer=3, says_range=True),
    "ffv1": EncoderTraits(lossless=True, fields=True, told=True),
    "huffyuv": EncoderTraits(lossless=True),
    "ffvhuff": EncoderTraits(lossless=True),
    "utvideo": EncoderTraits(lossless=True),
    "rawvideo": EncoderTraits(lossless=True),
    "prores_ks": EncoderTraits(fields=True, told=True),
    "h264_v4l2m2m": EncoderTraits(told=True),
    "h264_nvenc": EncoderTraits(says_range=True, told=True),
    "hevc_nvenc": EncoderTraits(says_range=True),
    "h264_qsv": EncoderTraits(says_range=True, told=True),
    "hevc_qsv": EncoderTraits(says_range=True),
    "h264_videotoolbox": EncoderTraits(told=True),
}
_OTHER = EncoderTraits()

# Never use all levels, whatever the container says.
_LIMITED_ALWAYS = ("prores", "mpeg1video", "mpeg2video", "dvvideo", "dnxhd")

# Encoders that need a device, and a size that all take.
_OF_HARDWARE = ("_v4l2m2m", "_nvenc", "_qsv", "_vaapi", "_videotoolbox", "_amf", "_mf", "_omx")
_USUAL_SIZE = (352, 288)

# AV_CODEC_FLAG_* of FFmpeg's avcodec.h; PyAV's names for them have changed.
_FRAME_DURATION, _INTERLACED_DCT, _INTERLACED_ME = 1 << 8, 1 << 18, 1 << 29

# Bits a pixel and frame for encoders that need a rate, those of hardware most of all.
_BITS_PER_PIXEL = 0.12


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
    def fixed_rate(self) -> bool:
        """Whether the encoder knows the ticks of a frame rate, and not those of a clock."""
        return ENCODERS.get(self.name, _OTHER).fixed_rate

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
    name = options.codec or format.codec
    codec = _encoder(name)
    if codec is None:
        there = ", ".join(
            known for known, traits in ENCODERS.items() if traits.told and _encoder(known)
        )
        raise VideoError(f"no encoder '{name}' is in this FFmpeg; there are {there}")
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
    known = ENCODERS.get(name, _OTHER)
    kept_order = order if known.fields else PROGRESSIVE
    if name == "libx264" and kept_order != PROGRESSIVE:
        # Else its first frame says that the top field comes first.
        settings["x264-params"] = {2: "tff=1", 3: "bff=1"}[first_field(kept_order)]
    limited = name.startswith(_LIMITED_ALWAYS)
    keeps_full = known.says_range or (format.holds_range and not limited)
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
    with no_real_time():
        context.open()


@contextmanager
def no_real_time() -> Iterator[None]:
    """Keep the threads of this process at their usual priority while an encoder is opened.

    As root SVT-AV1 makes itself and the thread that opens it real-time, for good: a small machine
    then serves nothing else, and every process that this one starts inherits it.
    """
    threads = Path("/proc/self/task")
    usual = threads.is_dir() and os.sched_getscheduler(0) == os.SCHED_OTHER
    try:
        yield
    finally:
        for thread in threads.iterdir() if usual else ():
            with suppress(ProcessLookupError):  # it has ended
                if os.sched_getscheduler(int(thread.name)) == os.SCHED_FIFO:
                    os.sched_setscheduler(int(thread.name), os.SCHED_OTHER, os.sched_param(0))


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


def _encoder(name: str) -> av.Codec | None:
    """An encoder for pictures that is in this FFmpeg."""
    try:
        codec = av.Codec(name, "w")
    except ValueError:
        return None
    return codec if codec.type == "video" else None


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
    known = ENCODERS.get(name, _OTHER)
    settings = dict(known.settings)
    bit_rate = 0
    if name == "libx264" and options.crf == 0:
        settings["qp"] = "0"  # lossless at 10 bits too, where a crf of 0 is not
    elif known.crf is not None:
        crf = known.crf if options.crf is None else options.crf
        settings["crf"] = f"{crf:g}"
    elif name.endswith("_nvenc"):
        settings["cq"] = f"{23 if options.crf is None else options.crf:g}"
    elif options.crf is not None:
        raise VideoError(_no_crf(name))
    elif known.quantizer is not None:
        settings |= {"flags": "+qscale", "global_quality": str(118 * known.quantizer)}
    elif not known.lossless and not name.startswith("prores"):
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
    known = ENCODERS.get(name, _OTHER)
    if options.crf is not None and known.crf is None:
        notes.append(f"{_no_crf(name)}: it works to its usual quality")
        options = replace(options, crf=None)
    if options.preset is not None and not known.presets:
        notes.append(f"{_wrong_preset(name, options.preset)}: it works at its usual speed")
        options = replace(options, preset=None)
    return options, tuple(notes)


def _no_crf(name: str) -> str:
    return f"the encoder {name} knows no crf"


def _wrong_preset(name: str, preset: str) -> str | None:
    """A sentence about a preset that an encoder does not know, or None."""
    presets = ENCODERS.get(name, _OTHER).presets
    if not presets and not name.endswith(("_nvenc", "_qsv")):
        return f"the encoder {name} knows no presets"
    if presets and preset not in presets:
        return f"the presets of {name} are {', '.join(presets)}"
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
