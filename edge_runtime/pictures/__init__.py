"""Picture files: read into an upright sRGB `Picture`, written whole or not at all."""

from edge_runtime.pictures.encode import losses
from edge_runtime.pictures.formats import (
    ENDINGS,
    FORMATS,
    RESULT_ENDINGS,
    WRITTEN,
    Format,
    format_called,
    format_of_name,
    result_ending,
    result_format,
)
from edge_runtime.pictures.mark import Mark, put_mark, read_mark
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.read import (
    mark_of_file,
    mark_of_open_file,
    read_open_picture,
    read_picture,
)
from edge_runtime.pictures.side_by_side import side_by_side
from edge_runtime.pictures.write import (
    check_fits,
    pages_bytes,
    picture_bytes,
    write_bytes,
    write_picture,
)

__all__ = [
    "ENDINGS",
    "FORMATS",
    "RESULT_ENDINGS",
    "WRITTEN",
    "Format",
    "Mark",
    "Picture",
    "check_fits",
    "format_called",
    "format_of_name",
    "losses",
    "mark_of_file",
    "mark_of_open_file",
    "pages_bytes",
    "picture_bytes",
    "put_mark",
    "read_mark",
    "read_open_picture",
    "read_picture",
    "result_ending",
    "result_format",
    "side_by_side",
    "write_bytes",
    "write_picture",
]
