"""Hostile uploads: a clear refusal or a wait, and the stream goes on."""

import json
import os
import socket
import tempfile
import threading
import time
from collections import Counter
from urllib.parse import unquote

import httpx
import pytest

from edge_runtime.serve import body_limit
from edge_runtime.serve.limits import Limits
from edge_runtime.serve.upload import clean_name

COLORIZE = "/api/colorize"
HUGE = 200 * 2**20


@pytest.fixture(scope="module")
def strict(start, camera):
    """A server that takes one megabyte."""
    return start(camera(), limits=Limits(upload_bytes=2**20))


def ask(port, head: str, body: bytes = b"") -> bytes:
    """Send a raw request to the upload's address; everything that comes back until the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
        lines = f"POST {COLORIZE} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n"
        peer.sendall(lines.encode() + body)
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
            if b'"error":' in answer:
                break
    return answer


def error_of(response) -> str:
    assert set(response.json()) == {"error"}, response.text
    return response.json()["error"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"Dear Sir, this is a letter.", "not a JPEG, PNG, TIFF"),
        (b"GIF89a" + bytes(100), "header is damaged"),
        (b"%PDF-1.7" + bytes(100), "not a JPEG, PNG, TIFF"),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"\xff\xd8\xff\xe0" + bytes(2000), ""),
        (b"II*\0" + b"\xff" * 100, "TIFF"),
    ],
)
def test_what_is_no_picture(strict, data, words):
    for sent in ({"content": data}, {"files": {"picture": ("notes.txt", data)}}):
        response = strict.http.post(COLORIZE, **sent)
        assert response.status_code == 422
        assert words in error_of(response)


def test_a_header_of_50000_x_50000_is_refused_undecoded(strict, png_header):
    begin = time.monotonic()
    response = strict.http.post(COLORIZE, content=png_header(50_000, 50_000))
    assert response.status_code == 422
    assert "more than 178 megapixels" in error_of(response)
    assert time.monotonic() - begin < 60


def test_200_mb_are_refused_by_their_announcement(running):
    # Nothing of the body is ever sent: the answer comes all the same.
    answer = ask(running.port, f"Content-Length: {HUGE}\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"at most 64 MB" in answer
    waiting = ask(running.port, f"Content-Length: {HUGE}\r\nExpect: 100-continue\r\n")
    assert waiting.startswith(b"HTTP/1.1 413")  # and no 100 before


@pytest.mark.slow
def test_200_mb_that_are_sent_are_not_read(running):
    piece = bytes(2**20)
    response = running.http.post(
        COLORIZE,
        content=(piece for _ in range(HUGE // len(piece))),
        headers={"Content-Length": str(HUGE)},
    )
    assert response.status_code == 413
    assert "too large" in error_of(response)
    assert running.http.get("/healthz").status_code == 200


def test_a_body_that_grows_beyond_the_limit_is_refused(strict):
    piece = b"%x\r\n%s\r\n" % (65536, bytes(65536))
    answer = ask(strict.port, "Transfer-Encoding: chunked\r\n", 30 * piece)
    assert answer.startswith(b"HTTP/1.1 413")
    form = {"picture": ("a.png", bytes(2 * 2**20))}
    assert strict.http.post(COLORIZE, files=form).status_code == 413


def test_a_body_that_does_not_come_is_given_up(strict, monkeypatch):
    monkeypatch.setattr(body_limit, "PATIENCE_SECONDS", 0.5)
    answer = ask(strict.port, "Content-Length: 1000\r\n", b"a beginning")
    assert answer.startswith(b"HTTP/1.1 408")
    assert strict.http.get("/api/status").json()["photos"] == 0


def test_slow_senders_of_one_address_leave_room_for_others(
    start_anew, grey, file_of, wait_until, monkeypatch
):
    monkeypatch.setattr(body_limit, "PATIENCE_SECONDS", 600.0)  # however long the others take
    server = start_anew(hosts=("photos.example.org",), token="a-token-for-tests")  # noqa: S106
    head = (
        f"POST {COLORIZE}?token=a-token-for-tests HTTP/1.1\r\nHost: localhost\r\n"
        "X-Forwarded-For: 203.0.113.9, 192.0.2.{}\r\nContent-Length: 1000\r\n\r\n"
    )
    peers = []
    try:
        for _ in range(20):
            peers.append(socket.create_connection(("127.0.0.1", server.port)))
            peers[-1].sendall(head.format(1).encode() + b"a beginning")
        wait_until(lambda: server.server.desk.status().photos == 12)  # of 16
        photo = {"content": file_of(grey), "params": {"token": "a-token-for-tests"}}
        for address, status in (("192.0.2.1", 429), ("192.0.2.2", 200)):
            response = server.http.post(COLORIZE, headers={"X-Forwarded-For": address}, **photo)
            assert response.status_code == status
    finally:
        for peer in peers:
            peer.close()


@pytest.mark.parametrize("form", [False, True])
def test_a_full_temporary_folder_is_told(strict, monkeypatch, form):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    data = os.urandom(2**20 + 1000)
    sent = {"files": {"picture": ("a.png", data)}} if form else {"content": data}
    response = strict.http.post(COLORIZE, **sent)
    assert response.status_code == 507
    assert error_of(response) == "the server has no room for this photo just now"
    assert strict.http.get("/api/status").json()["photos"] == 0


def test_a_sender_who_goes_leaves_nothing(strict, wait_until):
    with socket.create_connection(("127.0.0.1", strict.port)) as peer:
        head = f"POST {COLORIZE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
        peer.sendall(head.encode() + b"a beginning")
        wait_until(lambda: strict.server.desk.status().photos == 1)
    wait_until(lambda: strict.server.desk.status().photos == 0)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("multipart/form-data; boundary=x", b"no form at all", ""),
        ("multipart/form-data", b"--x\r\n", "boundary"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", "holds no file"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="picture"\r\n\r\ntext\r\n--x--\r\n',
            "holds no file",
        ),
    ],
)
def test_broken_forms(strict, kind, body, words):
    response = strict.http.post(COLORIZE, content=body, headers={"Content-Type": kind})
    assert response.status_code == 400
    assert words in error_of(response)


def test_two_files_in_a_form_and_too_many_fields(strict, grey, file_of):
    data = file_of(grey)
    two = [("picture", ("a.png", data)), ("picture", ("b.png", data))]
    assert strict.http.post(COLORIZE, files=two).status_code == 400
    fields = {f"field{i}": "x" for i in range(100)}
    response = strict.http.post(COLORIZE, files={"picture": ("a.png", data)}, data=fields)
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/absolute/old.png", "old.png"),
        ("C:\\photos\\old.png", "old.png"),
        ("..", "picture"),
        ("", "picture"),
        ("old\r\nSet-Cookie: a=b.png", "oldSet-Cookie a=b.png"),
        ("a\0b\x1b[2J.png", "ab[2J.png"),
        ('a";x="b.png', "a;x=b.png"),
        ("Großmutter 🌸.png", "Großmutter 🌸.png"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
    ],
)
def test_names_never_become_paths(sent, kept):
    assert clean_name(sent) == kept


def test_a_name_with_tricks_comes_back_clean(strict, grey, file_of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("../../evil.png", "..%2f..%2fevil.png", "Großmutter.png"):
        response = strict.http.post(COLORIZE, files={"picture": (name, file_of(grey))})
        assert response.status_code == 200
        shown = unquote(response.headers["content-disposition"].partition("''")[2])
        assert shown.endswith(".colour.png")
        assert "/" not in response.headers["content-disposition"]
        assert ".." not in shown.partition("%2f")[0]
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 8000, b'{"threads": 1e999}', b'{"threads": ' + b"9" * 5000 + b"}",
     b'{"saturation": NaN}', b'{"model": "' + b"x" * 5000 + b'"}', b"\xff\xfe"],
)  # fmt: skip
def test_wrong_json(strict, body):
    headers = {"Content-Type": "application/json"}
    response = strict.http.post("/api/settings", content=body, headers=headers)
    assert response.status_code in (400, 422)
    assert len(error_of(response)) < 300


def test_long_json_is_not_read(strict):
    response = strict.http.post("/api/settings", content=b" " * 2**20)
    assert response.status_code == 413
    assert "16 kB" in error_of(response)


def test_100_uploads_at_once_wait_or_are_told_to_and_the_stream_goes_on(
    start_anew, camera, grey, file_of, wait_until
):
    server = start_anew(camera(), limits=Limits(waiting=8))
    data = file_of(grey)
    answers = []

    def upload():
        response = client.post(server.url + COLORIZE, content=data)
        answers.append((response.status_code, response.headers.get("retry-after"), response))

    def frame():
        return server.http.get("/api/status").json()["live"]["frame_number"]

    many = httpx.Limits(max_connections=100)
    client = httpx.Client(limits=many, timeout=120, trust_env=False, verify=False)  # noqa: S501
    with client, server.http.stream("GET", "/stream") as response:
        pieces = response.iter_raw()
        next(pieces)
        threads = [threading.Thread(target=upload) for _ in range(100)]
        before = frame()
        for thread in threads:
            thread.start()
        wait_until(lambda: answers)
        streamed = sum(len(next(pieces)) for _ in range(20))
        for thread in threads:
            thread.join(120)
        assert frame() > before
        assert streamed > 0
        next(pieces)
    counts = Counter(status for status, _, _ in answers)
    assert sum(counts.values()) == 100
    assert set(counts) <= {200, 429}
    assert counts[200] >= 6  # three in four places
    for status, retry, response in answers:
        if status == 429:
            assert int(retry) > 0
            assert "try again" in json.loads(response.content)["error"]
    assert server.http.get("/api/status").json()["photos"] == 0


def test_a_damaged_photo_does_no_harm_to_the_next(strict, grey, file_of):
    whole = file_of(grey)
    assert strict.http.post(COLORIZE, content=whole[:50]).status_code == 422
    half = strict.http.post(COLORIZE, content=whole[: len(whole) // 2])
    assert half.status_code == 200
    assert "it is damaged" in unquote(half.headers["X-Notes"])
    assert strict.http.post(COLORIZE, content=whole).status_code == 200
