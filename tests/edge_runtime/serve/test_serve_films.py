"""Films over the API: sent, watched, fetched, broken off, refused, and never left lying about."""

import io
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from edge_runtime.serve import films as films_module
from edge_runtime.serve.limits import Limits

PATIENT = 120.0


def film_of(path, frames=12, size=(96, 64), rate=25) -> bytes:
    """The bytes of a film: a ramp that moves."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        ramp = np.tile(np.linspace(30, 225, width), (height, 1))
        for number in range(frames):
            grey = np.roll(ramp, number, axis=1).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.dstack([grey] * 3), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the server's films lie."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def server(folder, start_anew):
    return start_anew(limits=Limits(film_seconds=10))


@pytest.fixture(scope="module")
def shared(start):
    """One server for the tests that look at no folder."""
    return start(limits=Limits(film_seconds=10))


def wait_for(server, id, *states):
    end = time.monotonic() + PATIENT
    while True:
        told = server.http.get(f"/api/films/{id}").json()
        if told["state"] in states:
            return told
        assert time.monotonic() < end, told
        time.sleep(0.05)


def test_a_film_is_coloured_and_fetched(server, folder, tmp_path):
    data = film_of(tmp_path / "old.mp4")
    params = {"name": "../grandma's film.mp4", "saturation": 2}
    sent = server.http.post("/api/films", content=data, params=params)
    assert sent.status_code == 202, sent.text
    id = sent.json()["id"]
    told = wait_for(server, id, "done", "failed")
    assert (told["state"], told["error"], told["name"]) == ("done", "", "grandma's film.colour.mp4")
    assert told["frames"] <= told["total"] == 12
    with Image.open(io.BytesIO(server.http.get(f"/api/films/{id}/preview").content)) as preview:
        assert preview.size == (96, 64)
    result = server.http.get(f"/api/films/{id}/result")
    assert len(result.content) == told["size"]
    assert "grandma%27s%20film.colour.mp4" in result.headers["content-disposition"]
    with av.open(io.BytesIO(result.content)) as container:
        coloured = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(coloured) == 12
    assert np.ptp(coloured[0].astype(int), axis=2).mean() > 2
    # A part of it, as a player that seeks asks for it.
    part = server.http.get(f"/api/films/{id}/result", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, result.content[10:20])
    assert server.http.delete(f"/api/films/{id}").status_code == 204
    assert server.http.get(f"/api/films/{id}").status_code == 404
    assert list(folder.iterdir()) == []


def long_film(path):
    """Some seconds of work."""
    return film_of(path, frames=2000)


def test_one_at_a_time_and_broken_off(server, folder, tmp_path):
    data = long_film(tmp_path / "long.mp4")
    id = server.http.post("/api/films", content=data).json()["id"]
    other = server.http.post("/api/films", content=data)
    assert (other.status_code, other.headers["Retry-After"]) == (429, "30")
    process = server.server.desk.films.get(id)._worker.process
    assert process.poll() is None
    assert server.http.get(f"/api/films/{id}/result").status_code == 404
    assert server.http.delete(f"/api/films/{id}").status_code == 204
    assert process.poll() is not None
    assert list(folder.iterdir()) == []
    again = server.http.post("/api/films", content=film_of(tmp_path / "short.mp4"))
    assert again.status_code == 202
    wait_for(server, again.json()["id"], "done")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Dear Sir,", "not a film"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not a film"),
        (b"\x00\x00\x00\x18ftypmp42" + b"x" * 2000, "letter.mp4: "),
    ],
)
def test_what_is_no_film(shared, content, why):
    sent = shared.http.post("/api/films", content=content, params={"name": "letter.mp4"})
    told = wait_for(shared, sent.json()["id"], "failed")
    assert why in told["error"]
    assert tempfile.gettempdir() not in told["error"]
    assert "\n" not in told["error"]


def test_a_film_that_is_too_long(shared, tmp_path):
    data = film_of(tmp_path / "slow.mp4", frames=12, rate=1)
    told = wait_for(shared, shared.http.post("/api/films", content=data).json()["id"], "failed")
    assert "0.2 minutes long, and at most 0.166667 are taken" in told["error"]


def test_no_film_at_all(server, folder):
    assert server.http.post("/api/films").status_code == 400
    assert server.http.post("/api/films", content=b"x", params={"model": "gone"}).status_code == 422
    assert server.http.get("/api/films/unknown").status_code == 404
    assert list(folder.iterdir()) == []


def test_the_kind_is_told_by_content(shared, tmp_path, file_of):
    def kind(head):
        return shared.http.post("/api/films/kind", content=head).json()["film"]

    assert kind(film_of(tmp_path / "a.mkv", frames=2)[:1024])
    assert not kind(file_of(np.zeros((20, 20), np.uint8), "JPEG")[:1024])
    assert not kind(b"")
    assert shared.http.post("/api/films/kind", content=b"x" * 20_000).status_code == 413


def test_the_limit_of_size(folder, start_anew):
    server = start_anew(limits=Limits(upload_bytes=1000, film_bytes=2**20))
    refused = server.http.post("/api/films", content=b"x" * (2**20 + 1))
    assert (refused.status_code, refused.json()["error"]) == (
        413, "the upload is too large: at most 1 MB are taken",
    )  # fmt: skip
    assert server.http.post("/api/films", content=b"x" * 2**20).status_code == 202
    shown = server.http.get("/api/status").json()["limits"]
    assert (shown["film_bytes"], shown["film_seconds"]) == (2**20, 600)


def test_a_result_that_grows_too_large(folder, start_anew, tmp_path, monkeypatch):
    data = long_film(tmp_path / "long.mp4")
    monkeypatch.setattr(films_module, "_MOST_ROOM", 0)
    server = start_anew()
    told = wait_for(server, server.http.post("/api/films", content=data).json()["id"], "failed")
    assert told["error"] == "its result grows too large for this server"


def test_no_films_where_the_owner_wants_none(start_anew):
    server = start_anew(limits=Limits(film_bytes=0))
    assert server.http.post("/api/films", content=b"x").status_code == 404
    assert server.http.get("/api/status").json()["limits"]["film_bytes"] == 0


def test_a_full_folder(server, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    full = server.http.post("/api/films", content=b"x")
    assert full.status_code == 507
    assert full.json()["error"] == "the server has no room for this film just now"
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(films_module.Film, "source", Path("/dev/full"), raising=False)
    monkeypatch.setattr(
        films_module.Film, "__setattr__",
        lambda film, name, value: name == "source" or object.__setattr__(film, name, value),
    )  # fmt: skip
    assert server.http.post("/api/films", content=b"x" * 2**20).status_code == 507
    assert list(folder.iterdir()) == []


def test_films_need_the_token(folder, start_anew):
    server = start_anew(host="0.0.0.0")  # noqa: S104
    for method, path in [
        ("POST", "/api/films"), ("POST", "/api/films/kind"), ("GET", "/api/films/x"),
        ("GET", "/api/films/x/result"), ("DELETE", "/api/films/x"), ("POST", "/api/films/x"),
        ("POST", "/api/films/x/frames"),
    ]:  # fmt: skip
        assert server.http.request(method, path).status_code == 401


def test_a_film_that_nobody_asks_for_is_given_up(server, folder, tmp_path, monkeypatch, wait_until):
    monkeypatch.setattr(films_module, "WAITED_SECONDS", -1.0)
    sent = server.http.post("/api/films", content=long_film(tmp_path / "long.mp4"))
    wait_until(lambda: list(folder.iterdir()) == [])
    assert server.http.get(f"/api/films/{sent.json()['id']}").status_code == 404


def test_the_oldest_results_make_room(server, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(films_module, "MOST_FILMS", 1)
    data = film_of(tmp_path / "short.mp4", frames=3)
    ids = []
    for _ in range(2):
        ids.append(server.http.post("/api/films", content=data).json()["id"])
        wait_for(server, ids[-1], "done")
    found = [server.http.get(f"/api/films/{id}").status_code for id in ids]
    assert found == [404, 200]
    assert len(list(folder.iterdir())) == 1


def test_ending_ends_the_film_and_clears_up(server, folder, tmp_path):
    sent = server.http.post("/api/films", content=long_film(tmp_path / "long.mp4"))
    process = server.server.desk.films.get(sent.json()["id"])._worker.process
    server.server.stop()
    server.thread.join(PATIENT)
    assert process.poll() is not None
    assert list(folder.iterdir()) == []


SHOT = 24  # frames of each of `two_shots`


def frames_of(data: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_said_colours_of_a_frame_hold_for_its_shot(folder, start_anew, two_shots):
    server = start_anew(limits=Limits(film_seconds=60))
    http = server.http
    id = http.post("/api/films", content=two_shots, params={"name": "s.mkv"}).json()["id"]

    def result():
        return frames_of(http.get(f"/api/films/{id}/result").content)

    told = wait_for(server, id, "done", "failed")
    assert (told["state"], told["length"]) == ("done", SHOT)
    before = result()
    # A frame is opened as a photo; it is the film's, and other models colour it too.
    frames = f"/api/films/{id}/frames"
    opened = http.post(frames, params={"seconds": 16}).raise_for_status().json()
    assert (opened["width"], opened["height"], opened["name"]) == (192, 128, "s 16 s.colour.png")
    shown = Image.open(io.BytesIO(http.get(f"/api/photos/{opened['id']}/before").content))
    seen = frames_of(two_shots)[32][..., 0].astype(int)
    assert np.abs(np.asarray(shown.convert("L")) - seen).mean() < 4
    assert http.get(f"/api/photos/{opened['id']}/ab", params={"model": "nano"}).status_code == 200
    said = [{"x": 0.5, "y": 0.5, "colour": "#d02020", "radius": 0.4}]
    hints = {"format": "tintlite-hints", "version": 1}
    hints |= {"picture": opened["likeness"], "hints": said}
    body = {"frames": [{"seconds": 16, "hints": hints}]}
    again = http.post(f"/api/films/{id}", json=body)
    assert (again.status_code, again.json()["state"], again.json()["id"]) == (202, "running", id)
    told = wait_for(server, id, "done", "failed")
    assert told["error"] == ""
    after = result()
    assert len(after) == len(before) == 2 * SHOT
    assert all(np.array_equal(one, other) for one, other in zip(before, after[:SHOT], strict=False))
    for number in (SHOT + 2, 32, 2 * SHOT - 2):
        redder = after[number][40:88, 60:132].astype(int) - before[number][40:88, 60:132]
        assert (redder[..., 0] - redder[..., 1]).mean() > 20
    # Of another frame than they say: told, and the film can be coloured otherwise.
    wrong = {"frames": [{"seconds": 3, "hints": hints}]}
    assert http.post(f"/api/films/{id}", json=wrong).status_code == 202
    told = wait_for(server, id, "done", "failed")
    assert told["error"] == "the hints at 3 s: shows no frame of the film around 3 seconds"
    assert http.post(f"/api/films/{id}", json={"frames": []}).status_code == 202
    wait_for(server, id, "done")
    assert all(np.array_equal(one, other) for one, other in zip(before, result(), strict=True))


def test_frames_that_cannot_be_had(shared, tmp_path):
    data = film_of(tmp_path / "short.mp4")
    id = shared.http.post("/api/films", content=data).json()["id"]
    wait_for(shared, id, "done")

    def refused(path, status, **options):
        answer = shared.http.post(f"/api/films/{path}", **options)
        assert answer.status_code == status, answer.text
        assert tempfile.gettempdir() not in answer.text
        return answer.json()["error"]

    error = refused(f"{id}/frames", 422, params={"seconds": 5})
    assert error == "film.mp4: no frame can be read at 5 seconds"
    refused(f"{id}/frames", 422, params={"seconds": 11})
    for word in ("-1", "nan", "inf", "noon"):
        refused(f"{id}/frames", 422, params={"seconds": word})
    refused("unknown/frames", 404, params={"seconds": 0})
    refused("unknown", 404, json={"frames": []})
    frame = {"seconds": 0, "hints": {"format": "tintlite-hints"}}
    assert refused(id, 422, json={"frames": [frame]}) == "the hints at 0 s: hints without a version"
    refused(id, 422, json={"frames": [frame] * 51})
    refused(id, 422, json={"frames": [frame | {"seconds": -1}]})
    assert shared.http.get(f"/api/films/{id}").json()["state"] == "done"
    sent = shared.http.post("/api/films", content=b"#EXTM3U\nfile:///etc/passwd\n").json()["id"]
    wait_for(shared, sent, "failed")
    assert "not a film" in refused(f"{sent}/frames", 422, params={"seconds": 0})


def test_a_film_is_coloured_anew_while_it_is_coloured(server, tmp_path):
    id = server.http.post("/api/films", content=long_film(tmp_path / "long.mp4")).json()["id"]
    film = server.server.desk.films.get(id)
    process = film._worker.process
    assert server.http.post(f"/api/films/{id}", json={"frames": []}).status_code == 202
    assert process.poll() is not None
    assert film._worker.process is not process
    assert server.http.get(f"/api/films/{id}").json()["state"] == "running"
    # Nor while another one has the place.
    other = server.http.post("/api/films", content=b"x")
    assert other.status_code == 429


def test_what_a_killed_server_left_is_removed(folder, start_anew):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = folder / f"tintlite-film-{ended.pid}-abc"
    kept = folder / f"tintlite-film-{os.getppid()}-abc"
    for place in (left, kept):
        place.mkdir()
        (place / "film.mp4").write_bytes(b"x")
    start_anew()
    assert not left.exists()
    assert kept.exists()
