"""A document as Markdown, its plots as SVG files beside it, and no photos."""

from benchmarks.report.document import (
    Block,
    Bullets,
    Cell,
    Code,
    Document,
    Gallery,
    Paragraph,
    Plot,
    Table,
)
from benchmarks.report.plain import one_line

# What begins or ends something in Markdown or HTML inside a line.
_SPECIAL = "\\`*_[]|~$!"
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"}

MADE_BY = "<!-- Made by `python -m benchmarks report`; do not edit. -->"


def escape(text: str) -> str:
    """A text that is shown as it is, in a table cell or a paragraph."""
    escaped = "".join("\\" + c if c in _SPECIAL else _ENTITIES.get(c, c) for c in one_line(text))
    # GitHub makes links of bare addresses.
    return escaped.replace("://", "&#58;//").replace("www.", "www&#46;")


def code(text: str) -> str:
    """A name or a command in a line, in code type where it can be.

    A backtick or a bar inside would end the code or the cell: such a name is shown as text.
    """
    line = one_line(text)
    return escape(line) if not line or set(line) & set("`|\\") else f"`{line}`"


def _cell(cell: Cell) -> str:
    text = code(cell.text) if cell.code else escape(cell.text)
    if cell.strong:
        text = f"**{text}**"
    return f"{text} ({escape(cell.aside)})" if cell.aside else text


def _table(table: Table) -> list[str]:
    sides = [
        "---" if number == 0 or number in table.left else "---:"
        for number in range(len(table.headings))
    ]
    lines = [escape(table.caption), ""] if table.caption else []
    lines.append(f"| {' | '.join(escape(heading) for heading in table.headings)} |")
    lines.append(f"|{'|'.join(sides)}|")
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in table.rows]
    return lines


def _block(block: Block, plots: str) -> list[str]:
    match block:
        case Table():
            return _table(block)
        case Paragraph():
            return [escape(block.text)]
        case Bullets():
            return [
                f"- **{escape(term)}**: {escape(text)}" if term else f"- {escape(text)}"
                for term, text in block.items
            ]
        case Code():
            fence = "```"
            lines = [one_line(line) for line in block.lines]
            while any(fence in line for line in lines):
                fence += "`"
            return [fence, *lines, fence]
        case Plot():
            caption = escape(block.caption)
            return [f"![{caption}]({plots}/{block.name}.svg)", "", f"*{caption}*"]
        case Gallery():
            return [f"*{escape(block.title)}: photos, in the HTML page alone.*"]


def plots_of(document: Document) -> list[Plot]:
    """All plots of a document."""
    blocks = [*document.introduction, *(b for s in document.sections for b in s.blocks)]
    return [block for block in blocks if isinstance(block, Plot)]


def markdown(document: Document, plots: str) -> str:
    """The page as Markdown.

    Args:
        document: what to show.
        plots: the folder of the plots' files, as seen from the page.
    """
    parts = [[f"# {escape(document.title)}"], [MADE_BY]]
    parts += [_block(block, plots) for block in document.introduction]
    for section in document.sections:
        parts.append([f"## {escape(section.title)}"])
        parts += [_block(block, plots) for block in section.blocks]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
