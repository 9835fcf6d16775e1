"""Several photos on the page, in a real browser: their list, and the ZIP of all."""

import io
import json
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.hints.file import hints_of_json
from edge_runtime.serve import server

PATIENT = 300  # s; fifty photos on a busy machine
NAMES = [f"{number:02d}.png" for number in range(50)]
BROKEN = NAMES[7]
SENTENCE = f"{BROKEN}: not a JPEG, PNG, TIFF, WebP, BMP, HEIC, AVIF, JPEG 2000 or GIF picture"
DESKTOP = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def photos(start):
    """A server without a camera, with its usual models, and two places on any machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "usable_cores", lambda: 2)
        return start(model="nano")


@pytest.fixture(scope="module")
def files(file_of) -> dict[str, bytes]:
    """Fifty small photos by their names, all different, one of them broken."""
    noise = np.random.default_rng(0)
    made = {}
    for name in NAMES:
        coarse = Image.fromarray(noise.integers(20, 235, (4, 6), np.uint8))
        made[name] = file_of(np.asarray(coarse.resize((72, 48), Image.Resampling.BICUBIC)))
    return made | {BROKEN: b"Dear Sir,"}


@pytest.fixture
def held(photos, monkeypatch):
    """Holds the server's photos back but for those it is told of; `set` lets all go."""
    go = threading.Event()
    go.free = set()
    open_photo = photos.server.desk.workshop.open

    def waiting(job, file, name, settings):
        end = time.monotonic() + PATIENT
        while name not in go.free and not job.called_off and not go.wait(0.02):
            assert time.monotonic() < end
        return open_photo(job, file, name, settings)

    monkeypatch.setattr(photos.server.desk.workshop, "open", waiting)
    yield go
    go.set()


@pytest.fixture
def page(photos, visit):
    """The page, in a browser that asks nobody where files shall lie."""
    opened = visit(photos.url, **DESKTOP)
    opened.add_init_script("delete window.showSaveFilePicker")
    opened.reload()
    opened.wait_for_selector("#choose:visible")
    yield opened
    # The browser's own lines on refusals.
    visit.complaints[:] = [one for one in visit.complaints if "Failed to load" not in one]


def wait_for(page, condition) -> None:
    end = time.monotonic() + PATIENT
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def give(page, files: dict[str, bytes]) -> None:
    kinds = {".png": "image/png", ".json": "application/json", ".mp4": "video/mp4"}
    page.set_input_files(
        "#file",
        [
            {"name": name, "mimeType": kinds[Path(name).suffix], "buffer": data}
            for name, data in files.items()
        ],
    )


def card(page, name: str):
    return page.locator(f"#cards li:has(b[title='{name}'])")


def states(page) -> dict[str, str]:
    cards = page.locator("#cards li").evaluate_all(
        "all => all.map((one) => [one.querySelector('b').textContent, one.dataset.state])"
    )
    return dict(cards)


def count(page, state: str) -> int:
    return page.locator(f"#cards li[data-state='{state}']").count()


def looked_at(page) -> str:
    """The name of the photo that is on the stage, once nothing is under way."""
    page.wait_for_selector("#download:enabled")
    return page.inner_text("#cards [aria-current] b")


def zipped(page) -> zipfile.ZipFile:
    with page.expect_download() as download:
        page.click("#all")
    assert download.value.suggested_filename == "tintlite-photos.zip"
    archive = zipfile.ZipFile(download.value.path())
    assert archive.testzip() is None
    return archive


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def coloured(photos, data: bytes, **options) -> np.ndarray:
    """What the server makes of a photo that is sent to it alone."""
    answer = photos.http.post("/api/colorize", content=data, params=options)
    return pixels(answer.raise_for_status().content)


