"""The whole static page: its colours beside Python's, without a network, on a phone.

LiteRT.js is not part of the repository: without what `make browser` fetches these are passed over.
"""

import base64
import io
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime import Colorizer, Device
from edge_runtime.colour.hints import Hint
from edge_runtime.hints.file import hints_json
from edge_runtime.pictures.mark import read_mark

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "docs" / "demo"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PATIENT = 600_000


@pytest.fixture
def visit(browser):
    """Opens pages in contexts of their own; at the end, none may have met an error."""
    contexts, complaints = [], []

    def noted(line):
        # LiteRT.js tells what it does as errors.
        if not re.match("INFO|WARNING|I[0-9]{4} ", line):
            complaints.append(line)

    def opened(url, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENT)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and noted(line.text))
        page.on("request", lambda request: opened.asked.append(request.url))
        page.goto(url)
        return page

    opened.asked = []
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def wait_for(page, script: str) -> None:
    """Wait until an expression holds; Playwright's own way needs what the page forbids."""
    end = time.monotonic() + PATIENT / 1000
    while not page.evaluate(script):
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(100)


def ready(page) -> None:
    """Wait until the engine has said what it runs on."""
    wait_for(page, "document.getElementById('runs-on')?.textContent")


def coloured(page, data: bytes, model: str, hints: str | None = None) -> np.ndarray:
    """What the engine makes of the bytes of a PNG: uint8 [H, W, 3]."""
    result = page.evaluate(
        """async ([base64, model, hints]) => {
            const api = await import('./api.js');
            const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
            const file = new File([bytes], 'photo.png', { type: 'image/png' });
            const { id } = await api.openPhoto(file, model, undefined, () => {});
            const blob = await api.getResult(id, { model, saturation: 1 }, hints);
            api.forgetPhoto(id);
            const reader = new FileReader();
            const read = new Promise((done) => { reader.onload = done; });
            reader.readAsDataURL(blob);
            await read;
            return reader.result;
        }""",
        [base64.b64encode(data).decode(), model, hints],
    )
    png = base64.b64decode(result.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def demo_photos() -> list[np.ndarray]:
    """Ten grey pictures cut out of those of docs/demo, of several shapes."""
    grey = np.asarray(Image.open(DEMO / "grey.jpg").convert("L"))
    plates = np.asarray(Image.open(DEMO / "plates.jpg").convert("L"))
    hints = np.asarray(Image.open(DEMO / "hints.jpg").convert("L"))
    return [
        grey, grey[:, ::-1], grey[40:300, 100:500], grey[100:, 320:],
        plates[:200, :260], plates[240:520], plates[500:900, 300:700],
        hints[:, :220], hints[:200, 400:800], hints[220:, 900:],
    ]  # fmt: skip


@pytest.mark.parametrize("model", ["standard", pytest.param("nano", marks=pytest.mark.slow)])
def test_ten_photos_are_coloured_as_python_colours_them(site, visit, model):
    page = visit(site.url)
    ready(page)
    colorizer = Colorizer(model, Device(threads=1))
    for picture in demo_photos():
        known = colorizer.colorize(picture).astype(int)
        off = np.abs(coloured(page, file_of(picture), model) - known)
        assert off.max() <= 1
        assert (off == 0).mean() > 0.98


def test_said_colours_come_out_as_in_python(site, visit):
    page = visit(site.url)
    ready(page)
    picture = demo_photos()[2]
    hints = [Hint(0.3, 0.4, "#8c1d2f"), Hint(0.7, 0.6, "grey", 0.1), Hint(0.5, 0.9, "#1d8c2f")]
    colorizer = Colorizer("nano", Device(threads=1))
    found = coloured(page, file_of(picture), "nano", hints_json(hints, picture).decode())
    off = np.abs(found - colorizer.colorize(picture, hints=hints).astype(int))
    assert np.abs(found - colorizer.colorize(picture).astype(int)).max() > 40
    assert off.max() <= 4
    assert (off <= 1).mean() > 0.999


def test_after_one_visit_no_network_is_needed(site, visit):
    page = visit(site.url)
    wait_for(page, "Boolean(navigator.serviceWorker.controller)")
    # What is large came over the line once.
    large = [path for path, code in site.asked if code == 200 and "litert/" in path]
    assert sorted(large) == sorted(set(large))
    assert not [path for path, _ in site.asked if "compat" in path and "relaxed" in str(large)]
    site.stop()
    page.reload()
    page.set_input_files("#file", DEMO / "grey.jpg")
    page.wait_for_selector("#download:enabled")
    assert page.inner_text("#photo-name") == "grey.colour.jpg"
    assert page.inner_text("#photo-notes") == ""  # its grey profile makes no colours of it
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with Image.open(download.value.path()) as saved:
        assert saved.size == (640, 450)
        red, _, blue = np.moveaxis(np.asarray(saved.convert("RGB"), int), -1, 0)
    assert np.abs(red - blue).mean() > 5
    assert all(url.startswith(("blob:", site.url)) for url in visit.asked)


def test_on_a_phone(site, visit):
    page = visit(site.url, **PHONE)
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "It stays on this device." in page.inner_text("#drop")
    page.set_input_files("#file", DEMO / "grey.jpg")
    page.wait_for_selector("#download:enabled")
    assert page.locator("#say").is_visible()
    assert page.locator("#suggest").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_turned_photo_is_upright_and_another_file_is_refused(site, visit):
    page = visit(site.url)
    turned = Image.fromarray(demo_photos()[2])
    exif = turned.getexif()
    exif[0x0112] = 6
    exif[0x010E] = "Aunt Mary"
    file = io.BytesIO()
    turned.save(file, "JPEG", exif=exif)
    page.set_input_files("#file", photo("turned.jpg", file.getvalue()))
    page.wait_for_selector("#download:enabled")
    assert page.inner_text("#photo-facts").startswith("260 × 400 ")  # noqa: RUF001
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with Image.open(download.value.path()) as saved:
        assert saved.size == (260, 400)
        assert (saved.getexif()[0x0112], saved.getexif()[0x010E]) == (1, "Aunt Mary")
        assert read_mark(saved.info["xmp"]).model.startswith("standard ")
    page.set_input_files("#file", photo("letter.txt", b"Dear Sir,"))
    page.wait_for_selector("#photo-error:visible")
    words = "letter.txt: not a picture that this browser can open"
    assert page.inner_text("#photo-error") == words


def photo(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def file_of(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
