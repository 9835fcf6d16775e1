"""Write a document's pages; each file appears under its name only when whole."""

import re
from pathlib import Path

from benchmarks.report.document import Document
from benchmarks.report.html import html
from benchmarks.report.markdown import markdown, plots_of
from edge_runtime.whole_file import write_whole

# What plots of any report are called: nothing else in the folder is touched.
_OURS = re.compile(r"(accuracy|latency|video)-\d+-[a-z]+(-\d+)?\.svg")


def write_html(document: Document, file: Path) -> None:
    """Write the page that needs no other file.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(file, html(document).encode())


def write_markdown(document: Document, file: Path) -> None:
    """Write the page and, in a folder of its name beside it, its plots; no photos.

    Plots of an earlier page in that folder that this one does not have are removed.

    Raises:
        OSError: a file cannot be written.
    """
    folder = file.with_suffix("")
    folder.mkdir(exist_ok=True)
    names = set()
    for plot in plots_of(document):
        names.add(f"{plot.name}.svg")
        write_whole(folder / f"{plot.name}.svg", plot.svg.encode())
    write_whole(file, markdown(document, folder.name).encode())
    for old in folder.glob("*.svg"):
        if _OURS.fullmatch(old.name) and old.name not in names:
            old.unlink()
