"""Keep a coloured still of a camera every ten seconds: python examples/camera.py 0 stills/

The camera may be a film that stands in for one.
"""

import sys
from pathlib import Path

from tintlite import Picture, open_camera, write_picture

source, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(exist_ok=True)
last = None
with open_camera(source, model="nano", width=1280, height=720) as view:
    for frame in view:  # the newest, each time: what comes too fast is left out
        if last is None or frame.captured - last >= 10:
            last = frame.captured
            write_picture(Picture(frame.colour), folder / f"{frame.number:06}.jpg")
