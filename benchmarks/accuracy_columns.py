"""The columns of an accuracy result: their names, units and definitions, in one place."""

from dataclasses import dataclass

from train.evaluate import JUDGED_SIZE

HIGHER, LOWER, NEITHER = "higher", "lower", "neither"


@dataclass(frozen=True)
class Column:
    """One figure of a row.

    Attributes:
        key: in the result file.
        heading: in a table.
        unit: as in `dB`, or nothing.
        digits: behind the point.
        better: `higher`, `lower`, or `neither`.
        signed: whether it is shown with its sign.
        definition: one sentence.
    """

    key: str
    heading: str
    unit: str
    digits: int
    better: str
    definition: str
    signed: bool = False

    def show(self, value: float) -> str:
        """A value as text, without its unit."""
        return f"{value:{'+' if self.signed else ''}.{self.digits}f}"


COLUMNS = (
    Column(
        "rgb_psnr",
        "RGB PSNR",
        "dB",
        2,
        HIGHER,
        "10 log10(255² / MSE over all RGB values) of each picture, then the mean over pictures.",
    ),
    Column(
        "gain",
        "gain",
        "dB",
        2,
        HIGHER,
        "RGB PSNR less that of the same picture in grey, mean over pictures.",
        signed=True,
    ),
    Column(
        "rgb_psnr_of_mean_mse",
        "RGB PSNR of mean MSE",
        "dB",
        2,
        HIGHER,
        "10 log10(255² / mean MSE over all pictures): 2 to 3 dB below the mean of PSNRs.",
    ),
    Column(
        "lab_mse",
        "Lab MSE",
        "",
        1,
        LOWER,
        "mean squared error over the three channels of 8-bit Lab (L* x 2.55, a* + 128, b* + 128).",
    ),
    Column(
        "lab_psnr",
        "Lab PSNR",
        "dB",
        2,
        HIGHER,
        "10 log10(255² / Lab MSE) of each picture, then the mean over pictures.",
    ),
    Column(
        "ab_psnr",
        "ab PSNR",
        "dB",
        2,
        HIGHER,
        "the same over a* and b* alone, not rounded, peak 255.",
    ),
    Column(
        "ciede2000",
        "CIEDE2000",
        "",
        2,
        LOWER,
        "mean colour difference of all pixels (Sharma, Wu and Dalal 2005); 1 is just noticeable.",
    ),
    Column(
        "colourfulness_ratio",
        "colourfulness",
        "",
        3,
        NEITHER,
        "mean M3 of Hasler and Süsstrunk 2003 over that of the true pictures; 1 would be as "
        "colourful as they are.",
    ),
    Column(
        "colourfulness_difference",
        "ΔCF",
        "",
        1,
        NEITHER,
        "mean M3 less that of the true pictures.",
        signed=True,
    ),
    Column(
        "ssim",
        "SSIM",
        "",
        4,
        HIGHER,
        "Wang et al. 2004, Gaussian window of 11x11, mean over R, G and B; says little here, since "
        "every row has the true lightness.",
    ),
    Column(
        "squeezenet_distance",
        "SqueezeNet feature distance",
        "",
        4,
        LOWER,
        "squared distance of unit-length features at seven layers of SqueezeNet 1.1, summed: LPIPS "
        "(Zhang et al. 2018) without its learned weights, so not to be compared with LPIPS values.",
    ),
    Column(
        "mobilenetv2_frechet",
        "MobileNetV2 Fréchet distance",
        "",
        2,
        LOWER,
        "the formula of FID over the last features of MobileNetV2 1.0 at 224x224, so not to be "
        "compared with FID values, nor between sets of different size; no interval, which "
        "resampling would bias.",
    ),
    Column(
        "psnr_to_float",
        "PSNR to its float model",
        "dB",
        1,
        HIGHER,
        "RGB PSNR between a quantized model's picture and that of its float model, mean over "
        "pictures.",
    ),
    Column(
        "gain_to_float",
        "gain less float's",
        "dB",
        3,
        HIGHER,
        "RGB PSNR against the true picture less that of the float model, paired by picture.",
        signed=True,
    ),
)

BY_KEY = {column.key: column for column in COLUMNS}

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