def test_fifty_photos_among_them_a_broken_one(photos, page, files):
    give(page, files)
    wait_for(page, lambda: count(page, "done") == 49)
    assert [name for name, state in states(page).items() if state == "failed"] == [BROKEN]
    assert card(page, BROKEN).locator(".card-state").inner_text() == SENTENCE
    assert page.inner_text("#photos-state") == "49 of 50 photos coloured, 1 failed"
    assert looked_at(page) == NAMES[0]
    # One has its own saturation, another one its own said colour.
    card(page, NAMES[3]).locator(".card").click()
    wait_for(page, lambda: looked_at(page) == NAMES[3])
    page.get_by_label("Saturation", exact=True).fill("2")
    card(page, NAMES[5]).locator(".card").click()
    wait_for(page, lambda: looked_at(page) == NAMES[5])
    assert page.inner_text("#saturation-value") == "1.00\u00d7"
    page.get_by_role("button", name="Say a colour").click()
    page.locator("#photo").click(position={"x": 30, "y": 30})
    page.locator('#palette .swatch[title="Red"]').click()
    page.wait_for_selector('#photo[data-hints="1"]')
    page.keyboard.press("Escape")
    wait_for(page, lambda: "1 said colour" in card(page, NAMES[5]).inner_text())
    # A reload finds all of it again, and the ZIP is what the server makes of each.
    page.reload()
    wait_for(page, lambda: count(page, "done") == 49)
    assert states(page)[BROKEN] == "failed"
    assert looked_at(page) == NAMES[5]
    page.wait_for_selector('#photo[data-hints="1"]')
    page.get_by_text("How to save it").click()
    page.get_by_label("Before and after side by side").check()
    with zipped(page) as archive:
        good = [name for name in NAMES if name != BROKEN]
        results = [name.replace(".png", ".colour.png") for name in good]
        assert sorted(archive.namelist()) == sorted([*results, "05.hints.json"])
        said = hints_of_json(archive.read("05.hints.json"), pixels(files[NAMES[5]]))
        assert [one.colour for one in said] == ["#a02c2c"]
        for name in (NAMES[0], NAMES[3], NAMES[49]):
            options = {"saturation": 2 if name == NAMES[3] else 1, "side_by_side": True}
            alone = coloured(photos, files[name], **options)
            np.testing.assert_array_equal(
                pixels(archive.read(name.replace(".png", ".colour.png"))), alone
            )
        alone = coloured(photos, files[NAMES[5]], side_by_side=True)
        assert not np.array_equal(pixels(archive.read("05.colour.png")), alone)
    page.click("#clear")
    page.wait_for_selector("#choose:visible")
    page.reload()
    page.wait_for_selector("#models input")
    assert page.locator("#cards li").count() == 0


def test_cancel_retry_and_remove(held, page, files):
    give(page, {name: files[name] for name in NAMES[:8]})
    # The first is under the veil, the second in the background, the others wait.
    page.wait_for_selector("#busy:visible")
    wait_for(page, lambda: list(states(page).values()) == ["busy"] * 2 + ["waiting"] * 6)
    assert page.locator("#all").is_disabled()
    card(page, NAMES[5]).get_by_role("button", name="Cancel").click()
    card(page, NAMES[1]).get_by_role("button", name="Cancel").click()
    card(page, NAMES[0]).get_by_role("button", name="Cancel").click()
    wait_for(page, lambda: states(page)[NAMES[2]] == "busy")
    assert [states(page)[NAMES[at]] for at in (0, 1, 5)] == ["cancelled"] * 3
    # What is coloured first is looked at.
    held.free.add(NAMES[2])
    wait_for(page, lambda: states(page)[NAMES[2]] == "done")
    assert looked_at(page) == NAMES[2]
    # One that waits is looked at: it is the next.
    card(page, NAMES[6]).locator(".card").click()
    wait_for(page, lambda: states(page)[NAMES[6]] == "busy")
    held.set()
    wait_for(page, lambda: looked_at(page) == NAMES[6])
    wait_for(page, lambda: count(page, "done") == 4 and count(page, "failed") == 1)
    for at in (0, 1, 5):
        card(page, NAMES[at]).get_by_role("button", name="Retry").click()
    wait_for(page, lambda: count(page, "done") == 7)
    card(page, BROKEN).get_by_role("button", name="Retry").click()
    wait_for(page, lambda: page.inner_text("#photos-state") == "7 of 8 photos coloured, 1 failed")
    assert looked_at(page) == NAMES[6]
    # The one that is looked at goes: that in its place comes up, or the one before.
    card(page, BROKEN).get_by_role("button", name="Remove").click()
    card(page, NAMES[6]).get_by_role("button", name="Remove").click()
    wait_for(page, lambda: looked_at(page) == NAMES[5])
    assert list(states(page)) == NAMES[:6]


def test_a_reload_goes_on_with_what_waits(held, page, files):
    held.free.update(NAMES[:2])
    give(page, {name: files[name] for name in NAMES[:4]})
    wait_for(page, lambda: count(page, "done") == 2)
    wait_for(page, lambda: kept_files(page) == 4)
    page.reload()
    wait_for(page, lambda: len(states(page)) == 4 and count(page, "done") == 2)
    held.set()
    wait_for(page, lambda: count(page, "done") == 4)


def kept_files(page) -> int:
    return page.evaluate(
        """() => new Promise((told) => {
            const opening = indexedDB.open('tintlite');
            opening.onsuccess = () => {
                const words = opening.result.transaction('words').objectStore('words').count();
                words.onsuccess = () => { opening.result.close(); told(words.result); };
            };
        })"""
    )


