"""A film that was stopped goes on where it was, and becomes what it would have been."""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.context import Flags

from edge_runtime import Look
from edge_runtime.cli import main
from edge_runtime.video import (
    VideoError,
    VideoOptions,
    VideoStoppedError,
    colorize_video,
    reader,
)
from edge_runtime.video.leftovers import folder_of

ROOT = Path(__file__).parents[3]
FAST = {"preset": "ultrafast"}


def frames_of(path: Path) -> list[tuple]:
    """Time and MD5 of every frame, as FFmpeg decodes it."""
    found = []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            deep = frame.format.components[0].bits > 8
            planes = b"".join(
                np.frombuffer(plane, np.uint8)
                .reshape(plane.height, -1)[:, : plane.width << deep]
                .tobytes()
                for plane in frame.planes
            )
            found.append((frame.time, hashlib.md5(planes, usedforsecurity=False).hexdigest()))
    return found


def packets_of(path: Path, kind: str) -> list[tuple]:
    with av.open(str(path)) as film:
        return [
            (packet.pts, packet.dts, packet.duration, bytes(packet))
            for packet in film.demux()
            if packet.size and packet.stream.type == kind
        ]


def assert_same(one: Path, other: Path) -> None:
    """The same frames at the same times, and the same sound."""
    assert frames_of(one) == frames_of(other)
    for kind in ("video", "audio", "subtitle"):
        assert packets_of(one, kind) == packets_of(other, kind)


@pytest.fixture
def short_segments(monkeypatch):
    """Segments of 25 frames at 25 frames a second."""
    monkeypatch.setattr(reader, "_SEGMENT_SECONDS", 1)


@pytest.fixture
def stopped(interrupted):
    """Stops a film when so many frames are encoded, and gives the error."""

    def stop(source, target, colorizer, options, frames) -> VideoStoppedError:
        error = interrupted(source, target, colorizer, options, frames)
        assert isinstance(error, VideoStoppedError)
        assert isinstance(error.__cause__, KeyboardInterrupt)
        assert not target.exists()
        return error

    return stop


class Failing:
    """A colorizer that fails once, after so many frames."""

    def __init__(self, colorizer, after: int):
        self._colorizer, self._left = colorizer, after

    def __getattr__(self, name):
        return getattr(self._colorizer, name)

    def predict(self, view):
        self._left -= 1
        if self._left == 0:
            raise RuntimeError("no more")
        return self._colorizer.predict(view)


