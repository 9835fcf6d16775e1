"""The exporter's command: `python -m export WEIGHTS --recipe … --out DIR`."""

import sys

from export.cli import main

if __name__ == "__main__":
    sys.exit(main())