def test_names_are_kept_and_made_unique(photos, page, files):
    hints = {"format": "tintlite-hints", "version": 1}
    opened = photos.http.post("/api/photos", files={"picture": ("a", files[NAMES[1]])}).json()
    said = [{"x": 0.5, "y": 0.5, "colour": "#a02c2c", "radius": 0}]
    text = json.dumps(hints | {"picture": opened["likeness"], "hints": said}).encode()
    for name in (NAMES[0], NAMES[1]):
        give(page, {"Großmutter.png": files[name], "b.png": files[NAMES[2]]})
        wait_for(page, lambda: count(page, "waiting") + count(page, "busy") == 0)
    # Hints go to the photo of their name; the newest one here is another of that name.
    give(page, {"Auge.png": files[NAMES[1]], "Auge.hints.json": text, "c.png": files[NAMES[3]]})
    wait_for(page, lambda: "1 said colour" in card(page, "Auge.png").inner_text())
    wait_for(page, lambda: count(page, "done") == 6)
    page.get_by_text("How to save it").click()
    page.select_option("#format", "webp")
    with zipped(page) as archive:
        assert sorted(archive.namelist()) == sorted(
            [
                "Großmutter.colour.webp",
                "Großmutter (2).colour.webp",
                "b.colour.webp",
                "b (2).colour.webp",
                "Auge.colour.webp",
                "Auge.hints.json",
                "c.colour.webp",
            ]
        )
        first, second = (archive.read(f"Großmutter{one}.colour.webp") for one in ("", " (2)"))
        assert not np.array_equal(pixels(first), pixels(second))
        assert Image.open(io.BytesIO(first)).format == "WEBP"
        assert hints_of_json(archive.read("Auge.hints.json"), pixels(files[NAMES[1]]))


def test_a_zip_is_written_to_the_disk_where_the_browser_can(photos, visit, files):
    page = visit(photos.url, **DESKTOP)
    page.add_init_script(
        """window.showSaveFilePicker = async ({ suggestedName }) => {
            const folder = await navigator.storage.getDirectory();
            return folder.getFileHandle(suggestedName, { create: true });
        };"""
    )
    page.reload()
    page.wait_for_selector("#choose:visible")
    give(page, {name: files[name] for name in NAMES[:3]})
    wait_for(page, lambda: count(page, "done") == 3)
    page.click("#all")
    page.wait_for_selector("#toast:visible:has-text('Saved 3 of 3 photos')")
    data = page.evaluate(
        """async () => {
            const folder = await navigator.storage.getDirectory();
            const file = await (await folder.getFileHandle('tintlite-photos.zip')).getFile();
            return [...new Uint8Array(await file.arrayBuffer())];
        }"""
    )
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [name.replace(".png", ".colour.png") for name in NAMES[:3]]


def test_too_many_photos_are_told(page, file_of):
    small = file_of(np.full((4, 6), 90, np.uint8))
    page.route("**/api/photos?*", lambda route: None)  # none of them is answered
    give(page, {f"{number:03d}.png": small for number in range(203)})
    page.wait_for_selector("#photo-error:visible")
    assert page.inner_text("#photo-error") == (
        "3 of 203 photos were not taken: 200 photos and 1 GB are the most at a time."
    )
    assert len(states(page)) == 200


def test_the_list_by_keys(page, files):
    give(page, {name: files[name] for name in NAMES[:4]})
    wait_for(page, lambda: count(page, "done") == 4)
    assert page.locator("#cards button[tabindex='0']:visible").count() == 2
    page.focus("#cards [aria-current]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait_for(page, lambda: looked_at(page) == NAMES[2])
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    wait_for(page, lambda: len(states(page)) == 3)
    assert page.evaluate("document.activeElement.textContent").startswith(NAMES[1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == f"Remove {NAMES[1]}"


def test_hints_for_a_photo_that_is_being_coloured_wait_for_it(photos, held, page, files):
    data = files[NAMES[1]]
    held.free.add("likeness")
    opened = photos.http.post("/api/photos", files={"picture": ("likeness", data)}).json()
    said = [{"x": 0.5, "y": 0.5, "colour": "#a02c2c", "radius": 0}]
    values = {"format": "tintlite-hints", "version": 1, "picture": opened["likeness"]}
    give(page, {"a.png": data})
    page.wait_for_selector("#busy:visible")
    give(page, {"any.json": json.dumps(values | {"hints": said}).encode()})
    page.wait_for_selector("#toast:visible:has-text('a.png is still being coloured')")
    assert page.locator("#photo-error").is_hidden()
    held.set()
    page.wait_for_selector('#photo[data-hints="1"]')


def test_on_a_phone(photos, visit, files):
    page = visit(photos.url, **PHONE)
    page.wait_for_selector("#choose:visible")
    give(page, {name: files[name] for name in NAMES[:6]})
    wait_for(page, lambda: count(page, "done") == 6)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator("#photos button:visible").all():
        assert button.bounding_box()["height"] >= 32
    card(page, NAMES[2]).locator(".card").tap()
    wait_for(page, lambda: looked_at(page) == NAMES[2])
