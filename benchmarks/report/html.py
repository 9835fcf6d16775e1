"""A document as one HTML page that needs nothing else: no script, no address, no foreign file."""

import base64
import re
from html import escape as escape_html
from itertools import groupby
from pathlib import Path

from benchmarks.report.document import (
    Block,
    Bullets,
    Cell,
    Code,
    Document,
    Gallery,
    Paragraph,
    Picture,
    Plot,
    Table,
)
from benchmarks.report.plain import one_line
from benchmarks.report.plot_style import in_page_colours

_STYLE = Path(__file__).with_name("style.css")

# Should any text ever get through as markup, the page may still load and run nothing.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def escape(text: str) -> str:
    """A text that is shown as it is, in an element or a quoted attribute."""
    return escape_html(one_line(text), quote=True)


def _cell(cell: Cell, tag: str, left: bool) -> str:
    text = escape(cell.text)
    if cell.code:
        text = f"<code>{text}</code>"
    if cell.strong:
        text = f"<strong>{text}</strong>"
    aside = f"<small>{escape(cell.aside)}</small>" if cell.aside else ""
    start = f'<{tag} class="left"' if left and tag == "td" else f"<{tag}"
    scope = ' scope="row"' if tag == "th" else ""
    return f"{start}{scope}>{text}{aside}</{tag}>"


def _table(table: Table) -> str:
    headings = "".join(
        f'<th scope="col"{" class=" + chr(34) + "left" + chr(34) if number in table.left else ""}>'
        f"{escape(heading)}</th>"
        for number, heading in enumerate(table.headings)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            _cell(cell, "td" if number else "th", number in table.left)
            for number, cell in enumerate(row)
        )
        + "</tr>"
        for row in table.rows
    )
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(table.caption)}">'
        f"<table>{caption}<thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _picture(picture: Picture) -> str:
    data = base64.b64encode(picture.jpeg).decode("ascii")
    label = escape(picture.label)
    return (
        f'<figure><img src="data:image/jpeg;base64,{data}" alt="{label}" loading="lazy">'
        f"<figcaption>{label}</figcaption></figure>"
    )


def _gallery(gallery: Gallery) -> str:
    rows = "\n".join(
        f'<p>{escape(text)}</p><div class="row">{"".join(map(_picture, pictures))}</div>'
        for text, pictures in gallery.rows
    )
    return f'<div class="gallery"><h3>{escape(gallery.title)}</h3>\n{rows}\n</div>'


def _svg(plot: Plot) -> str:
    """The drawing itself, in the page's colours, its identifiers its own."""
    svg = plot.svg[plot.svg.index("<svg") :]
    svg = re.sub(r'\bid="', f'id="{plot.name}-', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{plot.name}-", svg)
    spoken = f'<svg role="img" aria-label="{escape(plot.caption)}" '
    return in_page_colours(svg.replace("<svg ", spoken, 1))


def _block(block: Block) -> str:
    match block:
        case Table():
            return _table(block)
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Bullets():
            items = (
                f"<li>{f'<strong>{escape(term)}</strong>: ' if term else ''}{escape(text)}</li>"
                for term, text in block.items
            )
            return f"<ul>{''.join(items)}</ul>"
        case Code():
            return f"<pre><code>{chr(10).join(map(escape, block.lines))}</code></pre>"
        case Plot():
            return f"<figure>{_svg(block)}<figcaption>{escape(block.caption)}</figcaption></figure>"
        case Gallery():
            return _gallery(block)


def html(document: Document) -> str:
    """The page as HTML."""
    links = "".join(
        f'<a href="#part-{number}">{escape(section.title)}</a> '
        for number, section in enumerate(document.sections)
    )
    parts = [f"<h1>{escape(document.title)}</h1>"]
    parts += [_block(block) for block in document.introduction]
    parts.append(f"<nav>{links}</nav>")
    for number, section in enumerate(document.sections):
        parts.append(f'<h2 id="part-{number}">{escape(section.title)}</h2>')
        for plots, blocks in groupby(section.blocks, lambda block: isinstance(block, Plot)):
            drawn = "\n".join(map(_block, blocks))
            parts.append(f'<div class="plots">{drawn}</div>' if plots else drawn)
    body = "\n".join(parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(document.title)}</title>
<style>
{_STYLE.read_text("utf-8")}</style>
</head>
<body>
{body}
</body>
</html>
"""
