"""The API over a real server: photos, controls, stills, and what OpenAPI says."""

import io
import json
import time
from datetime import datetime, timedelta
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image, ImageCms

from edge_runtime import Colorizer, Device, Look
from edge_runtime.colour.compose import compose
from edge_runtime.pictures.corner_mark import put_corner_mark
from edge_runtime.serve import shelf

COLORIZE = "/api/colorize"


def opened(response) -> np.ndarray:
    assert response.status_code == 200, response.text
    return np.asarray(Image.open(io.BytesIO(response.content)))


@pytest.fixture(scope="module")
def photos(start):
    """A server without a camera."""
    return start()


def test_a_photo_is_what_colorizer_makes_of_it(photos, grey, file_of, tiny_model):
    form = {"picture": ("old.png", file_of(grey))}
    response = photos.http.post(COLORIZE, files=form, params={"saturation": 1.4})
    expected = Colorizer(tiny_model, Device(threads=1)).colorize(grey, Look(saturation=1.4))
    np.testing.assert_array_equal(opened(response), expected)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["content-disposition"].endswith("''old.colour.png")
    assert response.headers["x-picture-size"] == "130x90"


def test_the_body_itself_may_be_the_photo(photos, grey, file_of, tiny):
    response = photos.http.post(COLORIZE, content=file_of(grey))
    np.testing.assert_array_equal(opened(response), tiny.colorize(grey))


def test_fields_of_the_form_are_options_too(photos, grey, file_of):
    form = {"picture": ("old.png", file_of(grey))}
    fields = {"saturation": "0", "format": "bmp"}
    response = photos.http.post(COLORIZE, files=form, data=fields)
    pixels = opened(response)
    assert response.headers["content-type"] == "image/bmp"
    np.testing.assert_array_equal(pixels[..., 0], pixels[..., 2])


def test_exif_and_profile_are_kept_and_the_picture_stands_upright(photos, grey, file_of):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A camera", 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = file_of(grey, "JPEG", exif=exif, icc_profile=profile)
    response = photos.http.post(COLORIZE, files={"picture": ("a.jpg", data)})
    result = Image.open(io.BytesIO(response.content))
    assert result.format == "JPEG"
    assert result.size == (90, 130)
    assert result.getexif()[0x010F] == "A camera"
    assert result.getexif()[0x0112] == 1
    assert "sRGB" in ImageCms.getProfileDescription(
        ImageCms.ImageCmsProfile(io.BytesIO(result.info["icc_profile"]))
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "BMP"])
def test_the_format_stays(photos, grey, file_of, format):
    response = photos.http.post(COLORIZE, content=file_of(grey, format))
    assert Image.open(io.BytesIO(response.content)).format == format


def test_sixteen_bits_stay(photos, grey):
    deep = grey.astype(np.uint16) * 257
    buffer = io.BytesIO()
    Image.fromarray(deep).save(buffer, "PNG")
    response = photos.http.post(COLORIZE, content=buffer.getvalue())
    depth = response.content[24]  # of IHDR
    assert depth == 16


def test_what_is_not_kept_is_noted(photos, grey, file_of):
    colour = np.dstack([grey, grey[::-1], grey])
    response = photos.http.post(COLORIZE, content=file_of(colour))
    assert json.loads(unquote(response.headers["x-notes"])) == [
        "it has colours already: only its lightness was used"
    ]


