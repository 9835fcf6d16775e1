"""Aspect, rotation, colour tags, range and field order, in every container with every encoder.

Judged by ffprobe.
"""

import json
import os
import shutil
import subprocess
import zlib
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.codec.context import Flags

from edge_runtime import Look
from edge_runtime.video import VideoError, VideoOptions, colorize_video

# Which encoder goes into which container; nothing else is taken.
ENCODERS = {
    "mp4": ("libx264", "libx265", "libvpx-vp9", "libsvtav1", "mpeg4", "ffv1", "mpeg2video"),
    "mov": ("libx264", "libx265", "mpeg4", "prores_ks", "mpeg2video"),
    "mkv": (
        *("libx264", "libx265", "libvpx-vp9", "libsvtav1", "mpeg4", "ffv1", "prores_ks"),
        "mpeg2video",
    ),
    "webm": ("libvpx-vp9", "libsvtav1"),
    "avi": ("libx264", "libvpx-vp9", "libsvtav1", "mpeg4", "ffv1", "mpeg2video"),
    "ts": ("libx264", "libx265", "mpeg4", "mpeg2video"),
}
TABLE = [(ending, encoder) for ending, encoders in ENCODERS.items() for encoder in encoders]

# Where a result cannot hold what the film says, and what the note calls it.
NO_ROTATION = ("avi", "ts")
NO_TAGS = {
    *((ending, "mpeg4") for ending in ("avi", "ts")),
    ("avi", "ffv1"),
    ("avi", "libvpx-vp9"),
}
NO_FIELDS = ("libx265", "libvpx-vp9", "libsvtav1")
# 128 x 96 pixels of 16:15 are no shape that MPEG-2 knows, so that the container must tell.
NO_ASPECT = {("ts", "mpeg2video")}
# All levels would be taken for limited ones, and are brought to them.
LIMITED = {
    *((ending, "mpeg2video") for ending in ENCODERS),
    *((ending, "prores_ks") for ending in ENCODERS),
    *((ending, "mpeg4") for ending in ("mov", "avi", "ts")),
    ("avi", "ffv1"),
}

pytestmark = pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")


def facts(path) -> dict:
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json"]
    command += ["-show_streams", "-show_frames", "-read_intervals", "%+#1", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    (stream,), frame = found["streams"], found["frames"][0]
    sides = stream.get("side_data_list", []) + frame.get("side_data_list", [])
    order = stream.get("field_order", "unknown")
    if order == "unknown":  # MPEG-4: the frames alone know
        order = ("bb", "tt")[frame["top_field_first"]]
        order = order if frame["interlaced_frame"] else "progressive"
    # Two names of one matrix.
    matrix = stream.get("color_space", "").replace("bt470bg", "smpte170m")
    return {
        "its pixel aspect": stream.get("sample_aspect_ratio", "1:1"),
        "its rotation": next((side["rotation"] for side in sides if "rotation" in side), 0),
        "its colour tags": (matrix, stream.get("color_primaries"), stream.get("color_transfer")),
        "levels": stream.get("color_range", "tv"),
        "fields": order,
        "title": stream.get("tags", {}).get("title", ""),
    }


def turned_film(film, stream):
    """All levels, the colours of PAL, turned by 90 degrees."""
    stream.set_display_rotation(90)
    tags(stream.codec_context, 2)


def fields_film(film, stream):
    """Two fields, the lower first, limited levels."""
    context = stream.codec_context
    tags(context, 1)
    context.flags |= Flags.interlaced_dct | Flags.interlaced_me
    context.options = {"field_order": "bb", "x264-params": "bff=1"}


def tags(context, levels: int):
    context.sample_aspect_ratio = Fraction(16, 15)
    context.color_range = levels
    context.colorspace = context.color_primaries = context.color_trc = 5


@pytest.fixture(scope="module")
def turned(tmp_path_factory, make_film):
    """The film, and its facts."""
    film = tmp_path_factory.mktemp("films") / "turned.mp4"
    return make_film(film, frames=3, size=(128, 96), set_up=turned_film), facts(film)


@pytest.fixture(scope="module")
def fields(tmp_path_factory, make_film):
    """The film, and its facts."""
    film = tmp_path_factory.mktemp("films") / "fields.mp4"
    return make_film(film, frames=3, size=(128, 96), set_up=fields_film), facts(film)


def options(encoder: str) -> VideoOptions:
    fast = {"libx264": "ultrafast", "libx265": "ultrafast", "libsvtav1": "12"}
    return VideoOptions(codec=encoder, preset=fast.get(encoder), look=Look(smoothing=0))


@pytest.mark.parametrize(("ending", "encoder"), TABLE)
def test_what_a_turned_film_says(tmp_path, turned, colorizer, luma_planes, ending, encoder):
    source, wanted = turned
    target = tmp_path / f"out.{ending}"
    result = colorize_video(source, target, colorizer, options(encoder))
    found = facts(target)
    assert wanted["its rotation"] == 90
    assert wanted["levels"] == "pc"
    lost = set()
    if ending in NO_ROTATION:
        lost.add("its rotation")
    if (ending, encoder) in NO_TAGS:
        lost.add("its colour tags")
    if (ending, encoder) in NO_ASPECT:
        lost.add("its pixel aspect")
    limited = (ending, encoder) in LIMITED
    assert {name for name in wanted if wanted[name] != found[name]} == lost | (
        {"levels"} if limited else set()
    )
    said = " ".join(result.warnings)
    for name in wanted:
        assert (name in said) == (name in lost or (name == "levels" and limited)), said
    if limited:  # white stays white
        before = np.array(luma_planes(source), float)
        after = np.array(luma_planes(target), float) / (4 if encoder == "prores_ks" else 1)
        assert np.abs(after - (16 + before * 219 / 255)).mean() < 3


@pytest.mark.parametrize(("ending", "encoder"), TABLE)
def test_what_an_interlaced_film_says(tmp_path, fields, colorizer, ending, encoder):
    source, wanted = fields
    target = tmp_path / f"out.{ending}"
    result = colorize_video(source, target, colorizer, options(encoder))
    found = facts(target)
    assert (wanted["fields"], wanted["levels"]) == ("bb", "tv")
    lost = {"fields"} if encoder in NO_FIELDS else set()
    if (ending, encoder) in NO_TAGS:
        lost.add("its colour tags")
    if (ending, encoder) in NO_ASPECT:
        lost.add("its pixel aspect")
    assert {name for name in wanted if wanted[name] != found[name]} == lost
    said = " ".join(result.warnings)
    for name in wanted:
        assert (name in said) == (name in lost), said


@pytest.mark.parametrize("ending", ENCODERS)
def test_no_encoder_goes_where_nobody_could_read_it(tmp_path, fields, colorizer, ending):
    others = {encoder for encoders in ENCODERS.values() for encoder in encoders}
    target = tmp_path / f"out.{ending}"
    for encoder in others - set(ENCODERS[ending]):
        with pytest.raises(VideoError, match=f".{ending} does not hold what {encoder} makes"):
            colorize_video(fields[0], target, colorizer, options(encoder))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["", "The old film", "x" * 300])
