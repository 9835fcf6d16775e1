"""Cut-off and damaged films, full disks: what can be kept is kept, and nothing else is touched."""

import errno
import os

import av
import numpy as np
import pytest

from edge_runtime import Look
from edge_runtime.video import VideoError, VideoOptions, colorize_video, writer

PLAIN = {"look": Look(smoothing=0.0), "preset": "ultrafast"}


def remuxed(source, target, **options):
    """The same packets in another container."""
    with av.open(str(source)) as film, av.open(str(target), "w", **options) as copy:
        streams = [copy.add_stream_from_template(s, opaque=True) for s in film.streams]
        for packet in film.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                copy.mux(packet)
    return target


@pytest.fixture(scope="module")
def film(tmp_path_factory, make_film):
    folder = tmp_path_factory.mktemp("film")
    return make_film(folder / "f.mp4", frames=100, audio="aac", options={"g": "10"})


@pytest.mark.parametrize("kind", ["mp4 with its index first", "mkv"])
def test_a_cut_off_film_keeps_what_can_be_decoded(
    tmp_path, film, colorizer, luma_planes, packets, kind
):
    if kind == "mkv":
        whole = remuxed(film, tmp_path / "whole.mkv")
    else:
        whole = remuxed(film, tmp_path / "whole.mp4", options={"movflags": "faststart"})
    cut = tmp_path / f"cut{whole.suffix}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    target = tmp_path / f"out{whole.suffix}"
    result = colorize_video(cut, target, colorizer, VideoOptions(crf=0, **PLAIN))
    assert result.damaged
    assert "cut off" in result.warnings[-1]
    assert 30 < result.frames < 70
    kept = luma_planes(target)
    assert len(kept) == result.frames
    with av.open(str(cut)) as film_:
        decodable = sum(1 for _ in _decodable(film_))
    assert result.frames == decodable
    whole_planes = luma_planes(whole)
    np.testing.assert_array_equal(np.array(kept[:-3]), np.array(whole_planes[: len(kept) - 3]))
    sound = [p[3] for p in packets(target, "audio")]
    assert sound == [p[3] for p in packets(whole, "audio")][: len(sound)]
    assert len(sound) > 40


def _decodable(film):
    for packet in film.demux(video=0):
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


def test_a_cut_off_film_without_its_index(tmp_path, film, colorizer):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    with pytest.raises(VideoError, match="cut off: its index is missing"):
        colorize_video(cut, tmp_path / "out.mp4", colorizer)
    assert [path.name for path in tmp_path.iterdir()] == ["cut.mp4"]


def test_spoilt_bytes_in_the_middle(tmp_path, make_film, colorizer):
    source = make_film(
        tmp_path / "f.mkv", frames=60, codec="mpeg4", options={"g": "5"}, audio="pcm_s16le"
    )
    data = bytearray(source.read_bytes())
    rng = np.random.default_rng(2)
    for place in rng.integers(len(data) // 3, len(data) // 2, 60):
        data[place] ^= 0xFF
    source.write_bytes(data)
    result = colorize_video(source, tmp_path / "out.mkv", colorizer, VideoOptions(**PLAIN))
    assert result.damaged
    assert 20 < result.frames <= 60


def test_a_whole_film_is_not_called_damaged(tmp_path, film, colorizer):
    for name in ("a.mkv", "a.mov", "a.ts"):
        source = remuxed(film, tmp_path / name)
        result = colorize_video(source, tmp_path / "out.mkv", colorizer, VideoOptions(**PLAIN))
        assert (result.frames, result.damaged, result.warnings) == (100, False, ())


def test_a_size_that_changes_under_way(tmp_path, make_film, colorizer, luma_planes):
    parts = [
        make_film(tmp_path / f"{size[0]}.ts", frames=10, size=size) for size in ((96, 64), (64, 48))
    ]
    both = tmp_path / "both.ts"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    target = tmp_path / "out.mkv"
    result = colorize_video(
        both, target, colorizer, VideoOptions(codec="ffv1", look=Look(smoothing=0))
    )
    assert any("another size" in warning for warning in result.warnings)
    assert {plane.shape for plane in luma_planes(target)} == {(64, 96)}
    assert result.frames == 20


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that is full after some packets, as FFmpeg's muxer tells it."""

    class Full:
        def __init__(self, container):
            self._container = container
            self._written = 0

        def __getattr__(self, name):
            return getattr(self._container, name)

        def mux_one(self, packet):
            self._written += 1
            if self._written > 20:
                raise av.error.OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._container.mux_one(packet)

    opened = av.open

    def open_full(file, mode=None, *rest, **options):
        container = opened(file, mode, *rest, **options)
        return Full(container) if mode == "w" and isinstance(file, str) else container

    monkeypatch.setattr(writer.av, "open", open_full)


def test_a_full_disk_leaves_the_old_file(tmp_path, film, colorizer, full_disk):
    target = tmp_path / "out.mp4"
    target.write_bytes(b"the old film")
    with pytest.raises(VideoError, match="cannot be written: No space left"):
        colorize_video(film, target, colorizer, VideoOptions(**PLAIN))
    assert target.read_bytes() == b"the old film"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_an_error_of_the_network_leaves_nothing(tmp_path, film, colorizer):
    class Broken:
        input_size, output_size = colorizer.input_size, colorizer.output_size
        framing, contract, described = colorizer.framing, colorizer.contract, "a model"

        def predict(self, view):
            raise RuntimeError("no more")

    for serial in (True, False):
        with pytest.raises(RuntimeError, match="no more"):
            colorize_video(
                film, tmp_path / "out.mp4", Broken(), VideoOptions(serial=serial, **PLAIN)
            )
        assert list(tmp_path.iterdir()) == []
