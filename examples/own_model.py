"""Colour with a model of your own: python examples/own_model.py mine.tflite old.jpg new.jpg"""

import sys

from tintlite import Colorizer, ModelError, colorize_photo

model, source, target = sys.argv[1:]
try:
    colorizer = Colorizer(model)
except ModelError as error:  # not of TintLite, cut off, or changed by someone
    sys.exit(str(error))
contract = colorizer.contract
print(f"{contract.name} {contract.version}, {contract.recipe}, sees {contract.input_size} pixels")
colorize_photo(source, target, colorizer)
