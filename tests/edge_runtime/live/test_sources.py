"""Films and addresses as sources: the right pictures at the right times, and clear errors."""

import gc
import http.server
import socket
import struct
import threading
import time
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest

from edge_runtime.cli import console
from edge_runtime.errors import TintLiteError
from edge_runtime.live import stream_source
from edge_runtime.live.address import read_credentials, with_credentials, without_passwords
from edge_runtime.live.make_view import ViewOptions, make_view
from edge_runtime.live.open_source import open_source
from edge_runtime.live.source import SourceError
from edge_runtime.video.orientation import turns_of

BOUNDARY = b"frame"


@pytest.fixture
def patient(monkeypatch):
    """A minute for whoever serves from a thread of the test's."""
    monkeypatch.setattr(stream_source, "OPEN_TIMEOUT", 60.0)
    monkeypatch.setattr(stream_source, "READ_TIMEOUT", 60.0)


@pytest.fixture
def mjpeg_camera(picture, patient):
    """An HTTP camera: its address, and what a test may change of it."""

    class Camera(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        most = 10**9

        def do_GET(self):
            if self.path.partition("?")[0] != "/stream":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header(
                "Content-Type", "multipart/x-mixed-replace; boundary=" + BOUNDARY.decode()
            )
            self.end_headers()
            for number in range(self.server.most):
                _, jpeg = cv2.imencode(".jpg", picture(number), [cv2.IMWRITE_JPEG_QUALITY, 95])
                head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                try:
                    self.wfile.write(head % (BOUNDARY, jpeg.size) + jpeg.tobytes() + b"\r\n")
                except OSError:
                    return
                time.sleep(0.02)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera) as server:
        server.most = 10**9
        server.address = f"http://127.0.0.1:{server.server_address[1]}/stream"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Clock(threading.Event):
    """A clock that only waiting moves."""

    now = 1000.0

    def monotonic(self):
        return self.now

    def wait(self, timeout=None):
        self.now += timeout
        return self.is_set()


def test_a_film_plays_at_its_own_timestamps(tmp_path, make_film, number_of, picture, monkeypatch):
    times = [0, 0.1, 0.15, 0.4, 0.5]
    source = open_source(str(make_film(tmp_path / "film.mp4", times)))
    assert not source.live
    source._closing = clock = Clock()
    monkeypatch.setattr(stream_source, "time", SimpleNamespace(monotonic=clock.monotonic))
    read, numbers = [], []
    while (grey := source.read()) is not None:
        read.append(clock.now)
        numbers.append(number_of(grey))
        # Video range in the file, full range in the picture: x264 at crf 10 is within some levels.
        assert np.abs(grey.astype(int) - picture(numbers[-1])).mean() < 3
    source.close()
    assert numbers == [0, 1, 2, 3, 4]
    assert np.array(read) - read[0] == pytest.approx(times, abs=0.001)


@pytest.mark.parametrize("codec", ["libx264", "mjpeg", "mpeg4"])
def test_grey_levels_are_kept_by_every_kind_of_luma(tmp_path, codec):
    """Black, white and what lies between, against FFmpeg's own conversion to RGB."""
    path = tmp_path / "levels.mkv"
    levels = np.repeat(np.linspace(0, 255, 16).astype(np.uint8), 8)
    grey = np.tile(levels, (64, 1))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = 128, 64
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate = 4_000_000
        frame = av.VideoFrame.from_ndarray(cv2.merge([grey] * 3), format="rgb24")
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        rgb = next(container.decode(video=0)).to_ndarray(format="rgb24")
    source = open_source(str(path))
    read = source.read()
    source.close()
    assert np.abs(read.astype(int) - rgb.mean(axis=-1)).max() <= 3
    assert np.abs(read[:, 4::8].astype(int) - grey[:, 4::8]).max() <= 8


