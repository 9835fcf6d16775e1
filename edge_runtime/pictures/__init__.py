"""Picture files: read into an upright sRGB `Picture`, written whole or not at all."""

from edge_runtime.pictures.encode import losses
from edge_runtime.pictures.formats import (
    ENDINGS,
    FORMATS,
    Format,
    format_called,
    format_of_name,
)
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.read import read_open_picture, read_picture
from edge_runtime.pictures.side_by_side import side_by_side
from edge_runtime.pictures.write import picture_bytes, write_picture

__all__ = [
    "ENDINGS",
    "FORMATS",
    "Format",
    "Picture",
    "format_called",
    "format_of_name",
    "losses",
    "picture_bytes",
    "read_open_picture",
    "read_picture",
    "side_by_side",
    "write_picture",
]
