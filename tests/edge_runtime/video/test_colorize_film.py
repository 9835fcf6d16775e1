"""A film in, a film out: what is new is the chroma, and what is kept is all the rest."""

from fractions import Fraction

import av
import numpy as np
import pytest
from av.codec.context import Flags
from PIL import Image

from edge_runtime import Look
from edge_runtime.video import VideoOptions, colorize_video
from edge_runtime.video.chroma import ChromaMaker
from edge_runtime.video.signal import Signal

PLAIN = {"look": Look(smoothing=0.0)}


class Watching:
    """A colorizer that remembers what it was shown, and what it gave."""

    def __init__(self, colorizer):
        self._colorizer = colorizer
        self.input_size, self.output_size = colorizer.input_size, colorizer.output_size
        self.described = "a model that is watched"
        self.contract = colorizer.contract
        self.seen: list[np.ndarray] = []
        self.given: list[np.ndarray] = []

    def framing(self, height, width, look):
        return self._colorizer.framing(height, width, look)

    def predict(self, view):
        self.seen.append(view.lightness)
        self.given.append(self._colorizer.predict(view))
        return self.given[-1]


def has_colour(planes) -> bool:
    return max(np.ptp(cb.astype(int)) + np.ptp(cr.astype(int)) for cb, cr in planes) > 10


