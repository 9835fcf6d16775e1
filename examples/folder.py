"""Colour a folder's photos, past the bad ones: python examples/folder.py album/ in-colour/"""

import sys
from dataclasses import replace
from pathlib import Path

from tintlite import Colorizer, PictureError, read_picture, write_picture

album, out = map(Path, sys.argv[1:])
out.mkdir(exist_ok=True)
colorizer = Colorizer("nano")  # loaded once
for path in sorted(album.iterdir()):
    try:
        picture = read_picture(path)
        pixels = colorizer.colorize(picture.pixels)
        write_picture(replace(picture, pixels=pixels), out / path.name)
    except PictureError as error:
        print(error, file=sys.stderr)
