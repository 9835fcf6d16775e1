"""Measure the static page in Chromium: `python -m browser.measure`, after `make browser`.

Bytes that come over the line until a first photo is coloured, the time from choosing a 12-megapixel
JPEG with grain until it is on the screen and until its result is on the disk, and the most memory
that the page's process took (the kernel's count of resident memory, `VmHWM`).
"""

import argparse
import functools
import http.server
import io
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

_DEMO = Path(__file__).parents[1] / "docs" / "demo" / "grey.jpg"
_PATIENT = 600_000  # ms


class _Counting(http.server.SimpleHTTPRequestHandler):
    """Hands out files, and counts their bytes."""

    sent = 0

    def copyfile(self, source: io.BufferedReader, outputfile: io.BufferedIOBase) -> None:
        type(self).sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *words: object) -> None:
        pass


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m browser.measure")
    parser.add_argument("--site", type=Path, default=Path("out/browser"), help="what was built")
    site = parser.parse_args().site
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Counting, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_default_timeout(_PATIENT)
        begin = time.perf_counter()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.set_input_files("#file", _DEMO)
        page.wait_for_selector("#download:enabled")
        print(f"first picture: {time.perf_counter() - begin:.1f} s, {_Counting.sent / 1e6:.2f} MB")
        for round_ in (1, 2):
            large = Path(folder) / f"large{round_}.jpg"
            large.write_bytes(_large(round_))
            begin = time.perf_counter()
            page.set_input_files("#file", large)
            while page.inner_text("#photo-name") != f"{large.stem}.colour.jpg":
                page.wait_for_timeout(20)
            page.wait_for_selector("#download:enabled")
            shown = time.perf_counter()
            with page.expect_download() as download:
                page.click("#download")
            download.value.save_as(Path(folder) / "result.jpg")
            saved = time.perf_counter()
            print(
                f"12 megapixels: {shown - begin:.1f} s until shown, {saved - shown:.1f} s to save"
            )
        print(f"memory of the page's process, at most: {_most_memory():.0f} MiB")
        browser.close()
    server.shutdown()


def _large(seed: int) -> bytes:
    """The demo photo at 4000 x 3000 with the grain of film, as JPEG."""
    with Image.open(_DEMO) as photo:
        grey = np.asarray(photo.convert("L").resize((4000, 3000), Image.Resampling.BICUBIC))
    grain = np.random.default_rng(seed).normal(0, 6, grey.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(grey + grain, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _most_memory() -> float:
    """The most resident memory that any renderer below this process has taken, in MiB."""
    most = 0.0
    for process in _descendants(os.getpid()):
        folder = Path("/proc") / str(process)
        try:
            if b"--type=renderer" in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text()
                most = max(most, int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        except (OSError, IndexError):
            continue  # it has ended
    return most


def _descendants(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_descendants(child)]
    return found


if __name__ == "__main__":
    main()
