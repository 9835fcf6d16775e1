"""What old film does to lightness; `train.data.ageing` does it.

Film before about 1925 is orthochromatic: it sees blue, a little green and no red, so that skies are
white and lips black. Prints fade, grain and dust lie over them, and no exposure is even.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class OldFilm:
    """How pictures are aged; each one that is gets a random share of each.

    Attributes:
        share: of the pictures that are aged at all, 0..1; the others stay as they are.
        spectral: of the aged ones that orthochromatic film saw, 0..1, wholly or in part.
        tone: standard deviation of the logarithm of gamma.
        unequal: of the exposure, from one side or from the middle to the corners, 0..1.
        fading: of the contrast at most, 0..1: black becomes grey, white becomes dull.
        blur: standard deviation of a Gaussian at most, pixels of the crop.
        grain: standard deviation of noise at most, in L*; it is up to three pixels wide.
        dust: of the aged ones with specks and scratches, 0..1.
        border: of all pictures that have a margin, white, black or grey, which has no colour, 0..1.
        flat: of all pictures that are replaced by (nearly) one tone without colour, 0..1: blank
            pages, grey cards, leaders of films.
    """

    share: float = 0.0
    spectral: float = 0.0
    tone: float = 0.0
    unequal: float = 0.0
    fading: float = 0.0
    blur: float = 0.0
    grain: float = 0.0
    dust: float = 0.0
    border: float = 0.0
    flat: float = 0.0


# No ageing at all.
AS_IT_IS = OldFilm()

# Film of 1900 to 1950 as it lies in albums and archives; a quarter of the pictures are as they are.
REAL_FILM = OldFilm(
    share=0.75,
    spectral=0.75,
    tone=0.25,
    unequal=0.25,
    fading=0.6,
    blur=1.2,
    grain=6.0,
    dust=0.2,
    border=0.08,
    # With 2 % the networks tinted cards that are exactly even.
    flat=0.08,
)
