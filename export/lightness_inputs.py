"""Lightness inputs from real pictures, to calibrate int8 ranges with and to check parity on."""

import numpy as np

from edge_runtime.model.tone import ToneView
from export.errors import ExportError
from train.data.open_pictures import TruePictures
from train.measure.evaluate import network_input

CALIBRATION_PICTURES = 300
PARITY_PICTURES = 64

# Fewer do not show the ranges that the layers' values reach.
_LEAST_PICTURES = 200


def lightness_inputs(
    source: str, input_size: int, view: ToneView | None
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Network inputs of pictures spread evenly over a source.

    Args:
        source: a folder, `.tar`, `.zip`, or prepared data as `DATA:train`.
        input_size: S.
        view: through which the network sees them; None for none.
    Returns:
        Inputs to calibrate with, and others to check parity on; float32 [S, S] each.
    Raises:
        TrainError: the source is bad.
        ExportError: it holds too few colour pictures.
    """
    pictures = TruePictures(source, CALIBRATION_PICTURES + PARITY_PICTURES)
    inputs = [network_input(picture, input_size, view) for picture in pictures]
    if len(inputs) < _LEAST_PICTURES:
        raise ExportError(
            f"{source} has {len(inputs)} usable colour pictures to calibrate with;"
            f" at least {_LEAST_PICTURES} are needed"
        )
    every = len(inputs) // PARITY_PICTURES
    parity = inputs[::every][:PARITY_PICTURES]
    kept_out = set(range(0, len(inputs), every)[:PARITY_PICTURES])
    return [x for index, x in enumerate(inputs) if index not in kept_out], parity
