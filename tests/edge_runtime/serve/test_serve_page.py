"""The page in a real browser: Debian's Chromium, driven by Playwright."""

import io
import json
import re
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

PATIENT = 120_000  # ms; a browser beside other work may take long
ROOT = Path(__file__).parents[3]
PHOTO = ROOT / "docs" / "demo" / "grey.jpg"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def photos(start):
    """A server without a camera, with its usual models."""
    return start(model="standard")


def frame_number(page) -> int:
    return int(page.get_attribute("#live", "data-frame") or 0)


def wait_for(page, condition) -> None:
    end = time.monotonic() + PATIENT / 1000
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def colourfulness(page, selector) -> float:
    """How far a picture on the page is from grey, in the mean over its pixels."""
    return page.evaluate(
        """async (selector) => {
            const shown = document.querySelector(selector);
            await shown.decode?.();
            const canvas = document.createElement('canvas');
            canvas.width = shown.naturalWidth || shown.width;
            canvas.height = shown.naturalHeight || shown.height;
            const context = canvas.getContext('2d');
            context.drawImage(shown, 0, 0);
            const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
            let sum = 0;
            for (let i = 0; i < data.length; i += 4) {
                const [r, g, b] = data.subarray(i, i + 3);
                sum += Math.max(r, g, b) - Math.min(r, g, b);
            }
            return sum / (data.length / 4);
        }""",
        selector,
    )


def cut(page, stage) -> int:
    return int(page.locator(f"{stage} [role=slider]").get_attribute("aria-valuenow"))


def upload(page, name, data, kind="image/png") -> None:
    page.set_input_files("#file", {"name": name, "mimeType": kind, "buffer": data})


def done(page) -> None:
    """Wait until a photo is coloured, and nothing else is under way."""
    page.wait_for_selector("#download:enabled")


@pytest.fixture(scope="module")
def _photo_page(photos, desktop):
    page = desktop.new_page()
    page.set_default_timeout(PATIENT)
    page.goto(photos.url)
    return page


@pytest.fixture
def photo_page(_photo_page):
    """One page for photos, as on a first visit; a page of its own takes a browser a while."""
    page, complaints = _photo_page, []
    page.evaluate("sessionStorage.clear()")
    page.on("pageerror", note := lambda error: complaints.append(str(error)))
    page.reload()
    page.wait_for_selector("#choose:visible")
    yield page
    page.remove_listener("pageerror", note)
    assert complaints == []


@pytest.fixture
def held(photos, monkeypatch):
    """Holds the server's photos back; `set` lets them go."""
    go = threading.Event()
    open_photo = photos.server.desk.workshop.open

    def waiting(*arguments):
        assert go.wait(PATIENT / 1000)
        return open_photo(*arguments)

    monkeypatch.setattr(photos.server.desk.workshop, "open", waiting)
    yield go
    go.set()


def test_the_live_view_moves_in_grey_and_colour(running, visit):
    page = visit(running.url)
    wait_for(page, lambda: frame_number(page) > 0)
    first = frame_number(page)
    wait_for(page, lambda: frame_number(page) > first + 5)
    assert colourfulness(page, "#live .before") < 2
    assert colourfulness(page, "#live .after") > 10
    wait_for(page, lambda: page.inner_text("#state") == "Live")
    assert re.fullmatch(r"\d+\.\d", page.inner_text("#fps"))
    assert re.fullmatch(r"\d+ ms", page.inner_text("#delay"))
    assert page.inner_text("#size").split() == ["96", "\u00d7", "64"]
    assert page.locator("#veil").is_hidden()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, a, [role=slider], [role=tab]')]
            .filter((one) => !(one.ariaLabel || one.textContent.trim()
                || one.labels?.length || one.getAttribute('aria-labelledby')))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_the_divider_is_moved_by_mouse_and_keys(running, visit):
    page = visit(running.url)
    wait_for(page, lambda: frame_number(page) > 0)
    assert cut(page, "#live") == 50
    box = page.locator("#live").bounding_box()
    y = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=4)
    page.mouse.up()
    assert cut(page, "#live") == 80
    clip = page.evaluate("getComputedStyle(document.querySelector('#live .before')).clipPath")
    assert re.match(r"inset\(0px 20(\.\d+)?% 0px 0px\)|inset\(0px calc\(20", clip), clip
    page.mouse.move(box["x"] + 5, y)  # not held any more
    assert cut(page, "#live") == 80
    divider = page.get_by_role("slider", name="Divider between before and after")
    divider.focus()
    for key, expected in (("ArrowLeft", 78), ("PageDown", 68), ("Home", 0), ("End", 100)):
        page.keyboard.press(key)
        assert cut(page, "#live") == expected
    assert divider.get_attribute("aria-valuetext") == "100 % before, 0 % after"


