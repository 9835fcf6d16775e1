"""Where the commands print their tables."""

import sys

from rich.console import Console

# Wide enough for its tables where the output goes to a file.
console = Console(width=None if sys.stdout.isatty() else 120)
