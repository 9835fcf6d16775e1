"""RTSP over TCP and UDP: a small server (RFC 2326), with FFmpeg's RTP packets of MPEG-2."""

import re
import socket
import socketserver
import threading
from fractions import Fraction

import av
import cv2
import pytest

from edge_runtime.live import stream_source
from edge_runtime.live.make_view import ViewOptions, make_view
from edge_runtime.live.open_source import open_source
from edge_runtime.live.source import SourceError

PATIENT = 60.0
# RTP's type 32 is MPEG video, and needs no further words (RFC 3551).
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=test\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 32\r\na=control:track\r\n"
)


class Camera(socketserver.StreamRequestHandler):
    """Answers one client, and sends it numbered pictures until it goes."""

    def handle(self):
        port, sent_inside = 0, False
        while request := self.request_words():
            method, headers = request
            self.server.asked.append((method, headers.get("transport", "")))
            if method == "DESCRIBE":
                kind = "Content-Type: application/sdp\r\n"
                self.answer(headers, f"{kind}Content-Length: {len(SDP)}\r\n\r\n{SDP}")
            elif method == "SETUP":
                transport = headers["transport"]
                sent_inside = "TCP" in transport
                if sent_inside and self.server.refusal:
                    self.answer(headers, "\r\n", self.server.refusal)
                    continue
                found = re.search(r"client_port=(\d+)", transport)
                port = int(found[1]) if found else 0
                more = "" if sent_inside else ";server_port=40000-40001"
                self.answer(headers, f"Transport: {transport}{more}\r\nSession: 1\r\n\r\n")
            elif method == "PLAY":
                self.answer(headers, "Session: 1\r\n\r\n")
                self.play(None if sent_inside else port)
                return
            else:
                self.answer(headers, "\r\n")

    def request_words(self):
        """The method and the headers of a request; None at the end."""
        line = self.rfile.readline().decode()
        headers = {}
        while (word := self.rfile.readline().decode()).strip():
            name, _, value = word.partition(":")
            headers[name.lower()] = value.strip()
        return (line.split()[0], headers) if line.strip() else None

    def answer(self, headers, rest, status="200 OK"):
        self.wfile.write(f"RTSP/1.0 {status}\r\nCSeq: {headers['cseq']}\r\n{rest}".encode())

    def play(self, port):
        """Send packets to a port, or for None within the connection."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
            packets.bind(("127.0.0.1", 0))
            packets.settimeout(0.05)
            own = packets.getsockname()[1]
            with av.open(f"rtp://127.0.0.1:{own}?pkt_size=1400", "w", format="rtp") as container:
                stream = container.add_stream("mpeg2video", rate=25, options={"g": "1"})
                stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
                stream.bit_rate = 4_000_000
                for number in range(100_000):
                    grey = cv2.merge([self.server.picture(number % 4096)] * 3)
                    frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
                    frame = frame.reformat(format="yuv420p", dst_color_range="MPEG")
                    frame.pts, frame.time_base = number, Fraction(1, 25)
                    container.mux(stream.encode(frame))
                    if not self.pass_on(packets, port):
                        return

    def pass_on(self, packets, port):
        """Pass on what has come; False where the client has gone."""
        while True:
            try:
                data = packets.recv(4096)
            except TimeoutError:
                break
            if data[1] & 0x7F != 32:  # RTCP's own
                continue
            try:
                if port is None:
                    self.wfile.write(b"$\0" + len(data).to_bytes(2, "big") + data)
                else:
                    packets.sendto(data, ("127.0.0.1", port))
            except OSError:
                return False
        if port is None:
            return True
        self.connection.setblocking(False)
        try:
            return self.connection.recv(4096) != b"" and self.server.going
        except BlockingIOError:
            return self.server.going
        except OSError:
            return False


@pytest.fixture
def camera(picture, monkeypatch):
    """A camera at `address`; with a `refusal`, it answers so to who asks for TCP."""
    monkeypatch.setattr(stream_source, "OPEN_TIMEOUT", PATIENT)
    monkeypatch.setattr(stream_source, "READ_TIMEOUT", PATIENT)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        going = True
        refusal = ""

    with Server(("127.0.0.1", 0), Camera) as server:
        server.picture, server.asked = picture, []
        server.handle_error = lambda *arguments: None
        server.address = f"rtsp://127.0.0.1:{server.server_address[1]}/stream"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.going = False
        server.shutdown()


def numbers_of(source, number_of, count=5):
    numbers = [number_of(source.read()) for _ in range(count)]
    source.close()
    return numbers


@pytest.mark.parametrize(
    ("refusal", "transport", "used"),
    [
        ("", "auto", "TCP"),
        ("", "tcp", "TCP"),
        ("", "udp", "UDP"),
        ("461 Unsupported Transport", "auto", "UDP"),
        ("400 Bad Request", "auto", "UDP"),
    ],
)
def test_pictures_come_over_tcp_or_udp(camera, number_of, refusal, transport, used):
    camera.refusal = refusal
    source = open_source(camera.address, transport=transport)
    assert source.live
    assert source.description == f"{camera.address} over {used}"
    numbers = numbers_of(source, number_of)
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    asked = [words for method, words in camera.asked if method == "SETUP"]
    assert ("TCP" in asked[-1]) is (used == "TCP")
    assert len(asked) == (2 if refusal else 1)


def test_udp_is_not_tried_where_tcp_is_asked_for(camera):
    camera.refusal = "461 Unsupported Transport"
    with pytest.raises(SourceError, match="over TCP: protocol not supported"):
        open_source(camera.address, transport="tcp")


def test_a_wrong_password_is_told_at_once(camera):
    camera.refusal = "401 Unauthorized"
    with pytest.raises(SourceError, match=r"over TCP: .*401"):
        open_source(camera.address)
    assert [method for method, _ in camera.asked].count("SETUP") <= 2


def test_the_view_says_which(camera, tiny_model, wait_until):
    camera.refusal = "461 Unsupported Transport"
    with make_view(camera.address, ViewOptions(model=tiny_model)) as view:
        assert view.wait_frame(0, PATIENT) is not None
        wait_until(lambda: view.status().source.endswith("over UDP"))
