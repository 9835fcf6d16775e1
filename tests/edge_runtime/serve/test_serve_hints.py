"""Hints of a visitor's photo: at the server's API, and on the page in a real browser."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from edge_runtime import Colorizer, Device, Hint, Look, suggest
from edge_runtime.hints.file import hints_json

HINTS = (Hint(0.3, 0.4, "#8c1d2f"), Hint(0.8, 0.7, "grey", 0.05), Hint(0.1, 0.9, "#2f6f3a"))


@pytest.fixture(scope="module")
def photos(start):
    """A server without a camera, with its usual models."""
    return start(model="standard")


@pytest.fixture(scope="module")
def standard() -> Colorizer:
    return Colorizer("standard", Device(threads=1))


def opened(server, data: bytes) -> dict:
    answer = server.http.post("/api/photos", files={"picture": ("photo.png", data)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ab_of(answer) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    height, width = map(int, answer.headers["X-Shape"].split("x"))
    return np.frombuffer(answer.content, "<f4").reshape(height, width, 2)


def test_hints_are_answered_as_python_does(photos, standard, grey, file_of):
    photo = f"/api/photos/{opened(photos, file_of(grey))['id']}"
    plain = ab_of(photos.http.get(f"{photo}/ab"))
    said = ab_of(photos.http.post(f"{photo}/ab", content=hints_json(HINTS, grey)))
    expected = standard.predict(standard.see(grey), HINTS)
    np.testing.assert_allclose(said, expected, atol=1e-4)
    assert np.abs(said - plain).max() > 10
    # Nothing of them stays: they belong to who sends them.
    np.testing.assert_array_equal(ab_of(photos.http.get(f"{photo}/ab")), plain)
    np.testing.assert_array_equal(
        ab_of(photos.http.post(f"{photo}/ab", content=hints_json((), grey))), plain
    )
    result = photos.http.post(photo, content=hints_json(HINTS, grey), params={"saturation": 1.5})
    pixels = np.asarray(Image.open(io.BytesIO(result.content)))
    look = Look(saturation=1.5)
    np.testing.assert_array_equal(pixels, standard.colorize(grey, look, HINTS))


def test_hints_by_another_model_and_of_a_page_of_prints(photos, standard, grey, file_of):
    nano = Colorizer("nano", Device(threads=1))
    photo = f"/api/photos/{opened(photos, file_of(grey))['id']}/ab"
    body = hints_json(HINTS, grey)
    said = ab_of(photos.http.post(photo, content=body, params={"model": "nano"}))
    np.testing.assert_allclose(said, nano.predict(nano.see(grey), HINTS), atol=1e-4)
    # On a mount of one level a print is seen by itself, and the mount takes no hints.
    page = np.full((400, 600), 240, np.uint8)
    page[80:320, 120:480] = np.resize(grey, (240, 360))
    assert standard.see(page).places
    photo = f"/api/photos/{opened(photos, file_of(page))['id']}/ab"
    inside = (Hint(0.5, 0.5, "#8c1d2f"),)
    said = ab_of(photos.http.post(photo, content=hints_json(inside, page)))
    np.testing.assert_allclose(said, standard.predict(standard.see(page), inside), atol=1e-4)
    margin = photos.http.post(photo, content=hints_json((Hint(0.02, 0.5, "#8c1d2f"),), page))
    assert margin.status_code == 422
    assert "lies on the picture's margin" in margin.json()["error"]


def changed(**changes):
    def body(grey: np.ndarray) -> bytes:
        return json.dumps(json.loads(hints_json(HINTS, grey)) | changes).encode()

    return body


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (lambda grey: b"\xff\xfe{", "not readable as JSON"),
        (lambda grey: b"[" * 500_000, "not readable as JSON"),
        (lambda grey: b"[]", "not a file of hints"),
        (lambda grey: b'{"a": 1' + b"0" * 5000 + b"}", "not readable as JSON"),
        (changed(version=2), "hints of version 2, which a newer TintLite wrote: this one reads 1"),
        (changed(hints={}), "the hints are no list"),
        (changed(hints=[{}] * 10_000), "10000 hints, but a picture takes 500 at most"),
        (changed(hints=[3]), "hint 1 is no object"),
        (
            changed(hints=[{"x": 2, "y": 0, "colour": "grey"}]),
            "hint 1: the x of a hint is 0 to 1, not 2: that is outside of the picture",
        ),
        (
            changed(hints=[{"x": float("nan"), "y": 0, "colour": "grey"}]),
            "hint 1: the x of a hint is 0 to 1, not nan: that is outside of the picture",
        ),
        (
            changed(hints=[{"x": 0, "y": 0, "colour": "url(x)"}]),
            "hint 1: a hint's colour is #RRGGBB, three levels of 0 to 255, or grey, not 'url(x)'",
        ),
        (changed(picture=None), "the hints do not say to which picture they belong"),
        (
            changed(picture={"width": 7, "height": 7, "view": "00" * 64}),
            "the hints belong to another picture, of 7 x 7",
        ),
    ],
)
def test_bad_hints_are_told_in_one_sentence(photos, grey, file_of, body, sentence):
    photo = f"/api/photos/{opened(photos, file_of(grey))['id']}"
    for path in (photo, f"{photo}/ab"):
        answer = photos.http.post(path, content=body(grey))
        assert answer.status_code == 422
        assert answer.json() == {"error": f"the hints: {sentence}"}


def test_hints_are_bounded_and_of_photos_that_are_there(photos, grey, file_of):
    photo = f"/api/photos/{opened(photos, file_of(grey))['id']}"
    for path in (photo, f"{photo}/ab"):
        answer = photos.http.post(path, content=b" " * 1_000_001)
        assert answer.status_code == 413
        gone = photos.http.post(path.replace(photo, "/api/photos/none"), content=b"{}")
        assert gone.status_code == 404


def test_suggestions_are_those_of_python(photos, standard, grey, file_of):
    photo = f"/api/photos/{opened(photos, file_of(grey))['id']}/suggestions"
    answer = photos.http.get(photo)
    assert answer.status_code == 200, answer.text
    four = [[Hint(**hint) for hint in hints] for hints in answer.json()]
    assert four == suggest(standard, grey)
    two = photos.http.get(photo, params={"count": 2, "model": "nano"}).json()
    assert len(two) == 2
    assert [Hint(**hint) for hint in two[1]] != four[1]
    for count in ("0", "1", "5", "few"):
        assert photos.http.get(photo, params={"count": count}).status_code == 422
    assert photos.http.get("/api/photos/none/suggestions").status_code == 404