KINDS = {
    "H.264 in MP4": ("mp4", "libx264", {}),
    "H.265 in MKV": ("mkv", "libx265", {}),
    "VP9 in WebM": ("webm", "libvpx-vp9", {}),
    "MPEG-4 in AVI": ("avi", "mpeg4", {"codec": "mpeg4"}),
    "H.264 in AVI": ("avi", "libx264", {}),
    "FFV1 of 10 bits in MKV": ("mkv", "ffv1", {"pixel_format": "yuv420p10le"}),
    "MPEG-2 in TS": ("ts", "mpeg2video", {"codec": "mpeg2video"}),
    "ProRes in MOV": ("mov", "prores_ks", {"options": {"g": "1000"}}),
    "a film of long groups": ("mp4", "libx264", {"options": {"g": "1000", "bf": "3"}}),
    "a film that is refreshed little by little": (
        "mp4",
        "libx264",
        {"options": {"g": "30", "x264-params": "intra-refresh=1:bframes=0"}},
    ),
    "a film of open groups": (
        "mp4",
        "libx264",
        {"options": {"g": "10", "x264-params": "open-gop=1:bframes=3"}},
    ),
    "a film of unequal frames": (
        "mp4",
        "libx264",
        {
            "times": [n * 40 + (n * n * 7) % 33 for n in range(105)],
            "time_base": Fraction(1, 1000),
        },
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_stopped_at_any_frame_it_ends_the_same(
    tmp_path, make_film, colorizer, short_segments, stopped, kind
):
    ending, codec, made = KINDS[kind]
    sound = None if ending == "webm" else "mp2"
    source = make_film(tmp_path / "f.mkv", frames=105, size=(64, 48), audio=sound, **made)
    preset = "ultrafast" if codec in ("libx265",) else None
    options = VideoOptions(codec=codec, preset=preset, look=Look(smoothing=0.9), stats=True)
    whole, target = tmp_path / f"whole.{ending}", tmp_path / f"out.{ending}"
    expected = colorize_video(source, whole, colorizer, options)
    assert expected.frames == 105
    assert expected.resumed == 0
    done = 0
    for frames in (30, 80):
        stop = stopped(source, target, colorizer, options, frames)
        assert stop.frames % 25 == 0
        assert stop.frames > done
        assert stop.film_seconds == pytest.approx(stop.frames / 25, rel=0.2)
        done = stop.frames
    result = colorize_video(source, target, colorizer, options)
    assert_same(target, whole)
    assert result.resumed == done
    assert (result.frames, result.film_seconds) == (expected.frames, expected.film_seconds)
    assert (result.warnings, result.cuts) == (expected.warnings, expected.cuts)
    assert result.flicker == expected.flicker
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["f.mkv", whole.name, target.name])


def test_a_part_of_a_film_goes_on(tmp_path, make_film, colorizer, short_segments):
    source = make_film(tmp_path / "f.mp4", frames=200, audio="aac", options={"g": "12"})
    options = VideoOptions(start=1.5, end=6.2, preview=tmp_path / "still.png", **FAST)
    whole, target = tmp_path / "whole.mp4", tmp_path / "out.mp4"
    colorize_video(source, whole, colorizer, options)
    # 25 frames are closed by then, and the middle one, the 59th, is not there yet.
    failing = Failing(colorizer, after=45)
    with pytest.raises(RuntimeError, match="no more"):
        colorize_video(source, target, failing, options)
    (tmp_path / "still.png").write_bytes(b"written by the first run")
    assert colorize_video(source, target, failing, options).resumed == 25
    assert_same(target, whole)
    assert (tmp_path / "still.png").read_bytes()[1:4] == b"PNG"  # the one of the middle


def test_a_deinterlaced_film_goes_on(tmp_path, make_film, colorizer, short_segments):
    """The filter knows the frames before and after each."""

    def two_fields(film, stream):
        stream.codec_context.flags |= Flags.interlaced_dct | Flags.interlaced_me

    source = make_film(tmp_path / "f.mp4", frames=160, set_up=two_fields, options={"g": "10"})
    options = VideoOptions(deinterlace=True, **FAST)
    whole, target = tmp_path / "whole.mp4", tmp_path / "out.mp4"
    expected = colorize_video(source, whole, colorizer, options)
    assert expected.warnings == ()
    failing = Failing(colorizer, after=120)
    with pytest.raises(RuntimeError, match="no more"):
        colorize_video(source, target, failing, options)
    assert colorize_video(source, target, failing, options).resumed >= 75
    assert_same(target, whole)


def test_a_damaged_film_goes_on_and_tells_all_its_damage(
    tmp_path, make_film, colorizer, short_segments, stopped
):
    source = make_film(tmp_path / "f.ts", frames=200, codec="mpeg2video", options={"g": "10"})
    data = bytearray(source.read_bytes())
    for place in (len(data) // 4, len(data) * 3 // 4):
        data[place : place + 300] = os.urandom(300)
    source.write_bytes(data)
    whole, target = tmp_path / "whole.mkv", tmp_path / "out.mkv"
    expected = colorize_video(source, whole, colorizer, VideoOptions(**FAST))
    stopped(source, target, colorizer, VideoOptions(**FAST), 120)
    result = colorize_video(source, target, colorizer, VideoOptions(**FAST))
    assert_same(target, whole)
    assert result.warnings == expected.warnings
    assert result.damaged


@pytest.fixture
def begun(tmp_path, make_film, colorizer, short_segments, stopped):
    """A film of 100 frames, its result, of which 50 are done, and the options."""
    source, target = make_film(tmp_path / "f.mp4", frames=100), tmp_path / "out.mp4"
    options = VideoOptions(**FAST)
    assert stopped(source, target, colorizer, options, 55).frames >= 50
    return source, target, options


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"crf": 30}, "with crf 18"),
        ({"look": Look(saturation=1.5)}, "with saturation 1.0"),
        ({"end": 3.0}, "with end not set"),
        ({"preset": None}, "with preset ultrafast"),
    ],
)
def test_other_options_are_named_and_refused(begun, colorizer, change, words):
    source, target, options = begun
    with pytest.raises(VideoError) as caught:
        colorize_video(source, target, colorizer, VideoOptions(**(FAST | change)))
    assert str(caught.value) == (
        f"{target}: {folder_of(target)} holds what an earlier run made {words}: "
        "--no-resume begins anew"
    )
    # It is still there, and goes on with its own options.
    assert colorize_video(source, target, colorizer, options).resumed >= 50


