"""Films through pipes, encoders of hardware, and deinterlacing."""

import io
import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.context import Flags

from edge_runtime import Look
from edge_runtime.video import VideoError, VideoOptions, colorize_video, hardware

ROOT = Path(__file__).parents[3]
FIELD_ORDER = ("ffprobe", "-v", "error", "-show_entries", "stream=field_order", "-of", "json")
RAW = {"codec": "ffv1", "look": Look(smoothing=0.5)}


def y4m_of(path: Path) -> bytes:
    """A film's frames as FFmpeg writes them to a pipe."""
    made = io.BytesIO()
    with av.open(str(path)) as film, av.open(made, "w", format="yuv4mpegpipe") as pipe:
        source = film.streams.video[0]
        stream = pipe.add_stream("wrapped_avframe", rate=source.average_rate)
        stream.width, stream.height, stream.pix_fmt = source.width, source.height, source.pix_fmt
        for frame in film.decode(video=0):
            pipe.mux(stream.encode(frame))
        pipe.mux(stream.encode(None))
    return made.getvalue()


def planes(film, index: int) -> list[np.ndarray]:
    """One plane of each frame of a file or of bytes."""
    found = []
    with av.open(io.BytesIO(film) if isinstance(film, bytes) else str(film)) as opened:
        for frame in opened.decode(video=0):
            plane = frame.planes[index]
            dtype = np.uint16 if frame.format.components[index].bits > 8 else np.uint8
            rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)
            found.append(rows[:, : plane.width].copy())
    return found


@pytest.mark.parametrize("size", [(64, 48), (65, 47)], ids=["even", "odd"])
def test_a_stream_gives_the_frames_of_the_file(tmp_path, make_film, colorizer, size):
    source = make_film(
        tmp_path / "f.mkv", frames=8, size=size, codec="ffv1", pixel_format="yuv420p"
    )
    colorize_video(source, tmp_path / "whole.mkv", colorizer, VideoOptions(**RAW))
    out = io.BytesIO()
    options = VideoOptions(look=RAW["look"])
    result = colorize_video(io.BytesIO(y4m_of(source)), out, colorizer, options)
    assert (result.frames, result.warnings) == (8, ())
    head = out.getvalue().split(b"\n")[0].split()
    assert head[:4] == [b"YUV4MPEG2", b"W%d" % size[0], b"H%d" % size[1], b"F25:1"]
    for index in range(3):
        for one, other in zip(
            planes(out.getvalue(), index), planes(tmp_path / "whole.mkv", index), strict=True
        ):
            np.testing.assert_array_equal(one, other[: one.shape[0], : one.shape[1]])


