"""Colour one photo: python examples/photo.py grandmother.jpg grandmother.colour.jpg"""

import sys

from tintlite import Colorizer, Look, PhotoOptions, colorize_photo

source, target = sys.argv[1:]
options = PhotoOptions(look=Look(saturation=1.2), quality=90)
result = colorize_photo(source, target, Colorizer("standard"), options)
print(f"{result.width} x {result.height} pixels in {result.seconds:.1f} s", *result.notes, sep="\n")
