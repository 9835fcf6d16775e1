"""The columns of an accuracy result: their names and units.

What the figures are stands in docs/measurements/accuracy.md.
"""

from dataclasses import dataclass

from train.measure.film import FADED, FILM, ORIGINAL
from train.measure.plates import ORTHO, PAN


@dataclass(frozen=True)
class Column:
    """One figure of a row.

    Attributes:
        key: in the result file.
        heading: in a table, with its unit.
        digits: behind the point.
        signed: whether it is shown with its sign.
    """

    key: str
    heading: str
    digits: int
    signed: bool = False

    def show(self, value: float) -> str:
        """A value as text, without its unit."""
        return f"{value:{'+' if self.signed else ''}.{self.digits}f}"


# Keys that what measures shares with the columns.
NEUTRAL = "neutral_chroma"
FADED_LOSS = "film_faded_loss"
FRECHET = "mobilenetv2_frechet"

COLUMNS = (
    Column("rgb_psnr", "RGB PSNR, dB", 2),
    Column("gain", "gain, dB", 2, signed=True),
    Column("rgb_psnr_of_mean_mse", "RGB PSNR*, dB", 2),
    Column("lab_mse", "Lab MSE", 1),
    Column("lab_psnr", "Lab PSNR, dB", 2),
    Column("ab_psnr", "ab PSNR, dB", 2),
    Column("ciede2000", "CIEDE2000", 2),
    Column("colourfulness_ratio", "colourfulness", 3),
    Column("colourfulness_difference", "ΔCF", 1, signed=True),
    Column("rho", "rho", 3),
    Column("chroma_ratio", "chroma", 3),
    Column(NEUTRAL, "greys", 1),
    Column(FRECHET, "MobileNetV2 Fréchet distance", 2),
    Column("psnr_to_float", "PSNR to its float model, dB", 1),
    Column("gain_to_float", "gain less float's, dB", 3, signed=True),
)

# What networks are shown besides photos as they are: the beginning of its keys, and its name.
_SHOWN = (
    (f"plates_{PAN}", "pan"),
    (f"plates_{ORTHO}", "ortho"),
    (f"film_{ORIGINAL}", "original"),
    (f"film_{FADED}", "faded"),
    (f"film_{FILM}", "film"),
)


def _ab_columns(key: str, name: str) -> tuple[Column, ...]:
    return (
        Column(f"{key}_rho", f"{name}: rho", 3),
        Column(f"{key}_chroma_ratio", f"{name}: chroma", 3),
        Column(f"{key}_gain", f"{name}: gain of ab, dB", 2, signed=True),
    )


# Figures of a*, b* alone.
AB_COLUMNS = (
    *(column for shown in _SHOWN for column in _ab_columns(*shown)),
    Column(FADED_LOSS, "lost when faded, dB", 2),
)

# Those of the first table.
MAIN = ("rgb_psnr", "gain", "rho", "ciede2000", "colourfulness_ratio", FRECHET)

BY_KEY = {column.key: column for column in (*COLUMNS, *AB_COLUMNS)}

# A picture without any difference would have an infinite PSNR, which no mean survives.
MOST_DB = 100.0
