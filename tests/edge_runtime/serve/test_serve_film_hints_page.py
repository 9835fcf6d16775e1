"""Colours said on frames of a film, on the page in a real browser."""

import io
import time
from pathlib import Path

import av
import numpy as np
import pytest

from edge_runtime.serve.limits import Limits

PATIENT = 240
DESKTOP = {"viewport": {"width": 1366, "height": 768}}
SHOT = 24  # frames of each of `two_shots`


@pytest.fixture(scope="module")
def films(start):
    """A server without a camera, with its usual models."""
    return start(model="nano", limits=Limits(film_seconds=60))


def wait_for(page, condition) -> None:
    end = time.monotonic() + PATIENT
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def fetched(page) -> list[np.ndarray]:
    """The frames of the result, once it is there."""
    wait_for(page, lambda: page.is_visible("#film-save"))
    with page.expect_download() as download:
        page.click("#film-save")
    with av.open(io.BytesIO(Path(download.value.path()).read_bytes())) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def at(page, seconds: str) -> None:
    """Show the frame at a time, and wait for it."""
    page.fill("#film-time", seconds)
    page.dispatch_event("#film-time", "change")
    page.wait_for_selector(f"#photo-name:text-is('two {seconds} s.colour.png')")
    page.wait_for_selector("#download:enabled")


def test_colours_said_on_a_frame_hold_for_its_shot(films, visit, two_shots):
    page = visit(films.url, **DESKTOP)
    page.wait_for_selector("#choose:visible")
    page.set_input_files(
        "#file", {"name": "two.mkv", "mimeType": "video/x-matroska", "buffer": two_shots}
    )
    before = fetched(page)
    page.get_by_role("button", name="Say colours").click()
    page.wait_for_selector("#download:enabled")  # the first frame
    assert page.is_disabled("#film-again")
    at(page, "16")
    assert page.inner_text("#film-time-value") == "0:16.0"
    page.get_by_role("button", name="Say a colour").click()
    box = page.locator("#photo").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator('#palette .swatch[title="Blue"]').click()
    page.wait_for_selector('#photo[data-hints="1"]')
    page.keyboard.press("Escape")
    frame = page.get_by_role("button", name="0:16.0: 1 said colour")
    frame.wait_for()
    # Another frame has none; a reload finds what was said, and the film.
    at(page, "3")
    assert page.get_attribute("#photo", "data-hints") == "0"
    page.reload()
    page.get_by_role("button", name="Say colours").click()
    frame.click()
    page.wait_for_selector('#photo[data-hints="1"]')
    page.get_by_role("button", name="Colour with these").click()
    wait_for(page, lambda: page.is_disabled("#film-again"))
    after = fetched(page)
    assert len(after) == len(before) == 2 * SHOT
    for one, other in zip(before[:SHOT], after[:SHOT], strict=True):
        np.testing.assert_array_equal(one, other)
    for number in (SHOT + 2, 32, 2 * SHOT - 2):
        bluer = after[number][56:72, 84:108].astype(int) - before[number][56:72, 84:108]
        assert (bluer[..., 2] - bluer[..., 0]).mean() > 10
    # With the film its frames go.
    page.click("#film-close")
    page.wait_for_selector("#choose:visible")
    assert page.is_hidden("#film-say")
