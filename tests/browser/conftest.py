"""The static page in Debian's Chromium: built, served as any folder, driven by Playwright."""

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from browser.build import LITERT, build

PATIENT = 600_000  # ms; a browser beside other work may take long


@dataclass
class Site:
    """A folder on a plain web server.

    Attributes:
        url: its address, with a slash at the end.
        asked: the paths that were asked for, and the codes of the answers.
        stop: lets the server end.
    """

    url: str
    asked: list[tuple[str, int]] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None


def _serve(folder: Path, below: str = "") -> Site:
    """Serve a folder, under a path where one is given."""
    asked: list[tuple[str, int]] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            asked.append((self.path, int(code)))

        def log_message(self, *words: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return Site(f"http://127.0.0.1:{server.server_port}/{below}", asked, stop)


@pytest.fixture(scope="module")
def maths_page(browser, tmp_path_factory) -> Iterator:
    """A page that can import the modules of a build without LiteRT.js."""
    folder = tmp_path_factory.mktemp("maths")
    build(folder, None)
    site = _serve(folder)
    page = browser.new_page()
    page.set_default_timeout(PATIENT)
    page.goto(site.url + "catalogue.json")
    yield page
    page.close()
    site.stop()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory) -> Path:
    """A whole build, under a path of its own, as on GitHub Pages."""
    if not (LITERT / "core").is_dir():
        pytest.skip("LiteRT.js is not fetched: the engine is not tested (make browser)")
    folder = tmp_path_factory.mktemp("site")
    build(folder / "tint" / "lite", LITERT)
    return folder


@pytest.fixture
def site(site_folder) -> Iterator[Site]:
    """The whole build on a server of its own."""
    served = _serve(site_folder, "tint/lite/")
    yield served
    served.stop()
