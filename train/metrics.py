"""How far a colorized picture is from the true one, and how colourful it is. Pure NumPy."""

import numpy as np


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
