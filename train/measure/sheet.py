"""A contact sheet: grey, networks and true beside each other, exactly as they are measured."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from edge_runtime.colour.shrink import shrink
from edge_runtime.whole_file import write_whole
from train.errors import PictureSourceError
from train.measure.evaluate import (
    AT_A_TIME,
    NO_COLOUR,
    OpenNetwork,
    in_groups,
    judged,
    painted,
)

LABEL_SIZE = 15  # of the letters, pixels; longer names have smaller ones

# In pixels: the side of a picture on the sheet, the white between, the line of labels.
CELL = 160
GAP = 6
HEADER = 26


def draw_sheet(
    networks: Mapping[str, OpenNetwork], pictures: Iterable[np.ndarray], png: Path
) -> None:
    """Colour some true pictures and draw a row for each: grey (ab = 0), each network, true.

    The pictures are those that `evaluate` measures, squares of 256 pixels (so that long ones
    look squashed), reduced to `CELL` pixels.

    Args:
        networks: by the labels of their columns.
        pictures: true pictures, uint8 [H, W, 3] RGB of any size.
        png: the sheet to write; one of that name is replaced.
    Raises:
        PictureSourceError: there are no pictures.
        OSError: the sheet cannot be written.
    """
    rows = [
        row
        for group in in_groups(map(judged, pictures), AT_A_TIME)
        for row in _rows(networks.values(), group)
    ]
    if not rows:
        raise PictureSourceError("there are no pictures to draw a sheet of")
    columns = ("grey", *networks, "true")
    size = (GAP + len(columns) * (CELL + GAP), HEADER + len(rows) * (CELL + GAP))
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for column, label in enumerate(columns):
        middle = GAP + column * (CELL + GAP) + CELL // 2
        draw.text(
            (middle, HEADER // 2), label, fill="#333333", font=_fitting_font(label), anchor="mm"
        )
    for number, row in enumerate(rows):
        for column, picture in enumerate(row):
            place = (GAP + column * (CELL + GAP), HEADER + number * (CELL + GAP))
            sheet.paste(Image.fromarray(shrink(picture, CELL, CELL)), place)
    data = BytesIO()
    sheet.save(data, "PNG")
    write_whole(png, data.getbuffer())


def _fitting_font(label: str) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Letters of `LABEL_SIZE`, or as small as the label needs to fit over its column."""
    width = ImageFont.load_default(size=LABEL_SIZE).getlength(label)
    return ImageFont.load_default(size=LABEL_SIZE * min(1.0, (CELL - GAP) / max(width, 1)))


def _rows(
    networks: Iterable[OpenNetwork], trues: Sequence[np.ndarray]
) -> Iterator[tuple[np.ndarray, ...]]:
    """(grey, each network's, true) of each picture, each uint8 [256, 256, 3]."""
    grey = [painted(true, NO_COLOUR) for true in trues]
    ours = [map(painted, trues, network.ab_of(trues)) for network in networks]
    return zip(grey, *ours, trues, strict=True)
