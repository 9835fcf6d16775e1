"""Lets the documents be read by MkDocs as they stand for GitHub.

Pages that lie elsewhere in the repository and are linked to come along, under `project/`; links to
other files become words. Python-Markdown is told what CommonMark knows by itself: that a list may
follow a line of text, and that two spaces are enough to stand inside of it.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
_CODE = re.compile(r"(^ *```.*?^ *```$|`(?:[^`\n]|\n(?!\n))+`)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
_ITEM = re.compile(r"(?:[-*]|\d\.) ")


def on_files(files, config):
    """Bring along the pages of other folders that the documents link to, and their own."""
    from mkdocs.structure.files import File

    waiting = sorted(DOCS.rglob("*.md"))
    seen = set(waiting)
    while waiting:
        page = waiting.pop()
        if not page.is_relative_to(DOCS):
            text = page.read_text("utf-8")
            files.append(File.generated(config, _address(page), content=text))
        for target in _targets(page):
            if target.suffix == ".md" and target not in seen:
                seen.add(target)
                waiting.append(target)
    return files


def on_page_markdown(markdown, page, config, files):
    """A page as Python-Markdown is to read it."""
    name = page.file.src_uri
    source = ROOT / name.removeprefix("project/") if name.startswith("project/") else DOCS / name
    parts = _CODE.split(_with_lists(markdown))
    for index in range(0, len(parts), 2):
        text = _LINK.sub(lambda link: _link(link, source, name), parts[index])
        parts[index] = re.sub(r"(?<![\w*\\])([abL])\*(?!\w)", r"\1\\*", text)
    return "".join(parts)


def _targets(page):
    """The files of the repository that a page links to."""
    text = "".join(_CODE.split(page.read_text("utf-8"))[::2])
    links = (link[3] for link in _LINK.finditer(text) if "://" not in link[3])
    return [target for link in links if (target := (page.parent / link).resolve()).is_file()]


def _address(file):
    """Where a file of the repository lies in the site; None where it does not."""
    if file.is_relative_to(DOCS):
        return file.relative_to(DOCS).as_posix()
    return f"project/{file.relative_to(ROOT).as_posix()}" if file.suffix == ".md" else None


def _link(link, source, name):
    picture, words, target, anchor = link[1], link[2], link[3], link[4] or ""
    if "://" in target or target.startswith("mailto:"):
        return link[0]
    file = (source.parent / target).resolve()
    if not file.exists():
        return link[0]  # MkDocs tells of it
    address = _address(file) if file.is_file() else None
    if address is None:
        return words
    up = "../" * name.count("/")
    return f"{picture}[{words}]({up}{address}{anchor})"


def _with_lists(markdown):
    """A blank line before each list, and four spaces inside of it."""
    lines, shift, fenced = [], 0, False
    for line in markdown.split("\n"):
        item = None if fenced else _ITEM.match(line)
        if item and not shift and lines and lines[-1].strip():
            lines.append("")
        if item:
            shift = 4 - len(item[0])
        elif line and not line.startswith(" ") and not (lines and lines[-1].strip()):
            shift = 0  # a paragraph after a blank line is outside
        if line.lstrip().startswith("```"):
            fenced = not fenced
            shift = shift if line.startswith(" ") else 0
        lines.append(" " * shift + line if line.startswith(" ") else line)
    return "\n".join(lines)
