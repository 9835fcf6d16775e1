"""Colour a folder's photos, past the bad ones: python examples/folder.py album/ in-colour/"""

import sys
from pathlib import Path

from tintlite import Colorizer, PictureError, colorize_photo

album, out = map(Path, sys.argv[1:])
out.mkdir(exist_ok=True)
colorizer = Colorizer("nano")  # loaded once
for path in sorted(album.iterdir()):
    try:
        colorize_photo(path, out / path.name, colorizer)
    except PictureError as error:
        print(error, file=sys.stderr)
