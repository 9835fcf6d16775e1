"""Lightness inputs from real pictures, to calibrate int8 ranges with and to check parity on."""

from collections.abc import Iterator

import numpy as np

from export.errors import ExportError
from train.errors import TrainError
from train.evaluate import network_input
from train.open_pictures import TruePictures

MIN_PICTURES = 200


class Lightness:
    """Network inputs of pictures spread evenly over a source.

    Args:
        source: a folder, `.tar`, `.zip`, or prepared data as `DATA:train`.
        input_size: S.
        count: how many pictures to take.
    Raises:
        ExportError: the source is bad or holds fewer colour pictures than `MIN_PICTURES`.
    """

    def __init__(self, source: str, input_size: int, count: int = 300) -> None:
        try:
            self._inputs = [network_input(p, input_size) for p in TruePictures(source, count)]
        except TrainError as error:
            raise ExportError(str(error)) from None
        if len(self._inputs) < MIN_PICTURES:
            raise ExportError(
                f"{source} has {len(self._inputs)} usable colour pictures to calibrate with;"
                f" at least {MIN_PICTURES} are needed"
            )

    def __len__(self) -> int:
        return len(self._inputs)

    def __iter__(self) -> Iterator[np.ndarray]:
        """float32 [S, S] each."""
        return iter(self._inputs)
