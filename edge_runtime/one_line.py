"""Text for one line of a terminal."""


def one_line(text: str) -> str:
    """A text that a terminal shows as one line and obeys nowhere: control characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
