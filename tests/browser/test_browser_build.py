"""The folder of the static page, without LiteRT.js and without a browser."""

import base64
import hashlib
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from browser import build as module
from browser.build import build
from browser.icons import draw_icon
from edge_runtime.model.shipped import shipped_names
from edge_runtime.serve.page_files import FOLDER


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("page")
    build(target, None)
    return target


def test_the_page_is_that_of_serve(folder):
    for file in FOLDER.iterdir():
        if file.name in ("index.html", "api.js", "door.html", "door.js"):
            continue
        assert (folder / file.name).read_bytes() == file.read_bytes()
    names = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
    servers, ours = (
        set(names.findall((place / "api.js").read_text("utf-8"))) for place in (FOLDER, folder)
    )
    assert servers == ours
    page = (folder / "index.html").read_text("utf-8")
    assert "It stays on this device." in page
    assert "Content-Security-Policy" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)


def test_nothing_is_asked_of_others(folder):
    allowed = ("www.w3.org", "ns.adobe.com", "iptc.org", "cv.iptc.org", "ns.tintlite")
    for file in folder.rglob("*"):
        if file.suffix in (".js", ".html", ".css", ".json", ".webmanifest", ".svg"):
            for host in re.findall(r"https?://([\w.-]+)", file.read_text("utf-8")):
                assert host in allowed, (file.name, host)


def test_what_is_kept_is_listed_with_its_hash(folder):
    text = (folder / "files.js").read_text("utf-8")
    built = json.loads(text.removeprefix("self.BUILD = ").rstrip(";\n"))
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(built["files"]) == (there - {"sw.js", "files.js", "index.html"}) | {"./"}
    for path, integrity in built["files"].items():
        data = (folder / ("index.html" if path == "./" else path)).read_bytes()
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        assert integrity == f"sha256-{digest}"


def test_the_catalogue_names_the_shipped_models(folder):
    catalogue = json.loads((folder / "catalogue.json").read_text("utf-8"))
    assert catalogue["models"][0]["name"] == "standard"
    assert sorted(one["name"] for one in catalogue["models"]) == shipped_names()
    assert all((folder / one["file"]["path"]).is_file() for one in catalogue["models"])


def test_the_manifest_has_icons_of_their_sizes(folder):
    manifest = json.loads((folder / "manifest.webmanifest").read_text("utf-8"))
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            with Image.open(folder / icon["src"]) as drawn:
                assert "x".join(map(str, drawn.size)) == icon["sizes"]


def test_the_icon_is_grey_on_the_left_and_warm_on_the_right():
    with Image.open(io.BytesIO(draw_icon(64))) as drawn:
        pixels = np.asarray(drawn).astype(int)
    red, green, blue, opacity = (pixels[32, :, channel] for channel in range(4))
    assert red[20] == green[20] == blue[20]
    assert red[44] > green[44] + 60
    assert opacity[0] == opacity[32] == 0
    assert opacity[20] == opacity[44] == 255


def test_a_page_that_says_something_else_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_WORDS", (("words that are nowhere", "others"),))
    with pytest.raises(ValueError, match="words that are nowhere"):
        build(tmp_path / "page", None)