def test_pause_and_still(running, visit):
    page = visit(running.url)
    wait_for(page, lambda: frame_number(page) > 0)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(300)
    stands = frame_number(page)
    page.wait_for_timeout(600)
    assert frame_number(page) == stands
    page.get_by_role("button", name="Play").click()
    wait_for(page, lambda: frame_number(page) > stands)
    page.get_by_label("Still with before and after").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save still").click()
    assert re.fullmatch(r"tintlite-\d{8}-\d{6}\.jpg", download.value.suggested_filename)
    with Image.open(download.value.path()) as still:
        assert still.size == (2 * 96 + 2, 64)


def test_the_controls_change_the_live_view(start_anew, camera, visit):
    server = start_anew(camera())
    page = visit(server.url)

    def settings():
        return server.http.get("/api/status").json()["live_settings"]

    page.get_by_role("radio", name="Faster").check()
    wait_for(page, lambda: settings()["model"] == "nano")
    page.get_by_label("Saturation", exact=True).fill("0")
    wait_for(page, lambda: settings()["saturation"] == 0)
    wait_for(page, lambda: colourfulness(page, "#live .after") < 2)
    page.get_by_role("button", name="Back to 1.00").click()
    wait_for(page, lambda: settings()["saturation"] == 1)
    page.get_by_text("Settings", exact=True).click()
    page.get_by_label("Threads", exact=True).fill("1")
    # What another visitor changes is shown here too.
    server.http.post("/api/settings", json={"saturation": 2})
    wait_for(page, lambda: page.inner_text("#saturation-value").startswith("2.00"))


def test_a_photo_comes_back_in_colour(photo_page):
    page = photo_page
    upload(page, "parade.jpg", PHOTO.read_bytes(), "image/jpeg")
    done(page)
    assert colourfulness(page, "#photo .before") < 3
    assert colourfulness(page, "#photo .after") > 8
    assert page.inner_text("#photo-name") == "parade.colour.jpg"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "parade.colour.jpg"
    with Image.open(download.value.path()) as result:
        assert (result.format, result.size) == ("JPEG", (640, 450))
    divider = page.locator("#photo [role=slider]")
    divider.focus()
    page.keyboard.press("ArrowRight")
    assert cut(page, "#photo") == 52
    # The slider paints it anew.
    page.get_by_label("Saturation", exact=True).fill("0")
    wait_for(page, lambda: colourfulness(page, "#photo .after") < 3)


@pytest.mark.slow
def test_a_photo_that_the_browser_cannot_show(grey, file_of, photo_page):
    page = photo_page
    upload(page, "old.tif", file_of(np.kron(grey, np.ones((3, 3), np.uint8)), "TIFF"), "image/tiff")
    done(page)
    assert colourfulness(page, "#photo .before") < 2 < colourfulness(page, "#photo .after")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with Image.open(download.value.path()) as result:
        assert result.format == "TIFF"


def test_a_photo_dropped_and_one_pasted(running, grey, file_of, visit):
    page = visit(running.url)
    page.wait_for_selector("[role=tab]:visible")
    data = list(file_of(grey))
    for number, event in enumerate(("drop", "paste")):
        page.evaluate(
            """([event, name, bytes]) => {
                const files = new DataTransfer();
                files.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }));
                const options = { bubbles: true, cancelable: true };
                document.body.dispatchEvent(event === 'drop'
                    ? new DragEvent('drop', { dataTransfer: files, ...options })
                    : new ClipboardEvent('paste', { clipboardData: files, ...options }));
            }""",
            [event, f"photo{number}.png", data],
        )
        wait_for(page, lambda: page.inner_text("#photo-name") == f"photo{number}.colour.png")  # noqa: B023
    assert page.get_by_role("tab", name="Photo").get_attribute("aria-selected") == "true"
    page.keyboard.press("Tab")
    page.get_by_role("tab", name="Photo").focus()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("tab", name="Live").get_attribute("aria-selected") == "true"
    assert page.locator("#panel-photo").is_hidden()


