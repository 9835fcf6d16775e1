"""Build the static page: the page of `tintlite serve`, LiteRT.js and the models in one folder.

Nothing of the page is kept twice: its files are copied from `edge_runtime/serve/page/`, a few words
of `index.html` are changed, and `api.js` is that of `browser/static/`, which asks a worker instead
of a server.
"""

import argparse
import base64
import gzip
import hashlib
import json
import shutil
from pathlib import Path

from browser.icons import draw_icon
from edge_runtime import __version__
from edge_runtime.model.model_file import DEFAULT_MODEL, read_model
from edge_runtime.model.shipped import shipped_names
from edge_runtime.serve.page_files import FOLDER as PAGE

ROOM = Path(__file__).parent
LITERT = ROOM / "node_modules" / "@litertjs"

# A browser's memory bounds what it can open.
MOST_PIXELS = 64_000_000

# What of the page belongs to a server alone.
_OF_THE_SERVER = {"api.js", "door.html", "door.js"}

# A module with one instruction of WebAssembly's relaxed SIMD: valid where LiteRT.js's own is.
_RELAXED_SIMD = list(
    bytes.fromhex("0061736d010000000105016000017b030201000a0f010d004101fd0f4102fd0ffd80020b")
)

# LiteRT.js's two kinds without threads, which would need headers that plain servers do not send.
_ENGINES = {"relaxed": "litert_wasm_internal", "compat": "litert_wasm_compat_internal"}

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'; style-src 'self'; img-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)

# What index.html says otherwise here: (there, here).
_WORDS = (
    (
        '<meta charset="utf-8">',
        '<meta charset="utf-8">\n'
        f'  <meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '  <meta name="referrer" content="no-referrer">\n'
        '  <link rel="manifest" href="manifest.webmanifest">\n'
        '  <link rel="apple-touch-icon" href="icon-180.png">',
    ),
    ("for black-and-white photos and live cameras.", "for black-and-white photos, on this device."),
    (
        "JPEG, PNG, TIFF, WebP, BMP, HEIC, AVIF, JPEG 2000 or GIF",
        "JPEG, PNG, WebP, AVIF, BMP or GIF",
    ),
    (
        "image/jpeg,image/png,image/tiff,image/webp,image/bmp,image/heic,image/heif,image/avif,"
        "image/jp2,image/gif,video/*,.heic,.jp2,.mkv",
        "image/jpeg,image/png,image/webp,image/avif,image/bmp,image/gif",
    ),
    ("Drop a black-and-white photo or film here", "Drop a black-and-white photo here"),
    ("Colour a black-and-white photo or film", "Colour a black-and-white photo"),
    ('<option value="tiff">TIFF</option>', ""),
    ("It goes to this TintLite and nowhere else.", "It stays on this device."),
    ('<span id="version"></span>', '<span id="version"></span><span id="runs-on"></span>'),
)


def build(target: Path, litert: Path | None) -> None:
    """Write the static page into a folder, in place of what it held.

    Args:
        target: the folder.
        litert: the folder `@litertjs` that npm made; None leaves the engine out, for tests of the
            colour maths.
    Raises:
        ValueError: `index.html` or LiteRT.js has changed so that it does not fit any more.
    """
    shutil.rmtree(target, ignore_errors=True)
    for source in (PAGE, ROOM / "static"):
        _copy(source, target, _OF_THE_SERVER if source == PAGE else set())
    _copy(ROOM / "engine", target / "engine", set())
    _change(target / "index.html", _WORDS)
    for side in (180, 192, 512):
        paper = (0xFF, 0xFF, 0xFF) if side == 180 else None
        (target / f"icon-{side}.png").write_bytes(
            draw_icon(side, paper, 1.0 if paper is None else 0.9)
        )
    (target / "icon-maskable.png").write_bytes(draw_icon(512, (0xFF, 0xFF, 0xFF), 0.7))
    models = [_model(name, target) for name in _names()]
    engines = {} if litert is None else _engines(litert, target)
    shared = {"engines": engines, "relaxed_simd": _RELAXED_SIMD}
    catalogue = {"version": __version__, "most_pixels": MOST_PIXELS, "models": models, **shared}
    (target / "catalogue.json").write_text(json.dumps(catalogue), "utf-8")
    _list_files(target, shared)


