"""What a result says of how it was made."""

from edge_runtime import __version__
from edge_runtime.pictures.mark import Mark


def result_mark(described: str, **options: float | str | bool) -> Mark:
    """The mark of what a model colours.

    Args:
        described: the model, of `ModelFile.describe`.
        options: by their names, what else decides about the result.
    """
    words = (f"{name} {_word(value)}" for name, value in sorted(options.items()))
    return Mark(f"TintLite {__version__}", described, ", ".join(words))


def _word(value: float | str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