def picture_of(path):
    """The picture stream's facts."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        context = stream.codec_context
        return {
            "codec": context.name,
            "format": context.pix_fmt,
            "size": (context.width, context.height),
            "tags": (
                context.color_range,
                context.colorspace,
                context.color_primaries,
                context.color_trc,
            ),
            "aspect": stream.sample_aspect_ratio,
            "time base": stream.time_base,
            "language": stream.metadata.get("language"),
        }


def frames_of(path) -> list[tuple]:
    """(time in ticks, length in ticks, interlaced, quarter turns) of each frame."""
    with av.open(str(path)) as film:
        return [
            (frame.pts, frame.duration, frame.interlaced_frame, frame.rotation)
            for frame in film.decode(video=0)
        ]


@pytest.mark.parametrize(("ending", "codec", "crf"), [("mkv", "ffv1", None), ("mp4", "libx264", 0)])
def test_the_luma_passes_through_untouched(
    tmp_path, make_film, colorizer, luma_planes, chroma_planes, ending, codec, crf
):
    source = make_film(tmp_path / "film.mp4")
    target = tmp_path / f"out.{ending}"
    result = colorize_video(source, target, colorizer, VideoOptions(codec=codec, crf=crf, **PLAIN))
    assert (result.frames, result.codec, result.damaged) == (25, codec, False)
    assert result.warnings == ()
    assert result.film_seconds == pytest.approx(1)
    assert sum(result.stages.values()) == pytest.approx(1)
    before, after = luma_planes(source), luma_planes(target)
    assert len(before) == len(after) == 25
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)
    assert has_colour(chroma_planes(target))


def test_a_crf_of_0_is_lossless_at_10_bits(tmp_path, make_film, colorizer, luma_planes):
    source = make_film(tmp_path / "film.mp4", frames=4, pixel_format="yuv420p10le")
    target = tmp_path / "out.mp4"
    colorize_video(source, target, colorizer, VideoOptions(crf=0, **PLAIN))
    assert picture_of(target)["format"] == "yuv420p10le"
    for old, new in zip(luma_planes(source), luma_planes(target), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("pixel_format", "codec", "ending", "depth", "full"),
    [
        ("yuv420p10le", "libx264", "mp4", 10, False),
        ("gray", "ffv1", "mkv", 8, True),
        ("gray10le", "ffv1", "mkv", 10, True),
        ("yuvj420p", "mjpeg", "mov", 8, True),
        ("yuv422p", "ffv1", "mkv", 8, False),
        ("yuv444p10le", "libx264", "mp4", 10, False),
        ("yuv411p", "ffv1", "mkv", 8, False),
    ],
)
def test_the_luma_of_other_formats_passes_too(
    tmp_path, make_film, colorizer, luma_planes, pixel_format, codec, ending, depth, full
):
    source = make_film(
        tmp_path / f"film.{ending}", frames=6, codec=codec, pixel_format=pixel_format
    )
    target = tmp_path / "out.mkv"
    colorize_video(source, target, colorizer, VideoOptions(codec="ffv1", **PLAIN))
    facts = picture_of(target)
    assert facts["format"] == ("yuv420p" if depth == 8 else "yuv420p10le")
    assert facts["tags"][0] == (2 if full else 1)
    before, after = luma_planes(source), luma_planes(target)
    assert len(before) == len(after) == 6
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("pixel_format", "codec", "bits"), [("gray16le", "ffv1", 16), ("yuv420p12le", "ffv1", 12)]
)
def test_deeper_luma_is_rounded_to_10_bits(
    tmp_path, make_film, colorizer, luma_planes, pixel_format, codec, bits
):
    source = make_film(tmp_path / "f.mkv", frames=3, codec=codec, pixel_format=pixel_format)
    target = tmp_path / "out.mkv"
    colorize_video(source, target, colorizer, VideoOptions(codec="ffv1", **PLAIN))
    for old, new in zip(luma_planes(source), luma_planes(target), strict=True):
        expected = np.minimum(np.floor(old / 2.0 ** (bits - 10) + 0.5), 1023)
        np.testing.assert_array_equal(new, expected)


def test_10_bits_become_8_where_the_encoder_has_no_more(
    tmp_path, make_film, colorizer, luma_planes
):
    source = make_film(tmp_path / "f.mp4", frames=3, pixel_format="yuv420p10le")
    target = tmp_path / "out.avi"
    colorize_video(source, target, colorizer, VideoOptions(codec="utvideo", **PLAIN))
    assert picture_of(target)["format"] == "yuv420p"
    for old, new in zip(luma_planes(source), luma_planes(target), strict=True):
        np.testing.assert_array_equal(new, (old + 2) // 4)


@pytest.mark.parametrize("pixel_format", ["bgr0", "rgba"])
def test_colour_films_give_their_luma(tmp_path, make_film, colorizer, luma_planes, pixel_format):
    codec, ending = ("ffv1", "mkv") if pixel_format == "bgr0" else ("png", "mov")
    source = make_film(tmp_path / f"f.{ending}", frames=2, codec=codec, pixel_format=pixel_format)
    target = tmp_path / "out.mkv"
    colorize_video(source, target, colorizer, VideoOptions(codec="ffv1", **PLAIN))
    with av.open(str(source)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    for rgb, luma in zip(pictures, luma_planes(target), strict=True):
        expected = 16 + 219 / 255 * (rgb @ np.array([0.299, 0.587, 0.114]))
        assert np.abs(luma - expected).max() <= 1.5


@pytest.mark.parametrize("interlaced", [False, True])
def test_without_saturation_all_stays_neutral(
    tmp_path, make_film, colorizer, chroma_planes, interlaced
):
    source = make_film(tmp_path / "f.mp4", frames=5, set_up=two_fields if interlaced else None)
    target = tmp_path / "out.mkv"
    options = VideoOptions(codec="ffv1", look=Look(saturation=0, smoothing=0))
    colorize_video(source, target, colorizer, options)
    for cb, cr in chroma_planes(target):
        assert (cb == 128).all()
        assert (cr == 128).all()


def test_the_chroma_is_that_of_the_network(tmp_path, make_film, colorizer, chroma_planes):
    """The bright of the tiny network is warm, the dark cold: as in its pictures."""
    source = make_film(tmp_path / "f.mp4", frames=2)
    target = tmp_path / "out.mkv"
    colorize_video(source, target, colorizer, VideoOptions(codec="ffv1", **PLAIN))
    with av.open(str(source)) as film:
        grey = next(film.decode(video=0)).to_ndarray(format="gray")
    rgb = colorizer.colorize(grey).astype(float)
    small = rgb.reshape(32, 2, 48, 2, 3).mean((1, 3))
    red, green, blue = np.moveaxis(small, -1, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    cb, cr = chroma_planes(target)[0]
    # Means of colours are not colours of means: close, no more.
    assert np.abs(cb - (128 + 224 / 255 * (blue - luma) / 1.772)).mean() < 2
    assert np.abs(cr - (128 + 224 / 255 * (red - luma) / 1.402)).mean() < 2


@pytest.mark.parametrize("look", [Look(), Look(smoothing=0.0), Look(framing="tile")])
def test_the_pipeline_equals_the_serial_path(
    tmp_path, make_film, colorizer, luma_planes, chroma_planes, look
):
    source = make_film(tmp_path / "f.mp4", frames=20, audio="aac")
    results = []
    for name, serial in (("a.mkv", True), ("b.mkv", False)):
        target = tmp_path / name
        options = VideoOptions(codec="ffv1", serial=serial, stats=True, look=look)
        results.append(colorize_video(source, target, colorizer, options))
    assert results[0].flicker == results[1].flicker
    for planes in (luma_planes, chroma_planes):
        one, other = (planes(tmp_path / name) for name in ("a.mkv", "b.mkv"))
        assert len(one) == len(other) == 20
        np.testing.assert_array_equal(np.array(one), np.array(other))


@pytest.mark.parametrize(
    ("ending", "audio"),
    [("mp4", "aac"), ("mov", "pcm_s16le"), ("mkv", "aac"), ("mkv", "pcm_s16le")],
)
def test_the_sound_is_copied_bit_for_bit_and_in_step(
    tmp_path, make_film, colorizer, packets, ending, audio
):
    source = make_film(tmp_path / f"f.{ending}", audio=audio)
    target = tmp_path / f"out.{ending}"
    result = colorize_video(source, target, colorizer, VideoOptions(**PLAIN))
    assert result.warnings == ()
    before, after = packets(source, "audio"), packets(target, "audio")
    assert len(before) > 20
    assert before == after
    assert [f[:2] for f in frames_of(source)] == [f[:2] for f in frames_of(target)]


def test_the_sound_stays_in_step_in_another_container(tmp_path, make_film, colorizer, packets):
    source = make_film(tmp_path / "f.mp4", audio="aac")
    target = tmp_path / "out.mkv"
    colorize_video(source, target, colorizer, VideoOptions(**PLAIN))
    assert [p[3] for p in packets(source, "audio")] == [p[3] for p in packets(target, "audio")]
    gaps = []
    for path in (source, target):
        with av.open(str(path)) as film:
            base = film.streams.audio[0].time_base
        sound = packets(path, "audio")
        picture = frames_of(path)
        tick = picture_of(path)["time base"]
        gaps.append([float(sound[i][0] * base - picture[i][0] * tick) for i in (0, -1)])
    np.testing.assert_allclose(gaps[0], gaps[1], atol=1 / 25)


def test_a_thousand_frames_of_variable_rate_keep_their_times(tmp_path, make_film, colorizer):
    rng = np.random.default_rng(0)
    for ending, base, longest, count in (
        ("mp4", Fraction(1, 90_000), 4000, 1000),
        ("mkv", Fraction(1, 1000), 60, 100),
    ):
        times = np.cumsum(rng.integers(1, longest, count)).tolist()
        source = make_film(
            tmp_path / f"f.{ending}",
            frames=count,
            size=(32, 16),
            times=times,
            time_base=base,
            options={"preset": "ultrafast"},
        )
        target = tmp_path / f"out.{ending}"
        options = VideoOptions(preset="ultrafast", **PLAIN)
        assert colorize_video(source, target, colorizer, options).frames == count
        before, after = frames_of(source), frames_of(target)
        assert picture_of(source)["time base"] == picture_of(target)["time base"] == base
        assert np.diff([frame[0] for frame in before]).tolist() == np.diff(times).tolist()
        # The film starts at 0.
        assert [frame[0] for frame in after] == [frame[0] - before[0][0] for frame in before]


def test_rotation_aspect_tags_chapters_and_metadata(tmp_path, make_film, colorizer):
    def set_up(film, stream):
        stream.set_display_rotation(90)
        stream.metadata["language"] = "deu"
        context = stream.codec_context
        context.sample_aspect_ratio = Fraction(4, 3)
        context.color_range, context.colorspace = 1, 1
        context.color_primaries, context.color_trc = 1, 1
        film.metadata.update(title="Old film", artist="Somebody")
        film.set_chapters(
            [
                {
                    "id": number,
                    "start": 400 * number,
                    "end": 400 * (number + 1),
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": title},
                }
                for number, title in enumerate(["One", "Two"])
            ]
        )

    source = make_film(tmp_path / "f.mp4", frames=20, set_up=set_up)
    for ending in ("mp4", "mkv", "mov"):
        target = tmp_path / f"out.{ending}"
        result = colorize_video(source, target, colorizer, VideoOptions(**PLAIN))
        assert result.warnings == ()
        facts = picture_of(target)
        assert facts["tags"] == (1, 1, 1, 1)
        assert facts["aspect"] == Fraction(4, 3)
        assert ending == "mov" or facts["language"] == "deu"
        assert {frame[3] for frame in frames_of(target)} == {90}
        with av.open(str(target)) as film:
            tags = {key.lower(): value for key, value in film.metadata.items()}
            assert (tags["title"], tags["artist"]) == ("Old film", "Somebody")
            chapters = [
                (float(c["start"] * c["time_base"]), c["metadata"]["title"])
                for c in film.chapters()
            ]
        assert chapters == [(0, "One"), (0.4, "Two")]


def test_the_network_sees_a_turned_film_upright(tmp_path, make_film, colorizer):
    """Phones write portraits lying on their side, with a note to turn them."""
    lying = make_film(tmp_path / "a.mkv", frames=1, codec="ffv1", pixel_format="gray")
    turned = make_film(
        tmp_path / "b.mkv",
        frames=1,
        codec="ffv1",
        pixel_format="gray",
        set_up=lambda film, stream: stream.set_display_rotation(90),
    )
    watching = Watching(colorizer)
    for film in (lying, turned):
        colorize_video(film, tmp_path / "out.mkv", watching, VideoOptions(**PLAIN))
    np.testing.assert_array_equal(np.rot90(watching.seen[0]), watching.seen[1])


@pytest.mark.parametrize(("size", "matrix"), [((96, 64), 6), ((1040, 16), 1)], ids=["SD", "HD"])
def test_what_is_not_tagged_is_tagged_as_players_guess(
    tmp_path, make_film, colorizer, size, matrix
):
    source = make_film(tmp_path / "f.mp4", frames=2, size=size)
    assert picture_of(source)["tags"][1] == 2
    target = tmp_path / "out.mp4"
    colorize_video(source, target, colorizer, VideoOptions(**PLAIN))
    assert picture_of(target)["tags"][:2] == (1, matrix)


def two_fields(film, stream):
    stream.codec_context.flags |= Flags.interlaced_dct | Flags.interlaced_me


def test_interlaced_films_stay_interlaced(tmp_path, make_film, colorizer, luma_planes):
    source = make_film(tmp_path / "f.mp4", frames=10, set_up=two_fields)
    assert all(frame[2] for frame in frames_of(source))
    for codec in ("libx264", "ffv1"):
        target = tmp_path / f"{codec}.mkv"
        colorize_video(source, target, colorizer, VideoOptions(codec=codec, **PLAIN))
        assert all(frame[2] for frame in frames_of(target))
    for old, new in zip(luma_planes(source), luma_planes(target), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_chroma_of_each_field_comes_from_its_own_lines(
    tmp_path, make_film, colorizer, chroma_planes
):
    """Two fields of two greys: each has the chroma of a plain frame of its grey."""

    def comb(film, stream):
        two_fields(film, stream)
        stream.codec_context.options = {"qp": "1"}
        frame = av.VideoFrame(96, 64, "yuv420p")
        for plane, levels in zip(frame.planes, ((60, 180), (128, 128), (128, 128)), strict=True):
            rows = np.empty((plane.height, plane.line_size), np.uint8)
            rows[::2], rows[1::2] = levels
            plane.update(rows.tobytes())
        film.mux(stream.encode(frame))

    source = make_film(tmp_path / "f.mp4", frames=0, set_up=comb)
    target = tmp_path / "out.mkv"
    watching = Watching(colorizer)
    colorize_video(source, target, watching, VideoOptions(codec="ffv1", **PLAIN))
    (ab,) = watching.given
    found = chroma_planes(target)[0]
    for field, level in ((0, 60), (1, 180)):
        expected = [np.empty((16, 48), np.uint8) for _ in range(2)]
        ChromaMaker(Signal(6, full=False)).fill(np.full((16, 48), level, np.uint8), ab, *expected)
        for plane, plain in zip(found, expected, strict=True):
            assert np.abs(plane[field::2].astype(int) - plain).max() <= 1
    assert max(abs(plane[::2].mean() - plane[1::2].mean()) for plane in found) > 1.5


@pytest.mark.parametrize("size", [(1, 1), (4097, 3), (3, 5), (17, 18)])
@pytest.mark.parametrize(("ending", "codec"), [("mp4", None), ("webm", None), ("mkv", "ffv1")])
def test_odd_sizes(tmp_path, make_film, colorizer, luma_planes, size, ending, codec):
    source = make_film(tmp_path / "f.mkv", frames=3, size=size, codec="ffv1", pixel_format="gray")
    target = tmp_path / f"out.{ending}"
    result = colorize_video(source, target, colorizer, VideoOptions(codec=codec, **PLAIN))
    width, height = size
    assert result.width - width in (0, 1)
    assert result.height - height in (0, 1)
    assert ((result.width, result.height) == size) == (not result.warnings)
    planes = luma_planes(target)
    assert [plane.shape for plane in planes] == [(result.height, result.width)] * 3
    if codec == "ffv1":
        for old, new in zip(luma_planes(source), planes, strict=True):
            np.testing.assert_array_equal(new[:height, :width], old)
            np.testing.assert_array_equal(new[-1, :width], old[-1])  # the edge is repeated


def test_start_and_end(tmp_path, make_film, colorizer, luma_planes, packets):
    source = make_film(tmp_path / "f.mp4", frames=100, audio="aac", options={"g": "12"})
    target = tmp_path / "out.mp4"
    options = VideoOptions(start=1.0, end=2.5, crf=0, **PLAIN)
    result = colorize_video(source, target, colorizer, options)
    assert (result.frames, result.film_seconds) == (38, pytest.approx(1.52))
    before, after = luma_planes(source)[25:63], luma_planes(target)
    np.testing.assert_array_equal(np.array(before), np.array(after))
    assert frames_of(target)[0][0] == 0
    sound = packets(target, "audio")
    whole = {p[3]: p[0] for p in packets(source, "audio")}
    assert 0 <= sound[0][0] < 1024
    assert 1.5 * 48_000 - 1024 <= sound[-1][0] < 1.53 * 48_000
    assert all(whole[data] - time == 48_000 for time, _, _, data in sound)


def test_chapters_are_cut_with_the_film(tmp_path, make_film, colorizer):
    def set_up(film, stream):
        film.set_chapters(
            [
                {"id": n, "start": n, "end": n + 1, "time_base": Fraction(1), "metadata": {}}
                for n in range(3)
            ]
        )

    source = make_film(tmp_path / "f.mkv", frames=75, set_up=set_up)
    target = tmp_path / "out.mkv"
    colorize_video(source, target, colorizer, VideoOptions(start=1.4, **PLAIN))
    with av.open(str(target)) as film:
        spans = [
            (float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]))
            for c in film.chapters()
        ]
    np.testing.assert_allclose(spans, [(0, 0.6), (0.6, 1.6)])


def test_subtitles_are_copied_where_they_fit(tmp_path, make_film, colorizer, packets):
    plain = make_film(tmp_path / "plain.mkv", frames=50)
    (tmp_path / "f.srt").write_text(
        "1\n00:00:00,200 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,500\nBye\n"
    )
    source = tmp_path / "f.mkv"
    with (
        av.open(str(plain)) as film,
        av.open(str(tmp_path / "f.srt")) as words,
        av.open(str(source), "w") as both,
    ):
        streams = [
            (film, both.add_stream_from_template(film.streams.video[0], opaque=True)),
            (words, both.add_stream_from_template(words.streams.subtitles[0], opaque=True)),
        ]
        for container, stream in streams:
            for packet in container.demux():
                if packet.size:
                    packet.stream = stream
                    both.mux(packet)
    result = colorize_video(source, tmp_path / "out.mkv", colorizer, VideoOptions(**PLAIN))
    assert result.warnings == ()
    assert packets(tmp_path / "out.mkv", "subtitle") == packets(source, "subtitle")
    assert [p[3] for p in packets(source, "subtitle")] == [b"Hello", b"Bye"]

    result = colorize_video(source, tmp_path / "out.avi", colorizer, VideoOptions(**PLAIN))
    assert len(result.warnings) == 1
    assert "its subtitles (stream 1, " in result.warnings[0]
    assert "does not fit into .avi" in result.warnings[0]


def words_of(path) -> list[tuple]:
    """(seconds, length in seconds, words) of each subtitle, as FFmpeg's decoder has them."""
    found = []
    with av.open(str(path)) as film:
        stream = film.streams.subtitles[0]
        for packet in film.demux(stream):
            for words in packet.decode() if packet.size > 2 else ():
                base = packet.time_base
                # Timed text ends all styles at once.
                text = words.ass.split(b",", 8)[8].decode().replace("\\r", "\\i0")
                times = (packet.pts * base, packet.duration * base)
                found.append((*(round(float(time), 3) for time in times), text))
    return found