def test_another_film_is_refused_and_begun_anew(begun, colorizer):
    source, target, options = begun
    os.utime(source, ns=(0, 0))
    with pytest.raises(VideoError, match="an earlier run made of another film: --no-resume"):
        colorize_video(source, target, colorizer, options)
    anew = VideoOptions(resume=False, **FAST)
    assert colorize_video(source, target, colorizer, anew).resumed == 0
    assert not folder_of(target).exists()


def test_spoilt_leftovers_are_made_again(begun, colorizer, tmp_path):
    source, target, options = begun
    whole = tmp_path / "whole.mp4"
    colorize_video(source, whole, colorizer, options)
    folder = folder_of(target)
    state = folder / "000001.npz"
    state.write_bytes(state.read_bytes()[:-100])
    (folder / "000000.segment").touch()
    (folder / "segment.part").write_bytes(b"half")
    assert colorize_video(source, target, colorizer, options).resumed == 25
    assert_same(target, whole)


def test_a_lost_manifest_is_no_manifest(begun, colorizer):
    source, target, options = begun
    (folder_of(target) / "manifest.json").write_text("{")
    assert colorize_video(source, target, colorizer, options).resumed == 0


def test_two_runs_do_not_work_on_one_result(begun, colorizer):
    source, target, options = begun
    refused = []

    def second(progress):
        if not refused:
            with pytest.raises(VideoError, match="another run is at work on it") as caught:
                colorize_video(source, target, colorizer, options)
            refused.append(caught)

    assert colorize_video(source, target, colorizer, options, second).frames == 100
    assert refused


