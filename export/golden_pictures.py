"""The small grey pictures of the golden vectors: cuts of the demo photo, and made ones."""

from pathlib import Path

import cv2
import numpy as np

from export.errors import ExportError

# Free of rights, see docs/demo/README.md.
DEMO_PHOTO = Path(__file__).parents[1] / "docs" / "demo" / "grey.jpg"


def golden_pictures() -> dict[str, np.ndarray]:
    """uint8 [H, W] each, by name; together they take every way through the scaling.

    `photo` grows on both sides, `odd` shrinks in width and grows in height, `square` has the
    network's size, `flat` is one grey, `pattern` (a ramp, and checks of 3 pixels) shrinks. None has
    the edges of the negative, which the runtime leaves out of what the network sees.

    Raises:
        ExportError: the demo photo is missing or damaged.
    """
    demo = cv2.imread(str(DEMO_PHOTO), cv2.IMREAD_GRAYSCALE)
    if demo is None:
        raise ExportError(f"{DEMO_PHOTO} cannot be read")
    rows, columns = np.mgrid[0:164, 0:168]
    checks = np.where((rows // 3 + columns // 3) % 2, 230, 20)
    ramp = columns * 255 / 167
    return {
        "photo": cv2.resize(demo[24:420, 40:568], (96, 72), interpolation=cv2.INTER_AREA),
        "odd": np.ascontiguousarray(demo[330:397, 200:371]),
        "square": cv2.resize(demo[24:420, 100:496], (160, 160), interpolation=cv2.INTER_AREA),
        "flat": np.full((16, 24), 119, np.uint8),
        "pattern": np.where(rows < 82, ramp, checks).astype(np.uint8),
    }
