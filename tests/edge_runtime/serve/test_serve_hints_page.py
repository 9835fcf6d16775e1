"""Said colours and zoom on the page, in a real browser."""

import io
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

from edge_runtime import Colorizer, Device
from edge_runtime.hints.file import hints_of_json

DEMO = Path(__file__).parents[3] / "docs" / "demo" / "grey.jpg"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HORSE = 0.42, 0.62  # where a brown horse stands in the photo
SAND = 0.5, 0.87
RED, BLUE = (0, 60), (220, 320)  # hues of L*a*b*, degrees


@pytest.fixture(scope="module")
def photos(start):
    """A server without a camera, with its usual models."""
    return start(model="standard")


@pytest.fixture(scope="module")
def photo(file_of) -> bytes:
    """A PNG of the demo photo, so that a download is the result's very pixels."""
    return file_of(np.asarray(Image.open(DEMO).convert("L")))


@pytest.fixture
def open_page(photos, visit, photo):
    """Opens the page, and the demo photo on it."""

    def opened(**options):
        page = visit(photos.url, **options)
        page.wait_for_selector("#choose:visible")
        give(page, ("grey.png", photo))
        page.wait_for_selector("#download:enabled")
        return page

    return opened


def give(page, *files) -> None:
    kinds = {".png": "image/png", ".json": "application/json"}
    page.set_input_files(
        "#file",
        [
            {"name": name, "mimeType": kinds[Path(name).suffix], "buffer": data}
            for name, data in files
        ],
    )


def place(page, at) -> tuple[float, float]:
    """Where a place of the picture, in its parts, is in the window while all of it is shown."""
    box = page.locator("#photo").bounding_box()
    return box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]


def answered(page, hints: int) -> None:
    page.wait_for_selector(f'#photo[data-hints="{hints}"]')


def choose(page, title: str) -> None:
    page.locator(f'#palette .swatch[title="{title}"]').click()


def say(page, at, title: str, hints: int) -> None:
    page.mouse.click(*place(page, at))
    choose(page, title)
    answered(page, hints)


def lab_at(page, at) -> np.ndarray:
    levels = page.evaluate(
        """([x, y]) => {
            const canvas = document.querySelector('#photo .after');
            const at = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
            return [...canvas.getContext('2d').getImageData(...at, 1, 1).data.slice(0, 3)];
        }""",
        at,
    )
    return rgb2lab(np.uint8(levels)[None, None])[0, 0]


def is_hue(lab, between) -> bool:
    hue = np.degrees(np.arctan2(lab[2], lab[1])) % 360
    return np.hypot(*lab[1:]) > 8 and between[0] <= hue <= between[1]


def saved(page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def dots(page) -> list[str]:
    return [dot.get_attribute("aria-label") for dot in page.locator(".point").all()]


def test_a_colour_by_a_click(open_page, photo):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url.split("?")[0]))
    assert page.locator("#say-tools").is_hidden()
    page.get_by_role("button", name="Say a colour").click()
    plain = lab_at(page, HORSE)
    assert not is_hue(plain, BLUE)
    page.mouse.click(*place(page, HORSE))
    palette = page.get_by_role("dialog", name="What colour is it?")
    palette.wait_for(state="visible")
    assert palette.get_by_role("group").first.get_attribute("aria-label") == "Here"
    choose(page, "Blue")
    answered(page, 1)
    assert is_hue(lab_at(page, HORSE), BLUE)
    np.testing.assert_allclose(lab_at(page, HORSE)[0], plain[0], atol=1.5)
    assert dots(page) == ["Point 1: #2f5597, 42 % from the left, 62 % from the top"]
    # Another colour of the same point, while the palette is open, is the same step.
    choose(page, "Red")
    page.wait_for_selector('.point[aria-label^="Point 1: #a02c2c"]')
    say(page, SAND, "Sand", 2)
    page.keyboard.press("Escape")
    assert palette.is_hidden()
    assert is_hue(lab_at(page, HORSE), RED)
    # Undone and done again, by keys and by buttons.
    page.keyboard.press("Control+z")
    answered(page, 1)
    page.get_by_role("button", name="Undo").click()
    answered(page, 0)
    np.testing.assert_allclose(lab_at(page, HORSE), plain, atol=0.5)
    assert dots(page) == []
    page.keyboard.press("Control+Shift+Z")
    page.get_by_role("button", name="Redo").click()
    answered(page, 2)
    assert is_hue(lab_at(page, HORSE), RED)
    # The photo was sent once, and its colours were asked for alone.
    assert all(url.endswith("/ab") for url in asked if "/api/status" not in url)
    # Another visitor's page shows nothing of it, nor another photo of this one.
    other = open_page()
    np.testing.assert_allclose(lab_at(other, HORSE), plain, atol=0.5)
    assert other.get_attribute("#photo", "data-hints") == "0"
    give(page, ("other.png", photo))
    answered(page, 0)
    assert dots(page) == []


