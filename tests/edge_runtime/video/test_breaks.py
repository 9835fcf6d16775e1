"""Films whose clock begins anew, jumps, or starts late: joined parts of DVDs, recordings."""

from fractions import Fraction

import av
import numpy as np
import pytest

from edge_runtime import Look
from edge_runtime.video import VideoOptions, colorize_video

PLAIN = {"look": Look(smoothing=0), "preset": "ultrafast"}
KINDS = {"mpeg": ("vob", "mpeg2video", "mp2"), "ts": ("mpegts", "libx264", "aac")}


@pytest.fixture(scope="module")
def part(tmp_path_factory, make_film):
    """Makes a film of a second whose clock starts at some seconds; returns its bytes."""
    folder = tmp_path_factory.mktemp("parts")

    def make(kind: str, start: int) -> bytes:
        container, codec, audio = KINDS[kind]
        path = folder / f"{start}.{kind}"
        if not path.exists():
            plain = make_film(
                folder / f"plain.{kind}.mkv", size=(128, 96), codec=codec, audio=audio
            )
            options = {"output_ts_offset": str(start)}
            with (
                av.open(str(plain)) as film,
                av.open(str(path), "w", format=container, container_options=options) as copy,
            ):
                streams = [copy.add_stream_from_template(s, opaque=True) for s in film.streams]
                for packet in film.demux():
                    if packet.size:
                        packet.stream = streams[packet.stream_index]
                        copy.mux(packet)
        return path.read_bytes()

    return make


def times(path, kind: str) -> np.ndarray:
    """The seconds at which a stream's packets are played."""
    with av.open(str(path)) as film:
        stream = getattr(film.streams, kind)[0]
        found = [packet.pts for packet in film.demux(stream) if packet.size]
        return np.sort(np.array(found, float)) * float(stream.time_base)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("starts", "ending"),
    [((0, 0), "mp4"), ((0, 600), "mkv"), ((600, 0), "mp4"), ((600, 0, 3000), "mkv")],
)
def test_breaks_of_the_clock_are_taken_out(tmp_path, colorizer, part, kind, starts, ending):
    film = tmp_path / f"film.{kind}"
    film.write_bytes(b"".join(part(kind, start) for start in starts))
    target = tmp_path / f"out.{ending}"
    result = colorize_video(film, target, colorizer, VideoOptions(**PLAIN))
    count = len(starts)
    assert f"breaks in the film's clock, taken out: {count - 1}" in result.warnings
    assert result.frames == 25 * count
    assert result.film_seconds == pytest.approx(count, abs=0.1 * count)
    one = tmp_path / f"one.{kind}"
    one.write_bytes(part(kind, 0))
    packets = len(times(one, "audio"))
    picture, sound = times(target, "video"), times(target, "audio")
    assert (len(picture), len(sound)) == (25 * count, packets * count)
    assert 0 <= min(picture[0], sound[0]) < 0.03
    assert np.diff(picture).max() < 0.1
    assert np.diff(sound).max() < 0.1
    # In step: each part's sound begins with its picture, as in the part alone.
    apart = times(one, "audio")[0] - times(one, "video")[0]
    for number in range(count):
        there = sound[packets * number] - picture[25 * number]
        assert there == pytest.approx(apart, abs=0.03)


def test_a_start_behind_a_break(tmp_path, colorizer, part, luma_planes):
    film = tmp_path / "film.mpg"
    film.write_bytes(part("mpeg", 600) + part("mpeg", 0))
    target = tmp_path / "out.mkv"
    options = VideoOptions(start=1.5, end=1.9, codec="ffv1", look=Look(smoothing=0))
    result = colorize_video(film, target, colorizer, options)
    assert (result.frames, result.damaged) == (10, False)
    whole = luma_planes(film)
    first = np.abs(np.array(whole, int) - luma_planes(target)[0]).mean((1, 2))
    # The parts are the same pictures: those of the second are 25 later.
    assert int(np.argmin(first[25:])) in (12, 13)


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "avi"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_film_starts_at_0(tmp_path, colorizer, part, kind, ending):
    film = tmp_path / f"film.{kind}"
    film.write_bytes(part(kind, 900))
    target = tmp_path / f"out.{ending}"
    preset = None if ending in ("webm", "avi") else "ultrafast"
    result = colorize_video(
        film, target, colorizer, VideoOptions(look=Look(smoothing=0), preset=preset)
    )
    assert result.frames == 25
    picture = times(target, "video")
    assert picture[-1] - picture[0] == pytest.approx(24 / 25, abs=0.01)
    if any("its sound" in warning for warning in result.warnings):
        assert ending in ("webm", "avi")
        assert 0 <= picture[0] < 0.1
        return
    sound = times(target, "audio")
    assert 0 <= min(picture[0], sound[0]) < 0.03
    apart = times(film, "audio")[0] - times(film, "video")[0]
    tick = 1 / 25 if ending == "avi" else 0.002
    assert sound[0] - picture[0] == pytest.approx(apart, abs=tick)


def test_a_gap_is_no_break(tmp_path, make_film, colorizer):
    """A recorder that paused for some seconds: as FFmpeg does, the gap stays."""
    base = Fraction(1, 90_000)
    ticks = [3600 * n + (5 * 90_000 if n >= 10 else 0) for n in range(20)]
    film = make_film(tmp_path / "f.ts", frames=20, times=ticks, time_base=base, options={"bf": "0"})
    result = colorize_video(film, tmp_path / "out.mkv", colorizer, VideoOptions(**PLAIN))
    assert result.warnings == ()
    assert np.diff(times(tmp_path / "out.mkv", "video")).max() == pytest.approx(5.04, abs=0.01)
