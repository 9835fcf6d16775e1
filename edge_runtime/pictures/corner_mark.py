"""A small word in a corner: who sees the picture sees that its colours are none of its own."""

import cv2
import numpy as np

WORD = "colourized"

# Its height from the foot of the letters to their top, and its distance from the edges.
_HEIGHT_PART = 1 / 50  # of the shorter side
_LEAST_HEIGHT = 6  # pixels; below that nobody reads it
_MOST_WIDTH_PART = 0.6  # of the picture, however small
_MARGIN = 0.9  # heights

_FONT = cv2.FONT_HERSHEY_DUPLEX
_DRAWN_HEIGHT = 96  # pixels, about; it is drawn large and shrunk, so that its edges are smooth
_THICKNESS = _DRAWN_HEIGHT // 9
_EDGE_SHADE = 0.75  # how much of the dark edge covers what is below


def put_corner_mark(pixels: np.ndarray) -> np.ndarray:
    """A picture with the word in its lower right corner, white with a dark edge.

    Args:
        pixels: uint8 or uint16 [H, W, 3] sRGB.
    Returns:
        the same with other levels where the word is, and nowhere else.
    """
    height, width = pixels.shape[:2]
    fill, edge, drawn = _letters()
    tall = max(_LEAST_HEIGHT, _HEIGHT_PART * min(height, width))
    scale = min(tall / drawn, _MOST_WIDTH_PART * width / fill.shape[1])
    size = max(1, round(fill.shape[1] * scale)), max(1, round(fill.shape[0] * scale))
    margin = round(_MARGIN * drawn * scale)
    bottom, right = max(height - margin, 1), max(width - margin, 1)
    top, left = max(bottom - size[1], 0), max(right - size[0], 0)
    result = pixels.copy()
    room = result[top:bottom, left:right]
    white = np.iinfo(pixels.dtype).max

    def shrunk(mask: np.ndarray) -> np.ndarray:
        small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        return small[-room.shape[0] :, -room.shape[1] :, None] / np.float32(255)

    covered = room * (1 - _EDGE_SHADE * shrunk(edge))
    letters = shrunk(fill)
    room[...] = np.rint(covered * (1 - letters) + white * letters)
    return result


def _letters() -> tuple[np.ndarray, np.ndarray, int]:
    """How much of each pixel the letters cover, the letters with their edge, and their height.

    The pictures are uint8 [h, w], as large as the edge; the height, in pixels, is without it. It
    is measured: OpenCV 5 has other letters than OpenCV 4, and both say of them what is not so.
    """
    scale = cv2.getFontScaleFromHeight(_FONT, _DRAWN_HEIGHT, 1)
    edge = _DRAWN_HEIGHT // 6
    (wide, tall), below = cv2.getTextSize(WORD, _FONT, scale, _THICKNESS)
    fill = np.zeros((tall + below + 4 * edge, wide + 4 * edge), np.uint8)
    place = (2 * edge, tall + 2 * edge)
    cv2.putText(fill, WORD, place, _FONT, scale, 255, _THICKNESS, cv2.LINE_AA)
    left, top, wide, tall = cv2.boundingRect(fill)
    inside = np.s_[top - edge : top + tall + edge, left - edge : left + wide + edge]
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * edge + 1, 2 * edge + 1))
    return fill[inside], cv2.dilate(fill, disc)[inside], tall
