"""The command `tintlite`."""

from edge_runtime.cli.main import main

__all__ = ["main"]
