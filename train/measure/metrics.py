"""How far a colorized picture is from the true one, and how colourful it is. Pure NumPy."""

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray


def psnr(mse: float, peak: float = 255.0) -> float:
    """Peak signal-to-noise ratio in dB of a mean squared error; infinite for none."""
    return float("inf") if mse == 0 else float(10 * np.log10(peak**2 / mse))


def rgb_mse(true: np.ndarray, ours: np.ndarray) -> float:
    """Mean squared error over all RGB values. Both uint8 [H, W, 3]."""
    return float(np.mean((true.astype(np.float32) - ours.astype(np.float32)) ** 2))


def lab8(lab: np.ndarray) -> np.ndarray:
    """8-bit Lab as OpenCV stores it: L* 255/100, a* + 128, b* + 128, rounded.

    float32 [..., 3] Lab to float32 [..., 3] with whole values 0..255.
    """
    scaled = lab * np.float32([255 / 100, 1, 1]) + np.float32([0, 128, 128])
    return np.clip(np.round(scaled), 0, 255)


def colourfulness(picture: np.ndarray) -> float:
    """Colourfulness M3 of Hasler and Suesstrunk 2003, section 7. uint8 [H, W, 3] RGB."""
    red, green, blue = np.moveaxis(picture.astype(np.float32), -1, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    spread = np.hypot(rg.std(), yb.std())
    return float(spread + 0.3 * np.hypot(rg.mean(), yb.mean()))


@dataclass(frozen=True)
class AbSums:
    """How a network's a*, b* and the true ones go together, as sums that pool over pictures.

    No mean is taken off anywhere: grey is the point from which all is measured.

    Attributes:
        both: the sum of ours times true, over all pixels and both channels.
        ours: the sum of ours squared.
        true: the sum of the true ones squared.
    """

    both: float = 0.0
    ours: float = 0.0
    true: float = 0.0

    @classmethod
    def of(cls, ours: np.ndarray, true: np.ndarray) -> "AbSums":
        """Of one picture: float32 [H, W, 2] a*, b* each."""
        p, t = np.ravel(ours), np.ravel(true)
        return cls(float(np.vdot(p, t)), float(np.vdot(p, p)), float(np.vdot(t, t)))

    def __add__(self, other: "AbSums") -> "AbSums":
        return AbSums(self.both + other.both, self.ours + other.ours, self.true + other.true)

    @property
    def rho(self) -> float:
        """The correlation with the truth, -1..1; 0 where either is grey."""
        return float(rho(self.both, self.ours, self.true))

    @property
    def chroma_ratio(self) -> float:
        """The root of our chroma's energy over that of the truth, which must not be grey."""
        return float(chroma_ratio(self.ours, self.true))

    @property
    def gain(self) -> float:
        """How much smaller the squared error is than that of grey, dB; 0 for grey."""
        return float(ab_gain(self.both, self.ours, self.true))


def rho(both: Values, ours: Values, true: Values) -> np.ndarray:
    """See `AbSums`; the sums, or their means, may be arrays of one shape."""
    energy = np.sqrt(np.multiply(ours, true))
    return np.divide(both, energy, out=np.zeros(np.shape(energy)), where=energy > 0)


def chroma_ratio(ours: Values, true: Values) -> np.ndarray:
    """See `AbSums`."""
    return np.sqrt(np.divide(ours, true))


def ab_gain(both: Values, ours: Values, true: Values) -> np.ndarray:
    """See `AbSums`: -10 log10(1 + c^2 - 2 c rho), infinite where nothing differs."""
    error = np.maximum(np.subtract(np.add(ours, true), np.multiply(2, both)), 0)
    with np.errstate(divide="ignore"):
        return 10 * np.log10(np.divide(true, error))
