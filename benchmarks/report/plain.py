"""Texts out of files, made fit for a line: they may hold anything."""


def one_line(text: str) -> str:
    """A text without line breaks, control and invisible characters: each becomes a space."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
