"""Begin all random numbers of a training anew."""

import sys

import keras


def set_seed(seed: int) -> None:
    """As `keras.utils.set_random_seed`, which loads TensorFlow for whatever backend: seconds."""
    if keras.backend.backend() == "tensorflow" or "tensorflow" in sys.modules:
        keras.utils.set_random_seed(seed)
        return
    sys.modules["tensorflow"] = None  # so Python is told that there is none
    try:
        keras.utils.set_random_seed(seed)
    finally:
        del sys.modules["tensorflow"]