def test_ctrl_c_before_the_first_segment_leaves_nothing(
    tmp_path, make_film, colorizer, interrupted
):
    source, target = make_film(tmp_path / "f.mp4", frames=200), tmp_path / "out.mp4"
    error = interrupted(source, target, colorizer, VideoOptions(**FAST), 0)
    assert isinstance(error, KeyboardInterrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["f.mp4"]


def test_a_place_that_is_not_found_is_counted_to(begun, colorizer, tmp_path):
    """Decoding from the noted key gives other frames: as from a key that is none."""
    source, target, options = begun
    whole = tmp_path / "whole.mp4"
    colorize_video(source, whole, colorizer, options)
    (last,) = sorted(folder_of(target).glob("*.npz"))[-1:]
    with np.load(last) as arrays:
        state = dict(arrays)
    facts = json.loads(state["track.facts"].tobytes())
    facts["point"]["packet"] = facts["point"]["frames"] - 3
    state["track.facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(last, **state)
    assert colorize_video(source, target, colorizer, options).resumed >= 50
    assert_same(target, whole)


def test_a_film_that_decodes_otherwise_is_refused(begun, colorizer):
    source, target, options = begun
    (last,) = sorted(folder_of(target).glob("*.npz"))[-1:]
    with np.load(last) as arrays:
        state = dict(arrays)
    facts = json.loads(state["track.facts"].tobytes())
    facts["point"]["check"] ^= 1
    state["track.facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(last, **state)
    with pytest.raises(VideoError, match="decodes otherwise than when it was begun: --no-resume"):
        colorize_video(source, target, colorizer, options)


# Through the command.


@pytest.fixture(scope="module")
def long_film(tmp_path_factory, make_film) -> Path:
    """660 frames, 30 a segment, with sound."""
    folder = tmp_path_factory.mktemp("long")
    return make_film(folder / "f.mkv", frames=660, rate=3, audio="aac", options={"g": "37"})


@pytest.fixture
def command(tiny_model):
    return [
        *(sys.executable, "-m", "edge_runtime", "colorize", "f.mkv", "-o", "out.mp4"),
        *("--model", str(tiny_model), "--preset", "ultrafast", "--threads", "1"),
    ]


def begin(command: list[str], folder: Path, **options) -> subprocess.Popen:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def wait_for(process: subprocess.Popen, reached) -> None:
    """Until something is there, or the process has ended."""
    while process.poll() is None and not reached():
        time.sleep(0.005)


def bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def test_killed_at_ten_random_moments_it_ends_the_same(
    tmp_path, long_film, command, colorizer, packets
):
    shutil.copy2(long_film, tmp_path / "f.mkv")
    whole = tmp_path / "whole.mp4"
    target = tmp_path / "out.mp4"
    folder = folder_of(target)
    chance = random.Random(19)  # noqa: S311
    for _ in range(10):
        there = len(list(folder.glob("*.npz")))
        wanted, size = there + chance.randrange(2), chance.randrange(24_000)

        def reached(wanted=wanted, size=size):
            states = len(list(folder.glob("*.npz")))
            return states > wanted or (
                states == wanted and bytes_of(folder / "segment.part") >= size
            )

        process = begin(command, tmp_path)
        wait_for(process, reached)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not target.exists()
    # And once more while all is joined.
    process = begin(command, tmp_path)
    wait_for(process, lambda: bytes_of(folder / "whole.part") > 100_000)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    if process.returncode:
        process = begin(command, tmp_path)
        err = process.communicate()[1]
        assert process.returncode == 0, err
        assert "of its frames are those of an earlier run" in err
    process = begin([part.replace("out.mp4", "whole.mp4") for part in command], tmp_path)
    process.communicate()
    assert process.returncode == 0
    assert len(frames_of(target)) == 660
    assert_same(target, whole)
    assert len(packets(target, "audio")) == len(packets(tmp_path / "f.mkv", "audio"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.mkv", "out.mp4", "whole.mp4"]
    if shutil.which("ffprobe"):
        for path in (target, whole):
            told = subprocess.run(
                [  # noqa: S607
                    "ffprobe",
                    "-v",
                    "error",
                    "-count_packets",
                    "-show_entries",
                    "stream=codec_name,nb_read_packets,duration",
                    "-of",
                    "json",
                    path.name,
                ],
                cwd=tmp_path,
                check=True,
                capture_output=True,
                text=True,
            )
            assert told.stderr == ""
            picture, sound = json.loads(told.stdout)["streams"]
            assert picture["nb_read_packets"] == "660"
            assert float(sound["duration"]) == pytest.approx(220, abs=0.1)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-C", "SIGTERM"]
)
def test_a_signal_keeps_what_is_done(tmp_path, long_film, command, number, code):
    shutil.copy2(long_film, tmp_path / "f.mkv")
    (tmp_path / "out.mp4").write_bytes(b"the old film")
    process = begin([*command, "--overwrite"], tmp_path)
    folder = folder_of(tmp_path / "out.mp4")
    wait_for(process, lambda: (folder / "000002.npz").exists())
    process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == code, err
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith("tintlite: out.mp4: ")
    assert first.endswith(" s of the film are done: the same command goes on there")
    assert float(first.split()[2]) >= 30
    assert second == "tintlite: interrupted: 0 done, 1 left"
    # An older result stays, and the hidden folder is no film of its own.
    assert (tmp_path / "out.mp4").read_bytes() == b"the old film"
    assert sorted(p.name for p in tmp_path.iterdir()) == [folder.name, "f.mkv", "out.mp4"]


def test_a_full_disk_keeps_what_is_done(tmp_path, long_film, command, capfd):
    """A limit on the size of files stops the join, as a full disk does."""
    shutil.copy2(long_film, tmp_path / "f.mkv")
    limit = 200_000
    process = begin(
        command,
        tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    _, err = process.communicate()
    assert process.returncode == 1
    assert err.startswith("tintlite: out.mp4: cannot be written: ")
    assert err.count("\n") == 1
    assert len(list(folder_of(tmp_path / "out.mp4").glob("*.npz"))) == 21
    assert not (tmp_path / "out.mp4").exists()
    process = begin(command, tmp_path)
    err = process.communicate()[1]
    assert process.returncode == 0
    assert err == "tintlite: f.mkv: note: 630 of its frames are those of an earlier run\n"
    assert len(frames_of(tmp_path / "out.mp4")) == 660


def test_no_resume(tmp_path, long_film, command, capfd, monkeypatch):
    shutil.copy2(long_film, tmp_path / "f.mkv")
    process = begin(command, tmp_path)
    wait_for(process, lambda: (folder_of(tmp_path / "out.mp4") / "000000.npz").exists())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    monkeypatch.chdir(tmp_path)
    assert main([*command[3:], "--saturation", "1.5", "--end", "20"]) == 1
    err = capfd.readouterr().err
    assert err == (
        "tintlite: out.mp4: .tintlite-out.mp4 holds what an earlier run made with saturation 1.0, "
        "end not set: --no-resume begins anew\n"
    )
    assert main([*command[3:], "--saturation", "1.5", "--end", "20", "--no-resume"]) == 0
    assert capfd.readouterr().err == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.mkv", "out.mp4"]