def open_photo(server, data, name="old.png", **params) -> dict:
    form = {"picture": (name, data)}
    response = server.http.post("/api/photos", files=form, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def test_an_open_photo_has_its_colours_and_results(photos, grey, file_of, tiny):
    photo = open_photo(photos, file_of(grey))
    assert (photo["name"], photo["width"], photo["height"]) == ("old.colour.png", 130, 90)
    assert (photo["format"], photo["notes"]) == ("png", [])
    place = f"/api/photos/{photo['id']}"
    response = photos.http.get(f"{place}/ab")
    shape = [int(side) for side in response.headers["x-shape"].split("x")]
    ab = np.frombuffer(response.content, "<f4").reshape(*shape, 2)
    np.testing.assert_array_equal(ab, tiny.predict(tiny.see(grey)))
    before = opened(photos.http.get(f"{place}/before")).astype(int)
    assert before.shape == grey.shape
    assert np.abs(before - grey).mean() < 4  # a JPEG of noise
    for saturation in (0.5, 2):
        result = opened(photos.http.get(place, params={"saturation": saturation}))
        np.testing.assert_array_equal(result, tiny.colorize(grey, Look(saturation=saturation)))
    # Another model's colours come from the same upload.
    other = photos.http.get(f"{place}/ab", params={"model": "nano"}).content
    expected = Colorizer("nano", Device(threads=1))
    expected = expected.predict(expected.see(grey))
    np.testing.assert_array_equal(np.frombuffer(other, "<f4").reshape(expected.shape), expected)
    assert photos.http.delete(place).status_code == 204
    for gone in (place, f"{place}/ab", f"{place}/before"):
        response = photos.http.get(gone)
        assert response.status_code == 404
        assert "not kept" in response.json()["error"]


def test_what_a_browser_is_shown_is_upright_and_no_larger_than_a_screen(photos, grey, file_of):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = open_photo(photos, file_of(np.tile(grey, (1, 20)), "JPEG", exif=exif), "wide.jpg")
    assert (photo["width"], photo["height"]) == (90, 2600)
    before = opened(photos.http.get(f"/api/photos/{photo['id']}/before"))
    assert before.shape == (2400, 83)
    alpha = np.dstack([grey, np.full_like(grey, 128)])
    photo = open_photo(photos, file_of(alpha), "thin.png")
    response = photos.http.get(f"/api/photos/{photo['id']}/before")
    assert Image.open(io.BytesIO(response.content)).mode == "RGBA"


def test_open_photos_are_kept_within_bounds(start_anew, grey, file_of, monkeypatch):
    monkeypatch.setattr(shelf, "MOST_PHOTOS", 2)
    server = start_anew()
    ids = [open_photo(server, file_of(grey))["id"] for _ in range(2)]
    assert len(set(ids)) == 2
    assert min(len(one) for one in ids) >= 20
    server.http.get(f"/api/photos/{ids[0]}/before")  # the second one is the oldest now
    open_photo(server, file_of(grey))
    found = [server.http.get(f"/api/photos/{one}/before").status_code for one in ids]
    assert found == [200, 404]
    monkeypatch.setattr(shelf, "KEPT_SECONDS", 0)
    late = open_photo(server, file_of(grey))["id"]
    assert server.http.get(f"/api/photos/{late}/before").status_code == 404


def test_a_photo_that_is_none_is_not_opened(photos):
    response = photos.http.post("/api/photos", files={"picture": ("letter.txt", b"Dear Sir,")})
    assert response.status_code == 422
    assert response.json()["error"].startswith("letter.txt: not a JPEG")
    assert photos.http.get("/api/photos/no-such-photo").status_code == 404


def test_quality(photos, grey, file_of):
    def size(**params):
        return len(photos.http.post(COLORIZE, content=file_of(grey, "JPEG"), params=params).content)

    assert size(quality=40) < size(quality=95) == size() < size(quality=100)


def test_side_by_side_and_longest(photos, grey, file_of):
    params = {"side_by_side": "true", "longest": 100, "format": "jpeg"}
    response = photos.http.post(COLORIZE, content=file_of(grey), params=params)
    pixels = opened(response).astype(int)
    assert max(pixels.shape) == 100
    left, right = pixels[:, :48], pixels[:, -48:]
    assert np.ptp(left, axis=-1).max() < 25 < np.ptp(right, axis=-1).max()


def test_the_word_in_the_corner(photos, grey, file_of):
    plain, marked = (
        opened(photos.http.post(COLORIZE, content=file_of(grey), params={"corner_mark": word}))
        for word in ("false", "true")
    )
    np.testing.assert_array_equal(put_corner_mark(plain), marked)
    assert (plain != marked).any()


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"saturation": "9"}, "saturation is 0 to 3"),
        ({"saturation": "nan"}, "saturation"),
        ({"saturation": "much"}, "saturation"),
        ({"model": "../../etc/passwd"}, "unknown model"),
        ({"model": "/etc/passwd"}, "unknown model"),
        ({"format": "exe"}, "no picture format"),
        ({"longest": "0"}, "longest"),
        ({"side_by_side": "perhaps"}, "side_by_side"),
    ],
)
def test_wrong_options_are_told(photos, grey, file_of, params, words):
    response = photos.http.post(COLORIZE, content=file_of(grey), params=params)
    assert response.status_code == 422
    assert words in response.json()["error"]
    assert "\n" not in response.json()["error"]


def test_controls_change_the_live_view_alone(start, camera, grey, file_of, wait_until, tiny):
    server = start(camera())
    status = server.http.get("/api/status").json()
    assert status["models"] == ["standard", "nano", "tiny.tflite"]
    assert status["settings"] == {"model": "tiny.tflite", "threads": 1, "saturation": 1.0}
    changes = {"model": "nano", "threads": 2, "saturation": 0}
    response = server.http.post("/api/settings", json=changes)
    assert response.json() == {"model": "nano", "threads": 2, "saturation": 0.0}
    defaults = status["settings"]
    status = server.http.get("/api/status").json()
    assert status["live_settings"] == response.json()
    assert status["settings"] == defaults
    live = status["live"]
    assert (live["model"], live["threads"], live["saturation"]) == ("nano", 2, 0.0)

    def is_grey():
        pixels = opened(server.http.get("/api/still", params={"format": "png"})).astype(int)
        return np.ptp(pixels, axis=-1).max() <= 1

    wait_until(is_grey)
    photo = opened(server.http.post(COLORIZE, content=file_of(grey)))
    np.testing.assert_array_equal(photo, tiny.colorize(grey))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"threads": 0}, "threads is 1 to 64"),
        ({"threads": "2"}, "threads"),
        ({"threads": 1.5}, "threads"),
        ({"saturation": -1}, "saturation is 0 to 3"),
        ({"model": "/etc/passwd"}, "unknown model"),
        ({"colour": 1}, "colour"),
        ([], "dictionary"),
    ],
)
def test_wrong_controls_are_told_and_change_nothing(running, changes, words):
    before = running.http.get("/api/status").json()["live_settings"]
    response = running.http.post("/api/settings", json=changes)
    assert response.status_code == 422
    assert words in response.json()["error"]
    assert running.http.get("/api/status").json()["live_settings"] == before


