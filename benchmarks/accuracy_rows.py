"""From figures of single pictures to the rows of a result: means and their intervals."""

from collections.abc import Callable

import numpy as np

from benchmarks.accuracy import TRUE, Measured
from benchmarks.accuracy_columns import FRECHET, MOST_DB
from benchmarks.bootstrap import interval, resampled_means
from train.measure.evaluate import GREY
from train.measure.metrics import chroma_ratio, rho

# A row's plain means, in the order of the columns.
_PLAIN = (
    "rgb_psnr",
    "lab_mse",
    "lab_psnr",
    "ab_psnr",
    "ciede2000",
    "psnr_to_float",
)

Row = dict[str, str | float | int | None]


def psnrs(mse: np.ndarray) -> np.ndarray:
    """PSNR in dB, peak 255, of mean squared errors of any shape; at most `MOST_DB`."""
    with np.errstate(divide="ignore"):
        return np.minimum(-10 * np.log10(mse / 255**2), MOST_DB)


def _row_figures(
    row: str, keys: set[str], partner: str | None, mean: Callable[[str, str], np.ndarray]
) -> dict[str, np.ndarray]:
    """Every figure of a row out of means of single pictures' values; all of one shape.

    Args:
        row: its name.
        keys: of the values that there are.
        partner: the row of its float model, if any.
        mean: of a row's value over pictures.
    """
    ours, true = mean(row, "colourfulness"), mean(TRUE, "colourfulness")
    found = {key: mean(row, key) for key in _PLAIN if key in keys}
    found["gain"] = mean(row, "rgb_psnr") - mean(GREY, "rgb_psnr")
    found["rgb_psnr_of_mean_mse"] = psnrs(mean(row, "rgb_mse"))
    found["colourfulness_ratio"] = ours / true
    found["colourfulness_difference"] = ours - true
    energies = mean(row, "ab_ours"), mean(TRUE, "ab_true")
    found["rho"] = rho(mean(row, "ab_both"), *energies)
    found["chroma_ratio"] = chroma_ratio(*energies)
    if partner is not None:
        found["gain_to_float"] = mean(row, "rgb_psnr") - mean(partner, "rgb_psnr")
    return found


def accuracy_rows(measured: Measured, source: str, partners: dict[str, str]) -> list[Row]:
    """The rows of a result file, `grey` first; each figure with the 95 % interval of its mean.

    Args:
        measured: the figures.
        source: what the pictures are called.
        partners: by quantized model, its float model, as `float_partners` gives them.
    """
    places = {
        (row, key): number
        for number, (row, key) in enumerate(
            (row, key) for row, values in measured.per_picture.items() for key in values
        )
    }
    table = np.array(
        [measured.per_picture[row][key] for row, key in places], dtype=np.float64
    ).transpose()
    means, drawn = table.mean(axis=0), resampled_means(table)

    rows: list[Row] = []
    for name, values in measured.per_picture.items():
        if name == TRUE:
            continue
        partner = partners.get(name)
        if partner not in measured.per_picture:
            partner = None
        keys = set(values)
        found = _row_figures(name, keys, partner, lambda r, k: means[places[r, k]])
        resampled = _row_figures(name, keys, partner, lambda r, k: drawn[:, places[r, k]])
        row: Row = {"model": name, "pictures": len(measured.pictures), "set": source}
        for key, value in found.items():
            middle = interval(resampled[key])
            row |= {key: float(value), f"{key}_low": middle.low, f"{key}_high": middle.high}
        if name in measured.frechet:
            row[FRECHET] = measured.frechet[name]
        if partner:
            row["float_model"] = partner
        rows.append(row)
    rows += [{"model": name, "error": reason} for name, reason in measured.failed.items()]
    return rows
