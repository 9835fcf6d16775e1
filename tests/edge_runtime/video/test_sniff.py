"""A film is told by its content; names serve folders only."""

import av
import pytest
from PIL import Image

from edge_runtime.cli.jobs import make_plan
from edge_runtime.video.sniff import looks_like_film

# The endings that cameras, recorders and programs use, what is in them, and FFmpeg's muxer for it.
KINDS = {
    "m2t": ("mpegts", "libx264"),
    "mts": ("mpegts -mpegts_m2ts_mode 1", "libx264"),
    "mod": ("vob", "mpeg2video"),
    "tod": ("mpegts", "mpeg2video"),
    "vro": ("vob", "mpeg2video"),
    "trp": ("mpegts", "mpeg2video"),
    "m2v": ("mpeg2video", "mpeg2video"),
    "mpe": ("mpeg", "mpeg1video"),
    "m1v": ("mpeg1video", "mpeg1video"),
    "divx": ("avi", "mpeg4"),
    "3g2": ("3g2", "mpeg4"),
    "f4v": ("f4v", "libx264"),
    "ogm": ("ogg", "libvpx"),
    "dv": ("dv", "dvvideo"),
    "wmv": ("asf", "msmpeg4"),
    "flv": ("flv", "libx264"),
    "mxf": ("mxf", "mpeg2video"),
    "nut": ("nut", "ffv1"),
    "ivf": ("ivf", "libvpx"),
    "rm": ("rm", "rv20"),
    "y4m": ("yuv4mpegpipe", "rawvideo"),
    "h264": ("h264", "libx264"),
    "h265": ("hevc", "libx265"),
    "m4v": ("m4v", "mpeg4"),
    "webm": ("webm", "libvpx"),
    "qt": ("mov", "mjpeg"),
}


def write(path, container: str, codec: str, frames: int = 2):
    name, *options = container.split(" -")
    options = dict(option.split() for option in options)
    size = (720, 576) if codec == "dvvideo" else (128, 96)
    with av.open(str(path), "w", format=name, container_options=options) as film:
        stream = film.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = {"mjpeg": "yuvj420p", "gif": "gray"}.get(codec, "yuv420p")
        if codec == "dvvideo":  # its container wants sound
            sound = film.add_stream("pcm_s16le", rate=48_000)
            sound.layout = "stereo"
            silence = av.AudioFrame(format="s16", layout="stereo", samples=1920)
            silence.sample_rate = 48_000
        for _ in range(frames):
            film.mux(stream.encode(av.VideoFrame(*size, stream.pix_fmt)))
            if codec == "dvvideo":
                film.mux(sound.encode(silence))
        film.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("ending", KINDS)
def test_a_film_of_any_name(tmp_path, ending):
    film = write(tmp_path / "film.jpg", *KINDS[ending])
    assert looks_like_film(film)
    (job,) = make_plan([str(film)], None, False).jobs
    assert job.is_film
    assert job.target == tmp_path / "film.colour.mkv"


@pytest.mark.parametrize(
    "format",
    ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF", "JPEG2000", "ICO", "PPM", "TGA", "PCX"],
)
def test_pictures_are_no_films(tmp_path, format):
    """Of a grey of 0x47, the byte that begins the packets of transport streams."""
    path = tmp_path / "film.mp4"
    Image.new("L", (200, 188), 0x47).save(path, format)
    assert not looks_like_film(path)


@pytest.mark.parametrize(
    "data", [b"", b"G", b"\0" * 2000, b"export const a: Array<number> = [];\n" * 99, b"MThd\0\0"]
)
def test_other_files_are_no_films(tmp_path, data):
    path = tmp_path / "a.ts"
    path.write_bytes(data)
    assert not looks_like_film(path)
    assert not looks_like_film(tmp_path)
    assert not looks_like_film(tmp_path / "missing")
    assert make_plan([str(tmp_path)], None, False).jobs == []


def test_an_animated_gif_is_a_film_unless_a_picture_is_wanted(tmp_path):
    moving, still = tmp_path / "moving.gif", tmp_path / "still.gif"
    pictures = [Image.effect_noise((40, 30), 20 * n) for n in range(1, 4)]
    pictures[0].save(moving, save_all=True, append_images=pictures[1:], duration=100, comment="x")
    pictures[0].save(still)
    plan = make_plan([str(moving), str(still)], None, False)
    assert [job.is_film for job in plan.jobs] == [True, False]
    assert [job.target.name for job in plan.jobs] == ["moving.colour.mp4", "still.colour.png"]
    for target, film in (("a.png", False), ("a.mkv", True)):
        (job,) = make_plan([str(moving)], str(tmp_path / target), False).jobs
        assert job.is_film == film
    for length in range(len(moving.read_bytes()[:200])):  # cut off anywhere
        (tmp_path / "cut.gif").write_bytes(moving.read_bytes()[:length])
        assert not looks_like_film(tmp_path / "cut.gif")


def test_a_folder_takes_films_by_ending_and_content(tmp_path):
    write(tmp_path / "a.ts", "mpegts", "mpeg2video")
    write(tmp_path / "b.mod", "vob", "mpeg2video")
    (tmp_path / "go.mod").write_text("module example\n")
    (tmp_path / "page.ts").write_text("export {}\n")
    (tmp_path / "broken.mp4").write_text("no film\n")
    write(tmp_path / "noending", "avi", "mpeg4")
    plan = make_plan([str(tmp_path)], None, False)
    assert [(job.source.name, job.is_film) for job in plan.jobs] == [
        ("a.ts", True),
        ("b.mod", True),
        ("broken.mp4", True),  # fails as a film, by its name
    ]
    assert (plan.failures, plan.results) == ([], [])
