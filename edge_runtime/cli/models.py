"""`tintlite models`: the shipped models in a table."""

from edge_runtime.cli.console import say
from edge_runtime.model.model_file import DEFAULT_MODEL, read_model
from edge_runtime.model.shipped import shipped_names

# What an export measures with `--measure val=...`.
_FIGURES = "gain_over_grey_db", "colourfulness_ratio"


def models() -> None:
    """List the shipped models; `tintlite info NAME` tells all of one.

    Gain: PSNR in RGB over the grey picture on photos that were not trained on; colours: their
    colourfulness in parts of the true one.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    names = shipped_names()
    if not names:
        say("no models are installed")
        return
    table = Table(box=box.SIMPLE)
    for column in ("name", "version", "MB", "input", "recipe", "gain", "colours"):
        words = column in ("name", "version", "recipe")
        table.add_column(column, justify="left" if words else "right")
    for name in names:
        file = read_model(name)
        contract = file.contract
        gain, colours = (contract.result.get(f"val_{key}") for key in _FIGURES)
        table.add_row(
            f"{name} (default)" if name == DEFAULT_MODEL else name,
            contract.version,
            f"{len(file.data) / 1e6:.2f}",
            f"{contract.input_size} px",
            contract.recipe,
            "-" if gain is None else f"{gain:+.2f} dB",
            "-" if colours is None else f"{colours:.2f}",
        )
    Console(markup=False, highlight=False).print(table)