def test_a_still_is_the_camera_s_own_size(running, number_in, tiny):
    grey = opened(running.http.get("/api/still", params={"layout": "before", "format": "png"}))
    assert grey.shape == (64, 96)
    assert number_in(grey) > 0
    response = running.http.get("/api/still", params={"format": "png"})
    colour = opened(response)
    assert ".png" in response.headers["content-disposition"]
    # The next picture differs in its number alone, which is in the first rows.
    again = compose(colour, np.zeros((1, 1, 2), np.float32))[16:, :, 0]
    assert np.abs(again.astype(int) - grey[16:]).max() <= 1
    both = opened(running.http.get("/api/still", params={"layout": "both"}))
    assert both.shape == (64, 2 * 96 + 2, 3)


def test_a_still_says_when_it_was_taken(start_anew, camera, wait_until):
    cameras = []

    def open_camera():
        if cameras:
            raise OSError("gone")
        cameras.append(camera()())
        return cameras[-1]

    server = start_anew(open_camera)
    view = server.server.desk.view
    view.patience = 1e9  # a busy machine may make the camera silent for a while
    wait_until(lambda: view.wait_frame(0, 0.1))
    for format in ("jpeg", "png"):
        before = datetime.now().astimezone() - timedelta(seconds=60)
        response = server.http.get("/api/still", params={"format": format})
        taken = datetime.fromisoformat(response.headers["x-captured"])
        assert before < taken <= datetime.now().astimezone()
        exif = Image.open(io.BytesIO(response.content)).getexif().get_ifd(0x8769)
        assert exif[0x9003] == taken.strftime("%Y:%m:%d %H:%M:%S")
        assert exif[0x9011] == taken.isoformat()[-6:]
        assert taken.strftime("%Y%m%d-%H%M%S") in response.headers["content-disposition"]
    cameras[0].pulled.set()
    wait_until(lambda: view.status().state == "reopening")
    frame = view.wait_frame(0, 0)
    late = server.http.get("/api/still")
    age = time.monotonic() - frame.captured
    taken = datetime.fromisoformat(late.headers["x-captured"]).timestamp()
    assert abs(time.time() - age - taken) < 1  # of the capture, whatever is the time now
    view.patience = 0
    gone = server.http.get("/api/still")
    assert gone.status_code == 503
    assert gone.json()["error"].startswith("the camera is lost: its last picture is ")
    assert int(gone.headers["retry-after"]) > 0


def test_a_server_without_camera_says_so(photos):
    assert photos.http.get("/api/status").json()["live"] is None
    for method, path in (("GET", "/stream"), ("GET", "/api/still"), ("POST", "/api/settings")):
        response = photos.http.request(method, path, json={} if method == "POST" else None)
        assert response.status_code == 404
        assert response.json() == {"error": "this server has no camera"}


def test_openapi_describes_the_routes(photos):
    described = photos.http.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/colorize", "/api/photos", "/api/photos/{id}", "/api/photos/{id}/ab",
        "/api/photos/{id}/suggestions",
        "/api/films", "/api/films/kind", "/api/films/{id}", "/api/films/{id}/preview",
        "/api/films/{id}/frames", "/api/films/{id}/result", "/api/photos/{id}/before",
        "/api/settings", "/api/status",
        "/api/still", "/healthz",
        "/stream",
    }  # fmt: skip
    upload = described["paths"]["/api/colorize"]["post"]
    assert "multipart/form-data" in upload["requestBody"]["content"]
    assert {"413", "422", "429"} <= set(upload["responses"])
    ranges = {
        one["name"]: one["schema"].get("anyOf", [one["schema"]])[0] | one["schema"]
        for one in upload["parameters"]
    }
    assert (ranges["saturation"]["minimum"], ranges["saturation"]["maximum"]) == (0, 3)
    changes = described["components"]["schemas"]["Changes"]["properties"]
    assert (changes["threads"]["minimum"], changes["threads"]["maximum"]) == (1, 64)
    live = described["components"]["schemas"]["LiveStatus"]["properties"]
    assert {"state", "fps", "delay_ms", "reconnects"} <= set(live)
    for path in ("/docs", "/redoc"):  # they would load scripts from elsewhere
        assert photos.http.get(path).status_code == 404


def test_healthz(photos):
    assert photos.http.get("/healthz").json() == {"status": "ok"}
