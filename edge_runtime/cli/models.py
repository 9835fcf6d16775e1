"""`tintlite models`: the shipped models in a table."""

from edge_runtime.cli.console import say
from edge_runtime.model.model_file import DEFAULT_MODEL, read_model
from edge_runtime.model.shipped import shipped_names


def models() -> None:
    """List the shipped models."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    names = shipped_names()
    if not names:
        say("no models are installed")
        return
    table = Table(box=box.SIMPLE)
    for column in ("name", "version", "MB", "input", "recipe", "measured"):
        table.add_column(column, justify="right" if column in ("MB", "input") else "left")
    for name in names:
        file = read_model(name)
        contract = file.contract
        table.add_row(
            f"{name} (default)" if name == DEFAULT_MODEL else name,
            contract.version,
            f"{len(file.data) / 1e6:.2f}",
            f"{contract.input_size} px",
            contract.recipe,
            "\n".join(f"{key} {value:g}" for key, value in sorted(contract.result.items())),
        )
    Console(markup=False, highlight=False).print(table)