def test_said_colours_are_in_the_download_and_in_a_file(open_page, photos, visit, photo):
    page = open_page()
    page.get_by_role("button", name="Say a colour").click()
    say(page, HORSE, "Blue", 1)
    say(page, SAND, "Grass", 2)
    page.get_by_role("button", name="Keep grey").click()  # instead of it
    page.wait_for_selector('.point[aria-label^="Point 2: grey"]')
    name, hints = saved(page, "Save hints")
    assert name == "grey.hints.json"
    grey = np.asarray(Image.open(io.BytesIO(photo)))
    said = hints_of_json(hints, grey)
    assert [(round(one.x, 2), round(one.y, 2), one.colour) for one in said] == [
        (*HORSE, "#2f5597"),
        (*SAND, "grey"),
    ]
    # The download is what Python makes of that file, at full size.
    name, result = saved(page, "Download")
    assert name == "grey.colour.png"
    expected = Colorizer("standard", Device(threads=1)).colorize(grey, hints=said)
    shown = np.asarray(Image.open(io.BytesIO(result)))
    assert np.abs(shown.astype(int) - expected).max() <= 1
    assert not np.array_equal(expected, Colorizer("standard").colorize(grey))
    blue = lab_at(page, HORSE)
    # A reload finds the photo again, and what was said of it.
    page.reload()
    page.wait_for_selector("#download:enabled")
    answered(page, 2)
    np.testing.assert_allclose(lab_at(page, HORSE), blue, atol=0.5)
    page.get_by_role("button", name="Say a colour").click()
    assert len(dots(page)) == 2
    # Its file gives it back.
    give(page, ("grey.hints.json", hints))
    page.wait_for_selector("#toast:visible:has-text('2 said colours are back')")
    answered(page, 2)
    # The file before its photo, and together with it.
    page = visit(photos.url)
    page.wait_for_selector("#choose:visible")
    give(page, ("grey.hints.json", hints))
    page.wait_for_selector("#photo-error:visible:has-text('open the photo first')")
    give(page, ("again.hints.json", hints), ("grey.png", photo))
    answered(page, 2)
    np.testing.assert_allclose(lab_at(page, HORSE), blue, atol=0.5)


def test_a_colour_from_another_picture(open_page, file_of):
    page = open_page()
    other = np.zeros((60, 100, 3), np.uint8)
    other[:, :50], other[:, 50:] = (200, 40, 60), (40, 60, 200)
    page.get_by_role("button", name="Say a colour").click()
    page.mouse.click(*place(page, HORSE))
    for data in (b"no picture", file_of(other)):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="From a picture").click()
        file = {"name": "other.png", "mimeType": "image/png", "buffer": data}
        chooser.value.set_files(file)
        if data == b"no picture":
            page.wait_for_selector("#toast:visible:has-text('other.png: no picture')")
    page.locator("#pick-picture").click(position={"x": 80, "y": 30})
    answered(page, 1)
    assert page.locator("#pick").is_hidden()
    assert dots(page)[0].startswith("Point 1: #283cc8")
    assert is_hue(lab_at(page, HORSE), BLUE)


