"""Colour pictures with models, on ai-edge-litert or on TensorFlow's interpreter.

    python colorize_all.py litert|tensorflow MODELS PICTURES OUT

writes OUT/MODEL/PICTURE.png of every .tflite and every .png.
"""

import sys
from pathlib import Path

import cv2

from edge_runtime import Colorizer, Device
from edge_runtime.engine import interpreter


def main(which: str, models: str, pictures: str, out: str) -> None:
    if which == "tensorflow":
        import tensorflow as tf

        interpreter.load_litert = lambda: tf.lite
    for model in sorted(Path(models).glob("*.tflite")):
        colorizer = Colorizer(model, Device(threads=1))
        if which == "tensorflow":
            module = type(colorizer._network._engine._interpreter).__module__
            assert module.startswith("tensorflow."), module
        (Path(out) / model.stem).mkdir(parents=True, exist_ok=True)
        for picture in sorted(Path(pictures).glob("*.png")):
            rgb = colorizer.colorize(cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE))
            cv2.imwrite(str(Path(out) / model.stem / picture.name), rgb[..., ::-1])


if __name__ == "__main__":
    main(*sys.argv[1:])
