"""Colour with a model of your own: python examples/own_model.py mine.tflite old.jpg new.jpg"""

import sys
from dataclasses import replace

from tintlite import Colorizer, ModelError, read_picture, write_picture

model, source, target = sys.argv[1:]
try:
    colorizer = Colorizer(model)
except ModelError as error:  # not of TintLite, cut off, or changed by someone
    sys.exit(str(error))
contract = colorizer.contract
print(f"{contract.name} {contract.version}, {contract.recipe}, sees {contract.input_size} pixels")
picture = read_picture(source)
write_picture(replace(picture, pixels=colorizer.colorize(picture.pixels)), target)