def test_files_of_hints_that_cannot_be_taken(open_page, visit):
    page = open_page()
    likeness = {"width": 640, "height": 450, "view": "00" * 64}
    values = {"format": "tintlite-hints", "version": 1, "picture": likeness, "hints": []}
    for data, sentence in (
        (json.dumps(values), "The hints: the hints belong to another picture, of 640 x 450"),
        (json.dumps(values | {"version": 2}), "which a newer TintLite wrote"),
        (json.dumps(values | {"hints": [0] * 501}), "another picture"),
        ("no JSON", "The hints: not readable as JSON"),
        (" " * 1_000_001, "bad.json: a file of hints has 1 MB at most."),
    ):
        give(page, ("bad.json", data.encode()))
        page.wait_for_selector(f'#photo-error:visible:has-text("{sentence}")')
    assert page.get_attribute("#photo", "data-hints") == "0"
    assert page.locator("#download").is_enabled()
    # The browser's own lines on the answers 422.
    assert [line for line in visit.complaints if "422" not in line] == []
    visit.complaints.clear()


def test_a_colour_on_the_margin_is_refused(photos, visit, grey, file_of):
    page = visit(photos.url)
    page.wait_for_selector("#choose:visible")
    mount = np.full((400, 600), 240, np.uint8)
    mount[80:320, 120:480] = np.resize(grey, (240, 360))
    page.set_input_files(
        "#file", {"name": "page.png", "mimeType": "image/png", "buffer": file_of(mount)}
    )
    page.wait_for_selector("#download:enabled")
    page.get_by_role("button", name="Say a colour").click()
    say(page, (0.5, 0.5), "Blue", 1)
    page.mouse.click(*place(page, (0.03, 0.1)))
    choose(page, "Red")
    page.wait_for_selector("#toast:visible:has-text('margin')")
    page.wait_for_selector(".point >> nth=1", state="detached")
    assert len(dots(page)) == 1
    assert page.get_attribute("#photo", "data-hints") == "1"
    visit.complaints.clear()  # the browser's own line on the answer 422


def test_lines_and_points_that_are_moved_and_removed(open_page):
    page = open_page()
    page.get_by_role("button", name="Say a colour").click()
    x, y = place(page, (0.2, SAND[1]))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(place(page, (0.7, 0))[0], y, steps=40)
    page.mouse.up()
    choose(page, "Blue")
    count = len(dots(page))
    assert 5 <= count <= 12
    answered(page, count)
    assert is_hue(lab_at(page, (0.2, SAND[1])), BLUE)
    assert is_hue(lab_at(page, SAND), BLUE)
    page.keyboard.press("Escape")
    # A line is one thing: its colour is, and it goes and comes back as one.
    page.locator(".point").nth(2).click()
    choose(page, "Red")
    page.wait_for_selector('.point[aria-label^="Point 1: #a02c2c"]')
    assert all("#a02c2c" in one for one in dots(page))
    page.get_by_role("button", name="Remove").click()
    answered(page, 0)
    page.keyboard.press("Control+z")
    answered(page, count)
    # One of its points is drawn elsewhere, in one step.
    first = page.locator(".point").first.bounding_box()
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    page.mouse.down()
    page.mouse.move(*place(page, HORSE), steps=8)
    page.mouse.up()
    assert "42 % from the left, 62 % from the top" in dots(page)[0]
    assert page.locator("#palette").is_hidden()
    page.keyboard.press("Control+z")
    assert "20 % from the left, 87 % from the top" in dots(page)[0]