def test_errors_are_shown(photos, visit):
    page = visit(photos.url)
    page.wait_for_selector("#choose:visible")
    upload(page, "letter.txt", b"Dear Sir,", "text/plain")
    alert = page.locator("#photo-error")
    alert.wait_for(state="visible")
    formats = "JPEG, PNG, TIFF, WebP, BMP, HEIC, AVIF, JPEG 2000 or GIF"
    assert alert.inner_text() == f"letter.txt: not a {formats} picture"
    assert alert.get_attribute("role") == "alert"
    assert page.locator("#choose").is_visible()
    # The browser's own line on the answer 422.
    assert [line for line in visit.complaints if "422" not in line] == []
    visit.complaints.clear()


def test_a_lost_camera_is_told_and_comes_back(start_anew, camera, visit):
    cameras, allowed = [], []

    def open_camera():
        if cameras and not allowed:
            raise OSError("busy")
        cameras.append(camera()())
        return cameras[-1]

    server = start_anew(open_camera)
    page = visit(server.url)
    wait_for(page, lambda: frame_number(page) > 0)
    cameras[0].pulled.set()
    wait_for(page, lambda: page.inner_text("#state") == "Reopening the camera…")
    assert page.inner_text("#veil-text") == "Reopening the camera…"
    assert page.locator("#veil").is_visible()
    allowed.append(True)
    wait_for(page, lambda: page.locator("#veil").is_hidden())
    stands = frame_number(page)
    wait_for(page, lambda: frame_number(page) > stands)


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=pytest.mark.slow)])
def test_on_a_phone(running, visit, scheme):
    page = visit(running.url, color_scheme=scheme, **PHONE)
    wait_for(page, lambda: frame_number(page) > 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#live").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    assert cut(page, "#live") == 25
    page.get_by_role("tab", name="Photo").tap()
    page.wait_for_selector("#choose:visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator("button:visible, a.button:visible").all():
        assert button.bounding_box()["height"] >= 32
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = int(re.search(r"\d+", shade)[0])
    assert (brightness > 200) if scheme == "light" else (brightness < 50)


def test_the_token_opens_the_page_and_leaves_the_address(start_anew, camera, visit):
    server = start_anew(camera(), token="a-token-for-tests")  # noqa: S106
    page = visit(server.url)
    assert [line for line in visit.complaints if "401" not in line] == []
    visit.complaints.clear()
    assert page.locator("#wrong").is_hidden()
    page.get_by_label("This server asks for its token.").fill("another-token")
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector("#wrong:visible")
    wait_for(page, lambda: page.url == f"{server.url}/")
    visit.complaints.clear()
    page.get_by_label("This server asks for its token.").fill("a-token-for-tests")
    page.get_by_role("button", name="Open").click()
    wait_for(page, lambda: frame_number(page) > 0)
    assert page.url == f"{server.url}/"
    assert "token" not in page.evaluate("document.cookie")
    page.reload()  # the cookie opens it
    wait_for(page, lambda: frame_number(page) > 0)


@pytest.mark.slow
def test_a_server_that_ends_is_told(start_anew, camera, visit):
    server = start_anew(camera())
    page = visit(server.url)
    wait_for(page, lambda: frame_number(page) > 0)
    server.server.stop()
    wait_for(page, lambda: page.inner_text("#state") == "Connection lost, trying again…")
    assert page.locator("#veil").is_visible()
    visit.complaints.clear()  # the browser's own lines on the refused connections


def test_a_control_moved_while_a_photo_is_coloured_is_applied(
    photos, held, photo_page, grey, file_of
):
    page = photo_page
    upload(page, "first.png", file_of(grey))
    page.wait_for_selector("#busy:visible")
    assert page.locator("#download").is_disabled()
    assert page.locator("img:not([src]):visible").count() == 0
    assert page.locator("#photo canvas:visible").count() == 0  # nothing is open yet
    page.get_by_label("Saturation", exact=True).fill("0")
    held.set()
    done(page)
    assert page.inner_text("#saturation-value") == "0.00\u00d7"
    wait_for(page, lambda: page.get_attribute("#photo", "data-saturation") == "0")
    assert colourfulness(page, "#photo .after") < 1
    # Another photo, and the slider while that one is on its way: it is not lost.
    held.clear()
    upload(page, "second.png", file_of(grey[::-1].copy()))
    page.wait_for_selector("#busy:visible")
    page.get_by_label("Saturation", exact=True).fill("2")
    page.get_by_role("radio", name="Faster").check()
    held.set()
    wait_for(page, lambda: page.inner_text("#photo-name") == "second.colour.png")
    done(page)
    assert page.get_attribute("#photo", "data-saturation") == "2"
    assert page.get_by_role("radio", name="Faster").is_checked()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with Image.open(download.value.path()) as saved:
        expected = photos.http.post(
            "/api/colorize",
            content=file_of(grey[::-1].copy()),
            params={"model": "nano", "saturation": 2},
        )
        result = np.asarray(Image.open(io.BytesIO(expected.content)))
        np.testing.assert_array_equal(np.asarray(saved), result)


def test_each_visitor_has_settings_of_their_own(photos, photo_page, visit, grey, file_of):
    defaults = photos.http.get("/api/status").json()["settings"]
    own, other = photo_page, visit(photos.url)
    upload(own, "photo.png", file_of(grey))
    done(own)
    own.get_by_label("Saturation", exact=True).fill("0")
    other.wait_for_selector("#choose:visible")
    other.get_by_label("Saturation", exact=True).fill("3")
    own.wait_for_timeout(1200)  # longer than the page waits between two questions
    assert own.get_attribute("#photo", "data-saturation") == "0"
    assert own.input_value("#saturation") == "0"
    assert photos.http.get("/api/status").json()["settings"] == defaults
    other.reload()
    other.wait_for_selector("#choose:visible")
    assert other.input_value("#saturation") == "3"


def test_a_photo_is_sent_once_however_the_slider_moves(photos, photo_page, grey, file_of):
    page = photo_page
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    upload(page, "photo.png", file_of(grey))
    done(page)
    # Whether it is a film is asked by its first bytes.
    sent = [url for method, url in asked if method == "POST" and "/api/films/kind" not in url]
    assert len(sent) == 1
    asked.clear()
    for step in range(30):
        page.locator("#saturation").fill(f"{step / 10}")
    wait_for(page, lambda: page.get_attribute("#photo", "data-saturation") == "2.9")
    assert [url for _, url in asked if "/api/status" not in url] == []
    # Where the server has thrown the photo away, the page sends it again by itself.
    photos.server.desk.shelf.close()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "photo.colour.png"
    assert [method for method, url in asked if "/api/photos" in url] == ["GET", "POST", "GET"]


def test_keyboard_focus_is_kept_and_escape_cancels(held, photo_page, grey, file_of):
    page = photo_page

    def focused():
        return page.evaluate("document.activeElement.id")

    page.focus("#choose")
    upload(page, "a.png", file_of(grey))
    page.wait_for_selector("#busy:visible")
    assert focused() == "cancel"
    page.keyboard.press("Escape")
    page.wait_for_selector("#choose:visible")
    assert focused() == "choose"
    upload(page, "b.png", file_of(grey))
    page.wait_for_selector("#busy:visible")
    held.set()
    done(page)
    assert page.inner_text("#photo-name") == "b.colour.png"
    assert focused() == "download"


def test_a_finger_that_scrolls_does_not_move_the_divider(photos, visit, grey, file_of):
    page = visit(photos.url, **PHONE)
    page.wait_for_selector("#choose:visible")
    upload(page, "photo.png", file_of(grey))
    done(page)
    box = page.locator("#photo").bounding_box()
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def swipe(across, along):
        for kind, part in (("Start", 0), ("Move", 0.3), ("Move", 0.6), ("Move", 1), ("End", None)):
            points = [] if part is None else [{"x": x + part * across, "y": y + part * along}]
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def is_still():
        before = page.evaluate("scrollY")
        page.wait_for_timeout(200)
        return 0 < before == page.evaluate("scrollY")

    swipe(3, -80)
    wait_for(page, is_still)  # it rolls on, and the photo with it
    assert cut(page, "#photo") == 50
    page.evaluate("scrollTo(0, 0)")
    wait_for(page, lambda: page.locator("#photo").bounding_box() == box)
    swipe(box["width"] / 2, 4)
    wait_for(page, lambda: cut(page, "#photo") == 75)


def test_the_painter_paints_as_the_golden_vectors_say(photo_page):
    page = photo_page
    golden = ROOT / "tests" / "golden"
    manifest = json.loads((golden / "MANIFEST.json").read_text())
    vector = next(one for one in manifest["vectors"] if one["name"].startswith("photo"))
    width, height = vector["width"], vector["height"]

    def array(role, dtype):
        return np.fromfile(golden / vector["files"][role], dtype)

    ab = np.clip(array("ab", "<f4"), -1, 1) * 110
    side = vector["output_size"]
    painted = page.evaluate(
        """async ([grey, width, height, values, side, saturation]) => {
            const { Painter } = await import('/painter.js');
            const before = new ImageData(width, height);
            grey.forEach((v, i) => before.data.set([v, v, v, 255], 4 * i));
            const painter = new Painter(before, { width: side, height: side, values });
            const after = new ImageData(width, height);
            painter.paint(saturation, after);
            return [...after.data];
        }""",
        [array("grey", "u1").tolist(), width, height, ab.tolist(), side, 1],
    )
    painted = np.reshape(painted, (height, width, 4))
    off = np.abs(painted[..., :3] - array("rgb", "u1").reshape(height, width, 3).astype(int))
    assert (painted[..., 3] == 255).all()
    assert off.max() <= 1
    assert (off <= 1).mean() > 0.999


def test_the_first_visit_has_an_example(photos, visit):
    assert (ROOT / "edge_runtime/serve/page/example.jpg").read_bytes() == PHOTO.read_bytes()
    page = visit(photos.url)
    page.get_by_role("button", name="Try an example").click()
    done(page)
    assert page.text_content("#photo-name") == "example.colour.jpg"
    assert colourfulness(page, "#photo .after") > 5


def test_words_for_people_and_names_in_the_settings(running, visit):
    page = visit(running.url)
    page.wait_for_selector("#models input")
    shown = [label.inner_text() for label in page.locator(".model").all()]
    assert shown == ["Better colours", "Faster", "Your own"]
    assert not page.is_visible("#threads")
    page.get_by_text("Settings", exact=True).click()
    assert page.is_visible("#threads")
    assert page.inner_text("#model-names") == (
        "Better colours: standard · Faster: nano · Your own: tiny.tflite"
    )


def test_a_film_is_dropped_like_a_photo(photos, visit, tmp_path):
    path = tmp_path / "garden.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(50):
            grey = np.tile(np.linspace(30, 225, 96), (64, 1)).astype(np.uint8) // (1 + number % 2)
            frame = av.VideoFrame.from_ndarray(np.dstack([grey] * 3), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    page = visit(photos.url)
    page.wait_for_selector("#models input")
    upload(page, "garden.mp4", path.read_bytes(), "application/octet-stream")
    wait_for(page, lambda: page.evaluate("sessionStorage.getItem('tintlite-film')"))
    page.reload()  # it is found again
    page.wait_for_selector("#film-save:visible")
    assert page.inner_text("#film-name") == "garden.colour.mp4"
    wait_for(page, lambda: page.locator("#film-preview").evaluate("one => one.naturalWidth") == 96)
    with page.expect_download() as download:
        page.click("#film-save")
    assert download.value.suggested_filename == "garden.colour.mp4"
    with av.open(str(download.value.path())) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50
    # A photo beside it goes its own way.
    upload(page, "parade.jpg", PHOTO.read_bytes(), "image/jpeg")
    done(page)
    page.click("#film-close")
    assert not page.is_visible("#film")
    upload(page, "letter.mp4", b"\0\0\0\x18ftypmp42" + b"x" * 2000, "video/mp4")
    page.wait_for_selector("#film-error:visible")
    assert page.inner_text("#film-error").startswith("letter.mp4: ")


@pytest.fixture(scope="module")
def long_film(tmp_path_factory) -> bytes:
    """What takes some time to be coloured."""
    path = tmp_path_factory.mktemp("film") / "long.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 90, np.uint8), format="rgb24")
        for number in range(6000):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def test_a_film_is_cancelled(photos, visit, long_film):
    page = visit(photos.url)
    page.wait_for_selector("#models input")
    upload(page, "long.mp4", long_film, "video/mp4")
    wait_for(page, lambda: photos.server.desk.films.busy)
    wait_for(page, lambda: page.inner_text("#film-text").startswith("Colour"))
    page.click("#film-cancel")
    assert not page.is_visible("#film")
    wait_for(page, lambda: not photos.server.desk.films.busy)


def test_a_cancelled_film_does_not_come_back_with_a_late_answer(photos, visit, long_film):
    page, late = visit(photos.url), []

    def hold(route):
        if not late and route.request.method == "GET":
            late.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(re.compile(r"/films/[^/?]+$"), hold)
    page.wait_for_selector("#models input")
    upload(page, "long.mp4", long_film, "video/mp4")
    wait_for(page, lambda: late)
    page.click("#film-cancel")
    route, answer = late[0]
    assert answer.json()["state"] == "running"
    with page.expect_response(route.request.url):
        route.fulfill(response=answer)
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    assert not page.is_visible("#film")
    wait_for(page, lambda: not photos.server.desk.films.busy)


def test_a_film_is_cancelled_before_the_server_has_named_it(photos, visit, long_film, monkeypatch):
    films, begun, cancelled = photos.server.desk.films, [], threading.Event()
    start = films.start

    def late(film, settings):
        begun.append(film)
        cancelled.wait(60)
        return start(film, settings)

    monkeypatch.setattr(films, "start", late)
    page = visit(photos.url)
    page.wait_for_selector("#models input")
    upload(page, "long.mp4", long_film, "video/mp4")
    wait_for(page, lambda: begun and page.inner_text("#film-text").startswith("Colour"))
    page.click("#film-cancel")
    assert not page.is_visible("#film")
    cancelled.set()
    # One that is done would be kept for an hour.
    wait_for(page, lambda: films.get(begun[0].state.id) is None)
    wait_for(page, lambda: not films.busy)


def test_how_a_photo_is_saved(photos, visit):
    page = visit(photos.url)
    page.get_by_role("button", name="Try an example").click()
    done(page)
    page.get_by_text("How to save it").click()
    assert not page.is_visible("#quality")
    sizes = []
    for quality in ("95", "50"):
        page.select_option("#format", "webp")
        page.fill("#quality", quality)
        with page.expect_download() as download:
            page.click("#download")
        assert download.value.suggested_filename == "example.colour.webp"
        sizes.append(Path(download.value.path()).stat().st_size)
        done(page)
    assert sizes[1] < sizes[0]
    page.select_option("#format", "")
    page.get_by_label("Before and after side by side").check()
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "example.colour.jpg"
    with Image.open(download.value.path()) as both, Image.open(PHOTO) as one:
        assert both.width > 1.9 * one.width
        assert b"compositeWithTrainedAlgorithmicMedia" in both.info["xmp"]
        assert b"corner_mark" not in both.info["xmp"]
    page.get_by_label("in a corner").check()
    done(page)
    with page.expect_download() as download:
        page.click("#download")
    with Image.open(download.value.path()) as marked:
        assert b"corner_mark yes" in marked.info["xmp"]


def test_a_photo_outlasts_a_reload_of_its_tab_alone(photos, visit):
    page = visit(photos.url)
    page.get_by_role("button", name="Try an example").click()
    done(page)
    page.reload()
    done(page)
    assert page.text_content("#photo-name") == "example.colour.jpg"
    other = visit(photos.url)
    other.wait_for_selector("#models input")
    assert other.is_visible("#drop")