@pytest.mark.parametrize(
    ("there", "kind"), [("mp4", "mov_text"), ("mov", "mov_text"), ("webm", "webvtt")]
)
def test_text_subtitles_become_those_of_the_container(tmp_path, make_film, colorizer, there, kind):
    plain = make_film(tmp_path / "plain.mkv", frames=50)
    (tmp_path / "f.srt").write_text(
        "1\n00:00:00,200 --> 00:00:00,900\nHéllo <i>there</i> all\n\n"
        "2\n00:00:01,000 --> 00:00:01,500\nBye\nnow\n"
    )
    source = tmp_path / "f.mkv"
    with (
        av.open(str(plain)) as film,
        av.open(str(tmp_path / "f.srt")) as words,
        av.open(str(source), "w") as both,
    ):
        for container in (film, words):
            stream = both.add_stream_from_template(container.streams[0], opaque=True)
            stream.metadata["language"] = "fra"
        for index, container in enumerate((film, words)):
            for packet in container.demux():
                if packet.size:
                    packet.stream = both.streams[index]
                    both.mux(packet)
    wanted = [(0.2, 0.7, "Héllo {\\i1}there{\\i0} all"), (1.0, 0.5, "Bye\\Nnow")]
    assert words_of(source) == wanted
    first, second = tmp_path / f"out.{there}", tmp_path / "back.mkv"
    back = "webvtt" if there == "webm" else "subrip"  # Matroska holds both
    for before, after, name in ((source, first, kind), (first, second, back)):
        preset = None if after.suffix == ".webm" else "ultrafast"
        options = VideoOptions(preset=preset, **PLAIN)
        assert colorize_video(before, after, colorizer, options).warnings == ()
        with av.open(str(after)) as film:
            stream = film.streams.subtitles[0]
            assert stream.codec_context.codec.canonical_name == name
            assert there == "mov" or stream.metadata["language"] == "fra"
        assert words_of(after) == wanted


