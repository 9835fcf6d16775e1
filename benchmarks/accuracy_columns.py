"""The columns of an accuracy result: their names, units and definitions, in one place."""

from dataclasses import dataclass

from train.measure.ab import JUDGED_AB_SIZE
from train.measure.evaluate import JUDGED_SIZE
from train.measure.film import FADED, FADED_LEVELS, FILM, ORIGINAL
from train.measure.plates import ORTHO, PAN


@dataclass(frozen=True)
class Column:
    """One figure of a row.

    Attributes:
        key: in the result file.
        heading: in a table, with its unit.
        digits: behind the point.
        definition: one sentence.
        signed: whether it is shown with its sign.
    """

    key: str
    heading: str
    digits: int
    definition: str
    signed: bool = False

    def show(self, value: float) -> str:
        """A value as text, without its unit."""
        return f"{value:{'+' if self.signed else ''}.{self.digits}f}"


# Keys that what measures shares with the columns.
NEUTRAL = "neutral_chroma"
FADED_LOSS = "film_faded_loss"
FRECHET = "mobilenetv2_frechet"

_RGB_PSNR = "10 log10(255² / MSE over all RGB values) of each picture, then the mean over pictures."
_MEAN_MSE = "10 log10(255² / mean MSE over all pictures): 2 to 3 dB below the mean of PSNRs."
_LAB = "mean squared error over the three channels of 8-bit Lab (L* x 2.55, a* + 128, b* + 128)."
_CIEDE2000 = (
    "mean colour difference of all pixels (Sharma, Wu and Dalal 2005); 1 is just noticeable."
)
_COLOURFULNESS = (
    "mean M3 of Hasler and Süsstrunk 2003 over that of the true pictures; 1 would be as "
    "colourful as they are."
)
_RHO = (
    "correlation of predicted and true a*, b*, pooled over all pictures and both channels, no "
    "mean taken off; predicted are those that the network gives, upsampled, before clipping. "
    "The best scaling of chroma has an error of 1 - rho² that of grey."
)
_CHROMA_RATIO = (
    "of the same, c: the root of the energy of predicted a*, b* over that of the true ones. "
    "The squared error over that of grey is 1 + c² - 2 c rho."
)
_NEUTRAL = (
    "mean C* that the network paints on flat greys, a blank page and black leader, on the one "
    "where it is largest."
)
_FRECHET = (
    "the formula of FID over the last features of MobileNetV2 1.0 at 224x224, so not to be "
    "compared with FID values, nor between sets of different size; no interval, which "
    "resampling would bias."
)
_TO_FLOAT = (
    "RGB PSNR between a quantized model's picture and that of its float model, mean over pictures."
)
_GAIN_TO_FLOAT = (
    "RGB PSNR against the true picture less that of the float model, paired by picture."
)

COLUMNS = (
    Column("rgb_psnr", "RGB PSNR, dB", 2, _RGB_PSNR),
    Column("gain", "gain, dB", 2, "RGB PSNR less that of the same picture in grey.", signed=True),
    Column("rgb_psnr_of_mean_mse", "RGB PSNR of mean MSE, dB", 2, _MEAN_MSE),
    Column("lab_mse", "Lab MSE", 1, _LAB),
    Column("lab_psnr", "Lab PSNR, dB", 2, "10 log10(255² / Lab MSE) of each picture, then mean."),
    Column("ab_psnr", "ab PSNR, dB", 2, "the same over a* and b* alone, not rounded, peak 255."),
    Column("ciede2000", "CIEDE2000", 2, _CIEDE2000),
    Column("colourfulness_ratio", "colourfulness", 3, _COLOURFULNESS),
    Column("colourfulness_difference", "ΔCF", 1, "mean M3 less that of the true pictures.", True),
    Column("rho", "rho", 3, _RHO),
    Column("chroma_ratio", "chroma ratio", 3, _CHROMA_RATIO),
    Column(NEUTRAL, "chroma on greys", 1, _NEUTRAL),
    Column(FRECHET, "MobileNetV2 Fréchet distance", 2, _FRECHET),
    Column("psnr_to_float", "PSNR to its float model, dB", 1, _TO_FLOAT),
    Column("gain_to_float", "gain less float's, dB", 3, _GAIN_TO_FLOAT, signed=True),
)

# What networks are shown besides photos as they are: the beginning of its keys in a result, its
# name in a heading, and what it is.
SHOWN = (
    (f"plates_{PAN}", "plates, pan", "glass plates of known colour, seen by their lightness."),
    (
        f"plates_{ORTHO}",
        "plates, ortho",
        "the same as film sees them that knows no red: 0.8 of the blue and 0.2 of the green "
        "exposure.",
    ),
    (f"film_{ORIGINAL}", "original", "the photos as they are, judged as aged ones are."),
    (
        f"film_{FADED}",
        "faded",
        f"their grey levels squeezed into {FADED_LEVELS[0]} to {FADED_LEVELS[1]}.",
    ),
    (
        f"film_{FILM}",
        "film",
        "the photos as old film: 0.7 of blue and 0.3 of green light, blurred, hard, faded, grainy.",
    ),
)


def _ab_columns(key: str, name: str, definition: str) -> tuple[Column, ...]:
    return (
        Column(f"{key}_rho", f"{name}: rho", 3, definition),
        Column(f"{key}_chroma_ratio", f"{name}: chroma ratio", 3, definition),
        Column(f"{key}_gain", f"{name}: gain, dB", 2, definition, signed=True),
    )


# Figures of a*, b* alone; their definitions are those of rho, of the chroma ratio and `AB_SETTING`.
AB_COLUMNS = (
    *(column for shown in SHOWN for column in _ab_columns(*shown)),
    Column(
        FADED_LOSS,
        "lost when faded, dB",
        2,
        "gain on the original less that on the faded photo.",
    ),
)

AB_SETTING = (
    "On plates and aged photos a* and b* alone are judged, against those of the colour picture, at "
    f"{JUDGED_AB_SIZE}x{JUDGED_AB_SIZE} and pooled over all pictures; gain is the squared error's "
    "ratio to that of grey."
)

BY_KEY = {column.key: column for column in (*COLUMNS, *AB_COLUMNS)}

# A picture without any difference would have an infinite PSNR, which no mean survives.
MOST_DB = 100.0

ROW_DEFINITIONS = {
    "grey": "the picture without colour: its own L*, a* = b* = 0.",
    "mean colour": "its own L* with one a*, b* everywhere: the mean over all true pixels of this "
    "very set.",
}

SETTING = (
    f"True pictures are resized to {JUDGED_SIZE}x{JUDGED_SIZE}, their lightness goes through the "
    "network at its own SxS, and ab is upsampled and joined with their own L*. Each mean is over "
    "pictures; in brackets the middle 95 % of 2,000 bootstrap resamples of the pictures. A picture "
    f"without any difference counts as {MOST_DB:.0f} dB."
)