@pytest.mark.parametrize("ending", ["mkv", "avi"])
def test_the_aspect_leaves_the_title_and_the_rest_of_the_head(
    tmp_path, make_film, colorizer, packets, ending, title
):
    def set_up(film, stream):
        stream.codec_context.sample_aspect_ratio = Fraction(64, 45)
        stream.metadata["title"] = title

    source = make_film(tmp_path / "f.mkv", frames=3, size=(128, 96), audio="pcm_s16le")
    shaped = make_film(
        tmp_path / "g.mkv", frames=3, size=(128, 96), audio="pcm_s16le", set_up=set_up
    )
    target = tmp_path / f"out.{ending}"
    assert colorize_video(shaped, target, colorizer, options("ffv1")).warnings == ()
    found = facts(target)
    assert (found["its pixel aspect"], found["title"]) == ("64:45", title)
    assert [p[3] for p in packets(source, "audio")] == [p[3] for p in packets(target, "audio")]
    if ending == "mkv":  # the check sum of the tracks, the first part of which it is, is right
        data = target.read_bytes()
        _, head, rest = data.rpartition(b"\x16\x54\xae\x6b")  # after the list of places
        assert head
        width = 9 - rest[0].bit_length()
        size = int.from_bytes(rest[:width], "big") & (1 << 7 * width) - 1
        tracks = rest[width : width + size]
        assert tracks[:2] == b"\xbf\x84"
        assert tracks[2:6] == zlib.crc32(tracks[6:]).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("ending", "encoder"), [("mov", "prores_ks"), ("mov", "libx264"), ("mkv", "ffv1")]
)
def test_dv_knows_its_field_order_by_its_frames_alone(
    tmp_path, make_film, colorizer, ending, encoder
):
    """PAL's DV has the lower field first, and a stream that does not say so."""
    source = make_film(tmp_path / "f.avi", frames=2, size=(720, 576), codec="dvvideo")
    target = tmp_path / f"out.{ending}"
    assert colorize_video(source, target, colorizer, options(encoder)).warnings == ()
    assert facts(source)["fields"] == facts(target)["fields"] == "bb"
    # QuickTime's atom: two fields, "6: B is displayed earliest, B is stored first".
    assert (b"fiel\x02\x06" in target.read_bytes()) == (encoder == "prores_ks")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="Linux tells of threads there")
@pytest.mark.parametrize("encoder", ["libsvtav1", "libx264"])
def test_no_encoder_keeps_the_machine_for_itself(tmp_path, fields, colorizer, encoder):
    """As root SVT-AV1 becomes real-time, and the thread that opens it with it."""
    seen = set()

    def look(*_):
        for thread in Path("/proc/self/task").iterdir():
            with suppress(ProcessLookupError):
                seen.add(os.sched_getscheduler(int(thread.name)))

    colorize_video(fields[0], tmp_path / "out.mp4", colorizer, options(encoder), look)
    look()
    assert seen == {os.SCHED_OTHER}
