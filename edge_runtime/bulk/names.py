"""What a result is called, so that two pictures never have the same: by the name alone."""

from pathlib import PurePosixPath

from edge_runtime.pictures import FORMATS, Format, result_format

_MARK = ".colour"


def format_for(name: str, asked: Format | None) -> Format | None:
    """The format of a picture's result: the one asked for, or what its name says; None for neither.

    Args:
        name: of the picture.
        asked: of all results, if any.
    """
    ending = PurePosixPath(name).suffix.lower()
    own = next((format.name for format in FORMATS if ending in format.endings), None)
    return asked or (result_format(own) if own else None)


def result_name(name: str, format: Format) -> str:
    """The name of a picture's result below the target.

    A picture that keeps its format keeps its name; another gets the result's ending behind it,
    `x.tif.colour.jpg` of `x.tif`. So does the rare picture whose own name might be made so, and no
    two names become the same.

    Args:
        name: of the picture, below the source.
        format: of the result.
    """
    path = PurePosixPath(name)
    if path.suffix.lower() in format.endings and not path.stem.lower().endswith(_MARK):
        return name
    return f"{name}{_MARK}{format.endings[0]}"


def is_safe(name: str) -> bool:
    """Whether a name, of a tar or a list, stays below the folder that it is put into."""
    parts = name.replace("\\", "/").split("/")
    return "\0" not in name and not {"", ".", ".."} & set(parts)
