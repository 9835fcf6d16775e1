"""Scores as a table for the terminal."""

from rich.table import Table

from train.measure.evaluate import JUDGED_SIZE, Scores


def scores_table(scores: dict[str, Scores]) -> Table:
    """One row a network. Definitions stand in `train.measure.evaluate.Scores`."""
    pictures = next(iter(scores.values())).pictures
    table = Table(
        title=f"{pictures} pictures at {JUDGED_SIZE}x{JUDGED_SIZE}, means over pictures",
        caption="RGB PSNR* : PSNR of the mean MSE. Grey: the picture without colour (ab = 0). "
        "rho, chroma: correlation and ratio of ab with the truth, pooled.",
    )
    table.add_column("network")
    for heading in (
        "RGB PSNR",
        "gain",
        "RGB PSNR*",
        "Lab MSE",
        "Lab PSNR",
        "ab PSNR",
        "colourfulness",
        "rho",
        "chroma",
    ):
        table.add_column(heading, justify="right")
    for name, row in scores.items():
        table.add_row(
            name,
            f"{row.rgb_psnr:.2f}",
            f"{row.gain:+.2f}",
            f"{row.rgb_psnr_of_mean_mse:.2f}",
            f"{row.lab_mse:.1f}",
            f"{row.lab_psnr:.2f}",
            f"{row.ab_psnr:.2f}",
            f"{row.colourfulness_ratio:.2f}",
            f"{row.rho:.3f}",
            f"{row.chroma_ratio:.2f}",
        )
    return table