@pytest.mark.parametrize(("codec", "layout"), [("ffv1", "yuv422p10le"), ("ffv1", "bgr0")])
def test_other_layouts_are_converted(tmp_path, codec, layout, picture):
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, layout
        frame = av.VideoFrame.from_ndarray(cv2.merge([picture(9)] * 3), format="rgb24")
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = open_source(str(path))
    assert np.abs(source.read().astype(int) - picture(9)).max() <= 2
    source.close()


def test_frames_are_let_go_at_once(film):
    """Not some hundred of them later, when Python looks for cycles."""
    source = open_source(str(film))
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            source.read()
        # By type: isinstance asks objects for their class, and some of other tests warn of it.
        held = sum(issubclass(type(one), av.VideoFrame) for one in gc.get_objects())
    finally:
        gc.enable()
        source.close()
    assert held <= 2


@pytest.mark.parametrize(
    ("angle", "turns"), [(0, 0), (90, 1), (180, 2), (-90, 3), (45, 0), (30, 0)]
)
def test_turns_are_those_of_the_display_matrix(tmp_path, angle, turns):
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.set_display_rotation(angle)
        grey = np.zeros((48, 64, 3), np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert turns_of(frame) == turns


def test_a_film_on_its_side_is_turned(tmp_path, make_film, number_of):
    """As phones write it: the display matrix in `tkhd` (ISO/IEC 14496-12) turns it clockwise."""
    path = make_film(tmp_path / "film.mp4", [0, 0.1])
    one = 0x10000
    upright = struct.pack(">9i", one, 0, 0, 0, one, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 0x40000000)
    head, _, rest = path.read_bytes().partition(b"tkhd")
    assert upright in rest
    path.write_bytes(head + b"tkhd" + rest.replace(upright, turned, 1))
    source = open_source(str(path))
    grey = source.read()
    source.close()
    assert grey.shape == (64, 48)
    assert number_of(np.rot90(grey)) == 0
    assert np.rot90(grey)[40, 4] < np.rot90(grey)[40, 60]  # dark on the left, as it was drawn


def test_a_film_loops_when_told(film, number_of):
    source = open_source(str(film), loop=True)
    numbers = [number_of(source.read()) for _ in range(35)]
    source.close()
    assert numbers == [*range(30), *range(5)]


def test_closing_ends_the_wait_for_a_late_frame(tmp_path, make_film):
    source = open_source(str(make_film(tmp_path / "slides.mp4", [0, 600, 601])))
    source.read()
    threading.Timer(0.1, source.close).start()
    start = time.monotonic()
    source.read()
    assert time.monotonic() - start < 60
    with pytest.raises(SourceError, match="closed"):
        source.read()


def test_a_real_address(mjpeg_camera, number_of):
    source = open_source(mjpeg_camera.address)
    assert source.live
    numbers = [number_of(source.read()) for _ in range(10)]
    source.close()
    assert numbers == list(range(numbers[0], numbers[0] + 10))


def test_a_stream_that_breaks_off_is_opened_again(mjpeg_camera, watch, wait_until):
    mjpeg_camera.most = 30
    view = watch(lambda: open_source(mjpeg_camera.address), times=None)
    wait_until(lambda: view.status().reconnects >= 1)
    assert view.status().frame_number > 0


@pytest.fixture
def silent_address():
    """Accepts connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}/stream"


@pytest.mark.parametrize("scheme", ["http", "rtsp", "tcp"])
def test_an_address_that_never_answers_ends_in_an_error(monkeypatch, silent_address, scheme):
    monkeypatch.setattr(stream_source, "OPEN_TIMEOUT", 0.5)
    start = time.monotonic()
    with pytest.raises(SourceError, match=r"127\.0\.0\.1.*: no answer for 0\.5 s"):
        open_source(f"{scheme}://{silent_address}")
    assert time.monotonic() - start < 60


@pytest.mark.slow
def test_an_address_that_never_answers_at_real_times(silent_address):
    start = time.monotonic()
    with pytest.raises(SourceError, match="no answer for 6 s"):
        open_source(f"rtsp://{silent_address}")
    assert 5 < time.monotonic() - start < 15


def test_a_stream_that_falls_silent_ends_in_an_error(monkeypatch, picture, patient):
    """Some pictures, then nothing, with the connection open."""
    monkeypatch.setattr(stream_source, "READ_TIMEOUT", 2.0)
    _, jpeg = cv2.imencode(".jpg", picture(1))
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            peer, _ = server.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(
                    b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=x\r\n\r\n"
                )
                for _ in range(20):
                    peer.sendall(
                        b"--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % jpeg.size
                    )
                    peer.sendall(jpeg.tobytes() + b"\r\n")
                sent.set()
                done.wait(600)

        sent, done = threading.Event(), threading.Event()
        threading.Thread(target=serve, daemon=True).start()
        source = open_source(f"http://127.0.0.1:{server.getsockname()[1]}/")
        assert sent.wait(60)
        for _ in range(19):  # the last one ends where the next would begin
            source.read()
        with pytest.raises(SourceError, match="no answer for 2 s"):
            list(iter(source.read, None))
        source.close()
        done.set()


def test_addresses_that_do_not_work(mjpeg_camera):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    cases = {
        mjpeg_camera.address + "x": "404",
        f"http://127.0.0.1:{free}/": "connection refused",
        f"rtsp://127.0.0.1:{free}/": "connection refused",
        "nonsense://somewhere/": "protocol not found",
        "http://name.invalid/": "name|host|resol|input/output",
    }
    for address, why in cases.items():
        with pytest.raises(SourceError, match=why) as caught:
            open_source(address)
        assert str(caught.value).startswith(address)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://admin:secret@camera/1", "rtsp://***@camera/1"),
        ("rtsp://admin:se@cr:et@camera:554/1", "rtsp://***@camera:554/1"),
        ("rtsp://admin:se/cret@camera/1", "rtsp://***@camera/1"),
        ("http://:secret@camera/", "http://***@camera/"),
        ("rtsp://secret@camera/1", "rtsp://***@camera/1"),
        ("http://camera:80/a", "http://camera:80/a"),
        ("http://camera/?user=secret&password=secret", "http://camera/?user=***&password=***"),
        ("http://camera/s.cgi?usr=secret&pwd=secret&x", "http://camera/s.cgi?usr=***&pwd=***"),
        (
            "rtsp://camera:554/user=secret_password=secret_channel=1_stream=0.sdp",
            "rtsp://camera:554/user=***_password=***_channel=1_stream=***",
        ),
        ("rtsp://camera/cam?channel=1&subtype=0", "rtsp://camera/cam?channel=1&subtype=0"),
        ("http://camera/?token=secret/se&cret?se#cret", "http://camera/?token=***"),
        ("http://camera/?api_key=secret", "http://camera/?api_key=***"),
        (
            "lost rtsp://a:secret@camera/1: timed out",
            "lost rtsp://***@camera/1: timed out",
        ),
        ("http://camera/?pwd=secret: not a video", "http://camera/?pwd=***: not a video"),
        (
            'gst:rtspsrc location=rtsp://a:secret@c/1 user-id=secret user-pw="sec ret" ! decodebin',
            "gst:rtspsrc location=rtsp://***@c/1 user-id=*** user-pw=*** ! decodebin",
        ),
        ("film.mp4", "film.mp4"),
    ],
)
def test_passwords_are_not_shown(address, shown):
    assert without_passwords(address) == shown
    assert "secret" not in shown


@pytest.mark.parametrize("form", ["http://admin:{}@{}", "http://{1}?user=admin&password={0}"])
def test_no_place_shows_a_password(form, mjpeg_camera, capfd):
    address = form.format("se/cret", mjpeg_camera.address.removeprefix("http://"))
    source = open_source(address.replace("se/cret", "secret"))
    try:
        assert "secret" not in source.description
    finally:
        source.close()
    for wrong in (address, address.replace("/stream", "/nothing")):
        with pytest.raises(SourceError) as caught:
            open_source(wrong.replace("/stream", "/nothing"))
        assert "cret" not in str(caught.value)
    console.complain(f"{address}: no such file")
    assert "cret" not in capfd.readouterr().err


def test_one_may_be_more_patient(monkeypatch, silent_address, tiny_model):
    monkeypatch.setattr(stream_source, "OPEN_TIMEOUT", 0.1)
    with pytest.raises(SourceError, match=r"no answer for 0\.7 s"):
        open_source(f"http://{silent_address}", patience=0.7)
    view = make_view("http://camera/", ViewOptions(model=tiny_model, patience=12))
    assert view.patience == 12
    assert view._watchdog._times.opening == 36


def test_credentials_from_elsewhere(tmp_path, tiny_model):
    file = tmp_path / "secret.txt"
    file.write_text("admin:p@ss/w:rd\n")
    credentials = read_credentials(file)
    assert with_credentials("rtsp://camera:554/1", credentials) == (
        "rtsp://admin:p%40ss%2Fw%3Ard@camera:554/1"
    )
    options = ViewOptions(model=tiny_model, credentials=credentials)
    assert "p@ss" not in repr(options)
    assert make_view("rtsp://camera/1", options).status().source == "rtsp://camera/1"
    for text in ("", "admin", "admin:a\nb:c"):
        file.write_text(text)
        with pytest.raises(TintLiteError, match="not one line of USER:PASSWORD"):
            read_credentials(file)
    with pytest.raises(TintLiteError, match=r"gone\.txt: No such file"):
        read_credentials(tmp_path / "gone.txt")


def test_errors_do_not_show_passwords():
    with pytest.raises(SourceError) as caught:
        open_source("http://admin:secret@127.0.0.1:1/stream")
    assert "secret" not in str(caught.value)


def test_files_that_are_no_films(tmp_path, make_film):
    (tmp_path / "text.mp4").write_text("this is no film\n" * 100)
    (tmp_path / "empty.mp4").touch()
    whole = make_film(tmp_path / "whole.mp4", [0, 0.1, 0.2]).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with av.open(str(tmp_path / "sound.mka"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
    cases = {
        "text.mp4": "not a video",
        "cut.mp4": "not a video",
        "empty.mp4": "the file is empty",
        "sound.mka": "holds no moving pictures",
        "missing.mp4": "no such file or camera",
        ".": "not a file",
        "x" * 300: "too long",
        "nul\0.mp4": "null",
    }
    for name, why in cases.items():
        with pytest.raises(SourceError, match=why):
            open_source(str(tmp_path / name))
    with pytest.raises(SourceError, match="empty"):
        open_source("")


def test_a_film_of_damaged_frames_alone(tmp_path, make_film):
    whole = make_film(tmp_path / "whole.mp4", [i / 30 for i in range(10)]).read_bytes()
    start = whole.index(b"mdat") + 4
    end = whole.index(b"moov") - 4
    (tmp_path / "bad.mp4").write_bytes(whole[:start] + b"\xff" * (end - start) + whole[end:])
    for loop in (False, True):
        with pytest.raises(SourceError, match="none of its pictures can be decoded"):
            open_source(str(tmp_path / "bad.mp4"), loop=loop).read()


def test_pictures_too_large_are_refused_before_they_are_decoded(tmp_path, monkeypatch, film):
    monkeypatch.setattr(stream_source, "MAX_FRAME_PIXELS", 64 * 48 - 1)
    with pytest.raises(SourceError, match="too large"):
        open_source(str(film))


def test_no_files_are_left_open(film, tmp_path, open_files, wait_until):
    (tmp_path / "text.mp4").write_text("this is no film\n" * 100)
    before = open_files()
    for _ in range(5):
        source = open_source(str(film))
        source.read()
        source.close()
        source.close()
        with pytest.raises(SourceError):
            open_source(str(tmp_path / "text.mp4"))
    wait_until(lambda: open_files() <= before)