def test_fonts_and_covers_are_copied_where_they_fit(tmp_path, make_film, colorizer):
    def font(film, stream):
        film.add_attachment("type.ttf", "font/ttf", b"letters")

    source = make_film(tmp_path / "f.mkv", frames=4, set_up=font)
    assert colorize_video(source, tmp_path / "a.mkv", colorizer).warnings == ()
    with av.open(str(tmp_path / "a.mkv")) as film:
        assert [(s.name, s.data) for s in film.streams.attachments] == [("type.ttf", b"letters")]
    (warning,) = colorize_video(source, tmp_path / "a.mp4", colorizer).warnings
    assert "does not fit into .mp4" in warning

    Image.new("RGB", (32, 24), (200, 20, 20)).save(tmp_path / "cover.jpg")
    covered = tmp_path / "covered.mp4"
    plain = make_film(tmp_path / "plain.mp4", frames=4)
    with (
        av.open(str(plain)) as film,
        av.open(str(tmp_path / "cover.jpg")) as cover,
        av.open(str(covered), "w") as both,
    ):
        for container, disposition in ((film, 1), (cover, 1 << 10)):
            stream = both.add_stream_from_template(container.streams.video[0], opaque=True)
            stream.disposition = disposition
        for index, container in enumerate((cover, film)):
            for packet in container.demux():
                if packet.size:
                    packet.stream = both.streams[1 - index]
                    both.mux(packet)
    # From one kind of container to the other, and to its own, and back.
    for source, name in (
        *((covered, "b.mp4"), (covered, "b.mkv")),
        *((tmp_path / "b.mkv", "c.mkv"), (tmp_path / "b.mkv", "c.mp4")),
    ):
        assert colorize_video(source, tmp_path / name, colorizer).warnings == ()
        with av.open(str(tmp_path / name)) as film:
            assert [stream.disposition.value for stream in film.streams] == [1, 1 << 10]
            (picture,) = film.decode(video=1)
            assert (picture.width, picture.height) == (32, 24)
    (warning,) = colorize_video(covered, tmp_path / "d.avi", colorizer).warnings
    assert "its cover picture" in warning


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "avi", "ts", "m4v"])
def test_every_container_plays(tmp_path, make_film, colorizer, chroma_planes, ending):
    source = make_film(tmp_path / "f.mp4", frames=12)
    target = tmp_path / f"out.{ending}"
    result = colorize_video(source, target, colorizer, VideoOptions(**PLAIN))
    assert result.frames == 12
    planes = chroma_planes(target)
    assert len(planes) == 12
    assert has_colour(planes)
    assert result.codec == {"webm": "libvpx-vp9", "avi": "mpeg4"}.get(ending, "libx264")


