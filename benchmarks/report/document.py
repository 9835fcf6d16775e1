"""What a report is made of, before it is Markdown or HTML. All texts are plain, none is escaped."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One place of a table.

    Attributes:
        text: the figure or the word.
        aside: what belongs to it and is less important, as its interval.
        code: whether the text is a name or a command.
        strong: whether it stands out.
    """

    text: str
    aside: str = ""
    code: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings.

    Attributes:
        headings: one a column; the first column is to the left, the others to the right.
        rows: of as many cells each.
        left: the numbers of further columns that are to the left.
        caption: what it shows.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: tuple[int, ...] = ()
    caption: str = ""


@dataclass(frozen=True)
class Paragraph:
    """One or more sentences."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list; the term of an item, if any, stands out."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Code:
    """Commands, a line each."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """A drawing.

    Attributes:
        name: of its file, without suffix.
        svg: the drawing.
        caption: what it shows, also for those who cannot see it.
    """

    name: str
    svg: str
    caption: str


@dataclass(frozen=True)
class Picture:
    """A photo in a gallery: JPEG data under a label."""

    label: str
    jpeg: bytes


@dataclass(frozen=True)
class Gallery:
    """Photos beside each other, a row each, for the HTML page alone.

    Attributes:
        title: of all rows.
        rows: what is said of a row, and its pictures.
    """

    title: str
    rows: tuple[tuple[str, tuple[Picture, ...]], ...]


Block = Table | Paragraph | Bullets | Code | Plot | Gallery


@dataclass(frozen=True)
class Section:
    """A part of the page under its own heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The whole page."""

    title: str
    introduction: tuple[Block, ...]
    sections: tuple[Section, ...]
