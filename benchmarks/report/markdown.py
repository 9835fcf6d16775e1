"""Markdown out of plain texts: whatever a file holds is shown as it is, and is never markup."""

from collections.abc import Collection, Iterable, Sequence

# What begins or ends something in Markdown or HTML inside a line.
_SPECIAL = "\\`*_[]|~$!"
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"}


class Markdown(str):
    """A text that is Markdown already; any other is escaped where it is put in."""

    __slots__ = ()


def one_line(text: str) -> str:
    """A text without line breaks, control and invisible characters: each becomes a space."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def escape(text: str) -> Markdown:
    """A text that is shown as it is, in a table cell or a paragraph."""
    if isinstance(text, Markdown):
        return text
    escaped = "".join("\\" + c if c in _SPECIAL else _ENTITIES.get(c, c) for c in one_line(text))
    # GitHub makes links of bare addresses.
    return Markdown(escaped.replace("://", "&#58;//").replace("www.", "www&#46;"))


def code(text: str) -> Markdown:
    """A name or a command in a line, in code type where it can be.

    A backtick or a bar inside would end the code or the cell: such a name is shown as text.
    """
    line = one_line(text)
    return escape(line) if not line or set(line) & set("`|\\") else Markdown(f"`{line}`")


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    left: Collection[int] = (),
    caption: str = "",
) -> str:
    """A table under its caption; the first column and those of `left` are to the left."""
    sides = ["---" if n == 0 or n in left else "---:" for n in range(len(headings))]
    lines = [escape(caption), ""] if caption else []
    lines += [f"| {' | '.join(map(escape, headings))} |", f"|{'|'.join(sides)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(escape, row))} |" for row in rows)])


def bullets(items: Iterable[tuple[str, str]]) -> str:
    """A list; the term of an item, if any, stands out."""
    return "\n".join(
        f"- **{escape(term)}**: {escape(text)}" if term else f"- {escape(text)}"
        for term, text in items
    )


def section(title: str, *blocks: str) -> str:
    """A part of the page under its own heading; blocks that are plain texts are escaped before."""
    return "\n\n".join([f"## {escape(title)}", *filter(None, blocks)])
