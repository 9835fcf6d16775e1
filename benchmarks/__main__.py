"""The benchmarks' command: `python -m benchmarks framing`."""

from benchmarks.cli import main

if __name__ == "__main__":
    main()
