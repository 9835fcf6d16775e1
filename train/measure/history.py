"""Read a run's `history.csv`: one line a round, as `fit` writes it."""

import csv
from pathlib import Path

import numpy as np

from train.errors import RunError


def read_history(file: Path) -> dict[str, np.ndarray]:
    """The columns of a history.

    A last line without its line end is still being written by the run, and left out.

    Args:
        file: a run's `history.csv`, its header naming at least `step` and `seconds`.
    Returns:
        float64 [rounds] by column name, in the file's order; a field left empty is NaN.
    Raises:
        RunError: it is missing, has no round yet, or is damaged.
    """
    try:
        text = file.read_text("utf-8")
        lines = list(csv.reader(text[: text.rfind("\n") + 1].splitlines()))
        names, rows = (lines[0], lines[1:]) if lines else ([], [])
        if lines and not {"step", "seconds"} <= set(names):
            raise ValueError("no step and seconds")
        values = [[float(field or "nan") for field in row] for row in rows]
        if any(len(row) != len(names) for row in values):
            raise ValueError("lines of unequal length")
    except OSError:
        raise RunError(f"there is no readable {file}") from None
    except (ValueError, csv.Error):
        raise RunError(f"{file} is damaged, or no history of a run") from None
    if not values:
        raise RunError(f"{file} is empty: the run's first round is not over")
    columns = dict(zip(names, np.array(values).T, strict=True))
    # Not true of NaN either: a round without its step cannot be placed.
    if not (columns["step"][0] > 0 and (np.diff(columns["step"]) > 0).all()):
        raise RunError(f"{file} is damaged: its steps do not rise")
    if not np.isfinite(columns["seconds"]).all():
        raise RunError(f"{file} is damaged: a round has no time")
    return columns