def test_10_bits_aspect_and_fields_go_through(tmp_path, make_film, colorizer):
    source = make_film(
        tmp_path / "f.mp4",
        frames=3,
        pixel_format="yuv420p10le",
        set_up=lambda film, stream: setattr(
            stream.codec_context, "sample_aspect_ratio", Fraction(16, 15)
        ),
    )
    out = io.BytesIO()
    colorize_video(source, out, colorizer, VideoOptions())
    head = out.getvalue().split(b"\n")[0].split()
    assert b"C420p10" in head
    assert {b"Ip", b"A16:15"} <= set(head)
    for one, other in zip(planes(out.getvalue(), 0), planes(source, 0), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_a_stream_cannot_hold_is_said(tmp_path, make_film, colorizer):
    source = make_film(tmp_path / "f.mkv", frames=5, audio="aac")
    result = colorize_video(source, io.BytesIO(), colorizer, VideoOptions())
    assert result.warnings == ("y4m holds the picture alone: sound and all else are left out",)
    with pytest.raises(VideoError, match="standard output takes raw frames"):
        colorize_video(source, io.BytesIO(), colorizer, VideoOptions(codec="libx264"))


def test_a_stream_that_ends_too_early(tmp_path, make_film, colorizer):
    data = y4m_of(make_film(tmp_path / "f.mkv", frames=5))
    target = tmp_path / "out.mp4"
    result = colorize_video(io.BytesIO(data[:-100]), target, colorizer, VideoOptions())
    assert result.frames == 4
    for bad in (b"YUV4MPEG2 W0 H0\n", b"", data[:20]):
        with pytest.raises(VideoError, match="standard input: "):
            colorize_video(io.BytesIO(bad), target, colorizer, VideoOptions())
    huge = b"YUV4MPEG2 W100000 H100000 F25:1 Ip C420jpeg\nFRAME\n"
    with pytest.raises(VideoError, match="standard input: "):
        colorize_video(io.BytesIO(huge), target, colorizer, VideoOptions())


def run(*arguments, data: bytes, folder: Path, model: Path):
    return subprocess.run(
        [sys.executable, "-m", "edge_runtime", "colorize", *arguments, "--model", str(model)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        input=data,
        capture_output=True,
    )


def test_through_the_command(tmp_path, make_film, tiny_model):
    data = y4m_of(make_film(tmp_path / "f.mkv", frames=5))
    result = run("-", "-o", "-", "--stats", data=data, folder=tmp_path, model=tiny_model)
    assert result.returncode == 0, result.stderr
    assert b"5 frames" in result.stderr
    assert len(planes(result.stdout, 0)) == 5
    result = run("-", "-o", "x.mp4", data=data, folder=tmp_path, model=tiny_model)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout == b"- -> x.mp4\n"
    assert len(planes(tmp_path / "x.mp4", 0)) == 5
    film = (tmp_path / "f.mkv").read_bytes()
    result = run("-", "-o", "y.mp4", data=film, folder=tmp_path, model=tiny_model)
    assert result.returncode == 1
    told = b"tintlite: standard input: films are taken as y4m (ffmpeg -i FILM -f yuv4mpegpipe -)\n"
    assert result.stderr == told
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.mkv", "x.mp4"]


def test_a_reader_that_goes_away(tmp_path, make_film, tiny_model):
    source = make_film(tmp_path / "f.mkv", frames=200)
    command = f"{sys.executable} -m edge_runtime colorize {source} -o - --model {tiny_model}"
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -c 1000 > /dev/null"],  # noqa: S607
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr == "tintlite: standard output: cannot be written: Broken pipe\n"


def test_auto_takes_an_encoder_that_gives_the_frame_back(
    tmp_path, make_film, colorizer, monkeypatch
):
    """libx264 plays the hardware: this machine need not have any."""
    source = make_film(tmp_path / "f.mp4", frames=5)
    monkeypatch.setattr(hardware, "_CANDIDATES", ("h264_nvenc", "libx264"))
    options = VideoOptions(codec="auto")
    result = colorize_video(source, tmp_path / "a.mp4", colorizer, options)
    if result.codec == "libx264":
        assert result.warnings == ("libx264 was taken, which works on this machine",)
    # One that opens and gives something else back is not taken.
    monkeypatch.setattr(hardware, "_CANDIDATES", ("libx264",))
    monkeypatch.setattr(hardware, "_MOST_ERROR", -1)
    result = colorize_video(source, tmp_path / "b.mp4", colorizer, options)
    assert result.warnings == ("libx264 was taken: no encoder of hardware works here for .mp4",)
    result = colorize_video(source, tmp_path / "c.webm", colorizer, options)
    assert result.codec == "libvpx-vp9"


@pytest.fixture(scope="module")
def interlaced(tmp_path_factory, make_film):
    """A film whose two fields of a frame show an edge at two places."""

    def comb(film, stream):
        stream.codec_context.options = {"x264-params": "tff=1", "qp": "0"}
        stream.codec_context.flags |= Flags.interlaced_dct | Flags.interlaced_me
        for index in range(12):
            pixels = np.full((64, 96), 60, np.uint8)
            pixels[0::2, : 20 + 4 * index] = 200
            pixels[1::2, : 22 + 4 * index] = 200
            frame = av.VideoFrame.from_ndarray(pixels, "gray").reformat(format="yuv420p")
            film.mux(stream.encode(frame))

    return make_film(tmp_path_factory.mktemp("fields") / "f.mkv", frames=0, set_up=comb)


def combing(rows: np.ndarray) -> float:
    """How much neighbouring lines differ against lines of one field."""
    rows = rows.astype(float)
    return np.abs(rows[1:-1] - (rows[:-2] + rows[2:]) / 2).mean()


def test_deinterlaced_films_are_progressive(tmp_path, interlaced, colorizer):
    target = tmp_path / "out.mkv"
    result = colorize_video(interlaced, target, colorizer, VideoOptions(deinterlace=True, **RAW))
    assert (result.frames, result.warnings) == (12, ())
    before, after = planes(interlaced, 0), planes(target, 0)
    assert combing(after[5]) < combing(before[5]) / 3
    with av.open(str(interlaced)) as old, av.open(str(target)) as new:
        times = [[frame.time for frame in film.decode(video=0)] for film in (old, new)]
    assert times[0] == times[1]
    with av.open(str(target)) as film:
        assert not any(frame.interlaced_frame for frame in film.decode(video=0))
    if shutil.which("ffprobe"):
        for path, order in ((interlaced, "tt"), (target, "progressive")):
            told = subprocess.run(
                [*FIELD_ORDER, str(path)],
                check=True,
                capture_output=True,
            )
            assert json.loads(told.stdout)["streams"][0]["field_order"] == order


def test_progressive_films_stay_as_they_are(tmp_path, make_film, colorizer, luma_planes):
    source = make_film(tmp_path / "f.mkv", frames=5, audio="aac")
    target = tmp_path / "out.mkv"
    result = colorize_video(source, target, colorizer, VideoOptions(deinterlace=True, **RAW))
    assert result.warnings == ("no frame says that it is interlaced: all are as they were",)
    for old, new in zip(luma_planes(source), luma_planes(target), strict=True):
        np.testing.assert_array_equal(old, new)
