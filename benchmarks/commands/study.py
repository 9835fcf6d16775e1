"""What all studies of one model on true pictures ask for."""

from collections.abc import Iterable
from typing import Annotated

import numpy as np
import typer
from rich.progress import track

from benchmarks.commands.console import console

On = Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")]
Model = Annotated[str, typer.Option(help="A shipped name or a .tflite.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")]


def measured(on: str, limit: int | None) -> Iterable[np.ndarray]:
    """The true pictures of a source, uint8 [H, W, 3] each, with a progress bar.

    Raises:
        PictureSourceError: the source is bad.
    """
    from train.data.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    return track(pictures, "measuring", total=len(pictures), console=console)
