"""Colour one photo: python examples/photo.py grandmother.jpg grandmother.colour.jpg"""

import sys
from dataclasses import replace

from tintlite import Colorizer, read_picture, write_picture

source, target = sys.argv[1:]
picture = read_picture(source)  # upright, in sRGB, with what the file says of itself
colorizer = Colorizer("standard", saturation=1.0)
write_picture(replace(picture, pixels=colorizer.colorize(picture.pixels)), target)
