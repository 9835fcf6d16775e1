"""The exporter's command: `python -m export WEIGHTS --recipe … --out DIR`."""

from export.cli import main

if __name__ == "__main__":
    main()