def _copy(source: Path, target: Path, without: set[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        if file.is_file() and file.name not in without:
            shutil.copyfile(file, target / file.name)


def _change(file: Path, words: tuple[tuple[str, str], ...]) -> None:
    text = file.read_text("utf-8")
    for there, here in words:
        if text.count(there) != 1:
            raise ValueError(f"{file.name} does not hold this once, as the build expects: {there}")
        text = text.replace(there, here)
    file.write_text(text, "utf-8")


def _names() -> list[str]:
    """The shipped models, the usual one first."""
    return sorted(shipped_names(), key=lambda name: name != DEFAULT_MODEL)


def _model(name: str, target: Path) -> dict:
    """Copy a model, whose hash and seal are checked, and say what the engine must know of it."""
    model = read_model(name)
    contract = model.contract.values()
    path = f"models/{name}.tflite"
    (target / "models").mkdir(exist_ok=True)
    (target / path).write_bytes(model.data)
    return {
        "name": name,
        "described": model.describe(),
        "input_size": contract["input_size"],
        "view": contract.get("view"),
        "file": {"path": path, "integrity": _integrity(model.data)},
    }


def _engines(litert: Path, target: Path) -> dict:
    """Copy LiteRT.js, its WebAssembly packed to a third."""
    folder = target / "litert"
    folder.mkdir()
    for package, name in (("core", "core.js"), ("wasm-utils", "wasm_utils.js")):
        text = (litert / package / "dist" / "index.js").read_text("utf-8")
        (folder / name).write_text(text.partition("//# sourceMappingURL")[0], "utf-8")
    _change(folder / "core.js", (('from "@litertjs/wasm-utils"', 'from "./wasm_utils.js"'),))
    engines = {}
    for kind, name in _ENGINES.items():
        packed = gzip.compress((litert / "core" / "wasm" / f"{name}.wasm").read_bytes(), 9, mtime=0)
        # No `.gz`: some servers would call that an encoding, and the browser would unpack it.
        (folder / f"{kind}.wasm.packed").write_bytes(packed)
        script = (litert / "core" / "wasm" / f"{name}.js").read_bytes()
        (folder / f"{kind}.js").write_bytes(script)
        engines[kind] = {
            "script": {"path": f"litert/{kind}.js", "integrity": _integrity(script)},
            "binary": {"path": f"litert/{kind}.wasm.packed", "integrity": _integrity(packed)},
        }
    licence = (ROOM.parent / "LICENSE").read_text("utf-8")
    (folder / "LICENSE.txt").write_text(
        f"LiteRT.js, by Google (@litertjs/core).\n\n{licence}", "utf-8"
    )
    return engines


def _list_files(target: Path, shared: dict) -> None:
    """Write `files.js`: what the service worker keeps, by its hash."""
    files = {
        path.relative_to(target).as_posix(): _integrity(path.read_bytes())
        for path in sorted(target.rglob("*"))
        if path.is_file() and path.name not in ("sw.js", "files.js")
    }
    files["./"] = files.pop("index.html")
    sw = (target / "sw.js").read_bytes()
    version = hashlib.sha256(json.dumps(files).encode() + sw).hexdigest()[:16]
    built = {"version": version, "files": files, **shared}
    (target / "files.js").write_text(f"self.BUILD = {json.dumps(built)};\n", "utf-8")


def _integrity(data: bytes) -> str:
    """What `fetch` checks a file by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m browser", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/browser"), help="the folder to write")
    target = parser.parse_args().out
    if not (LITERT / "core").is_dir():
        raise SystemExit("LiteRT.js is not there: make browser fetches it by npm")
    build(target, LITERT)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {size / 1e6:.1f} MB; put it on any web server")
