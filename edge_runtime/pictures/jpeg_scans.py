"""How much work a JPEG makes: its scans, which a file of some kilobytes can repeat for ever.

ITU-T T.81, B.1.1: a marker is 0xFF and a byte that is neither 0 nor 0xFF; in the codes of a scan
there are none but those that restart.
"""

import re
from collections.abc import Iterable

from edge_runtime.errors import PictureError

# A progressive JPEG has some ten scans, and one by a program that tries all ways some sixty.
MOST_SCANS = 1000

# Of the largest picture that is taken. Each scan goes over all of it, at one to five nanoseconds a
# pixel on a desktop's core.
SCANS_OF_LARGEST = 20

# But those behind which no length stands: decoders go on right behind them.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_START_OF_SCAN, _END = 0xDA, 0xD9


def count_scans(data: bytes) -> int:
    """How many scans a JPEG has; what is damaged ends the count."""
    scans, at = 0, 2
    while (found := _MARKER.search(data, at)) is not None:
        at = found.start()
        kind = data[at + 1]
        if kind == _END:
            break
        scans += kind == _START_OF_SCAN
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        at += 2 + length
    return scans


def check_scans(jpegs: Iterable[tuple[int, int]], most_pixels: int) -> None:
    """See that the JPEGs of a file do not keep a decoder for minutes.

    Args:
        jpegs: of each one that will be decoded, its scans and its pixels, width times height.
        most_pixels: those of the largest picture that is taken.
    Raises:
        PictureError: they have far more scans than any camera or program writes.
    """
    work = 0
    for scans, pixels in jpegs:
        work += scans * pixels
        if scans > MOST_SCANS or work > SCANS_OF_LARGEST * most_pixels:
            raise PictureError(f"not decoded: its {scans} scans would take too long")