def test_colours_are_said_by_keys_alone(open_page):
    page = open_page()

    def focused() -> str:
        return page.evaluate("document.activeElement.ariaLabel || document.activeElement.id")

    page.focus("#say")
    page.keyboard.press("Enter")
    page.focus("#new-point")
    page.keyboard.press("Enter")
    assert focused() == "Point 1: no colour yet, 50 % from the left, 50 % from the top"
    for key in ["ArrowLeft"] * 3 + ["ArrowDown"] * 2 + ["Shift+ArrowDown"] * 2:
        page.keyboard.press(key)
    assert focused() == "Point 1: no colour yet, 47 % from the left, 62 % from the top"
    page.keyboard.press("Enter")
    assert focused() == "Here: as it is now"
    for key in ("Tab", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    answered(page, 1)
    page.keyboard.press("Escape")
    assert focused().startswith("Point 1: #b97a52")
    page.keyboard.press("Delete")
    answered(page, 0)
    assert focused() == "new-point"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # one that has no colour yet is given up
    assert dots(page) == []
    assert page.locator("#undo").is_enabled()


def test_zoom(open_page):
    page = open_page()
    page.get_by_role("button", name="Say a colour").click()
    say(page, HORSE, "Blue", 1)
    page.keyboard.press("Escape")

    def dot_is_off() -> float:
        """How far the point is from its place in the picture as that is drawn, in pixels."""
        return page.evaluate(
            """([x, y]) => {
                const point = document.querySelector('.point').getBoundingClientRect();
                const shown = document.querySelector('#photo .after').getBoundingClientRect();
                return Math.hypot(point.x + point.width / 2 - shown.x - x * shown.width,
                                  point.y + point.height / 2 - shown.y - y * shown.height);
            }""",
            HORSE,
        )

    def zoom() -> float:
        shown = page.locator("#photo .after").bounding_box()["width"]
        return shown / page.locator("#photo").bounding_box()["width"]

    def divider_is_off() -> float:
        """How far the edge between before and after is from the divider, in pixels."""
        return page.evaluate(
            """() => {
                const before = document.querySelector('#photo .before');
                const box = before.getBoundingClientRect();
                const clip = getComputedStyle(before).clipPath;
                const edge = box.right - (parseFloat(clip.split(' ')[1]) / 100) * box.width;
                const divider = document.querySelector('#photo .divider').getBoundingClientRect();
                return Math.abs(edge - divider.x - divider.width / 2);
            }"""
        )

    assert (zoom(), dot_is_off() < 1) == (1, True)
    under = lab_at(page, HORSE)
    page.mouse.move(*place(page, HORSE))
    for _ in range(3):
        page.mouse.wheel(0, -300)
    wait_for(page, lambda: zoom() > 4)
    assert dot_is_off() < 1
    # The place under the pointer has stayed there.
    point = page.locator(".point").bounding_box()
    assert abs(point["x"] + point["width"] / 2 - place(page, HORSE)[0]) < zoom()  # a pixel then
    np.testing.assert_allclose(lab_at(page, HORSE)[1:], under[1:], atol=6)
    page.get_by_role("button", name="Say a colour").click()
    page.locator("#photo").focus()
    left = page.locator("#photo .after").bounding_box()["x"]
    page.keyboard.press("ArrowRight")
    assert page.locator("#photo .after").bounding_box()["x"] < left
    page.keyboard.press("0")
    assert zoom() == 1
    page.keyboard.press("+")
    assert zoom() == pytest.approx(1.5, rel=1e-3)
    # Drawn with the mouse, and the divider by its handle.
    left = page.locator("#photo .after").bounding_box()["x"]
    x, y = place(page, (0.8, 0.3))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 50, y, steps=5)
    page.mouse.up()
    assert page.locator("#photo .after").bounding_box()["x"] == pytest.approx(left - 50, abs=1)
    divider = page.locator("#photo [role=slider]")
    assert divider.get_attribute("aria-valuenow") == "50"
    assert divider_is_off() < 1.5
    page.mouse.move(*place(page, (0.5, 0.5)))
    page.mouse.down()
    page.mouse.move(*place(page, (0.7, 0.5)), steps=5)
    page.mouse.up()
    assert divider.get_attribute("aria-valuenow") == "70"
    assert divider_is_off() < 1.5
    # Two presses in time; a busy machine may need more for that.
    press = page.mouse.click
    wait_for(page, lambda: press(*place(page, (0.3, 0.3))) or zoom() == 1)
    page.get_by_role("button", name="1:1, full size").click()
    shown = page.locator("#photo .after").bounding_box()["width"]
    assert shown == pytest.approx(max(640, page.locator("#photo").bounding_box()["width"]), abs=1)
    page.get_by_role("button", name="Full screen").click()
    wait_for(page, lambda: page.evaluate("document.fullscreenElement?.id") == "viewer")
    page.get_by_role("button", name="Full screen").click()
    wait_for(page, lambda: page.evaluate("document.fullscreenElement === null"))