def test_a_preview_from_the_middle(tmp_path, make_film, colorizer):
    source = make_film(
        tmp_path / "f.mp4",
        frames=40,
        set_up=lambda film, stream: setattr(
            stream.codec_context, "sample_aspect_ratio", Fraction(2, 1)
        ),
    )
    preview = tmp_path / "still.png"
    target = tmp_path / "out.mkv"
    options = VideoOptions(codec="ffv1", preview=preview, **PLAIN)
    colorize_video(source, target, colorizer, options)
    with Image.open(preview) as image:
        assert image.size == (192, 64)
        still = np.asarray(image.resize((96, 64)).convert("L"), float)
    with av.open(str(source)) as film:
        greys = [frame.to_ndarray(format="gray").astype(float) for frame in film.decode(video=0)]
    differences = [np.abs(grey - still).mean() for grey in greys]
    assert abs(int(np.argmin(differences)) - 20) <= 1


def test_progress_is_told(tmp_path, make_film, colorizer):
    seen = []
    source = make_film(tmp_path / "f.mp4", frames=30)
    colorize_video(source, tmp_path / "out.mp4", colorizer, VideoOptions(**PLAIN), seen.append)
    assert seen[-1].frames == seen[-1].total == 30
    assert [now.frames for now in seen] == sorted(now.frames for now in seen)