STAYS_ON_TOP = """async () => {
    scrollTo(0, 0);
    for (let frame = 0; frame < 10; frame++) {
        await new Promise(requestAnimationFrame);
        if (scrollY) return false;
    }
    return true;
}"""


def wait_for(page, condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def test_by_finger(open_page):
    page = open_page(**PHONE)
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})

    page.get_by_role("button", name="Say a colour").tap()
    page.touchscreen.tap(*place(page, HORSE))
    page.locator('.swatch[title="Blue"]').tap()
    answered(page, 1)
    assert is_hue(lab_at(page, HORSE), BLUE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Close the palette").tap()
    # A finger that goes up scrolls the page, and says nothing.
    page.evaluate("scrollTo(0, 0)")
    x, y = place(page, SAND)
    touch("Start", (x, y))
    for step in range(1, 9):
        touch("Move", (x + step / 4, y - 20 * step))
    touch("End")
    wait_for(page, lambda: page.evaluate("scrollY") > 20)
    assert len(dots(page)) == 1
    # A page that a finger threw scrolls on for a while.
    wait_for(page, lambda: page.evaluate(STAYS_ON_TOP))
    # A point is moved by the finger.
    touch("Start", place(page, HORSE))
    for step in range(1, 6):
        touch("Move", place(page, (HORSE[0] + 0.04 * step, HORSE[1])))
    touch("End")
    assert re.search("6[12] % from the left", dots(page)[0])
    # Two fingers zoom, and say nothing.
    x, y = place(page, (0.5, 0.5))
    touch("Start", (x - 20, y))
    touch("Start", (x - 20, y), (x + 20, y))
    for step in range(1, 6):
        touch("Move", (x - 20 - 10 * step, y), (x + 20 + 10 * step, y))
    touch("End")
    shown = page.locator("#photo .after").bounding_box()["width"]
    assert shown / page.locator("#photo").bounding_box()["width"] == pytest.approx(3.5, rel=0.1)
    assert len(dots(page)) == 1
    assert page.locator("#palette").is_hidden()
    page.get_by_role("button", name="Fit the whole photo").tap()
    page.get_by_role("button", name="Say a colour").tap()
    # Two taps in time; a busy machine may need more for that.
    tap = page.touchscreen.tap
    zoomed = page.locator("#photo.zoomed")
    wait_for(page, lambda: tap(*place(page, (0.3, 0.3))) or zoomed.count() == 1)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_suggestions_to_choose_from(open_page, options):
    page = open_page(**options)
    page.get_by_role("button", name="Suggestions").click()
    page.wait_for_selector("#suggestions button:nth-child(4)")
    buttons = page.locator("#suggestions button")
    assert buttons.all_inner_texts() == ["Automatic", "Neutral", "Warmer", "Cooler"]
    shown = buttons.locator("canvas").evaluate_all("all => all.map((one) => one.toDataURL())")
    assert len(set(shown)) == 4
    before = lab_at(page, SAND)
    buttons.get_by_text("Cooler").click()
    page.wait_for_selector('#photo[data-hints]:not([data-hints="0"])')
    # They are points like others: they can be changed, and taken back.
    hints = int(page.get_attribute("#photo", "data-hints"))
    assert len(dots(page)) == hints
    cooler = lab_at(page, SAND)
    assert cooler[2] < before[2] - 2
    buttons.get_by_text("Automatic").click()
    answered(page, 0)
    np.testing.assert_allclose(lab_at(page, SAND), before, atol=0.5)
    page.get_by_role("button", name="Undo").click()
    answered(page, hints)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Suggestions").click()
    assert not buttons.count()
