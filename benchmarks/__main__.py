"""The benchmarks' command: `python -m benchmarks --help` lists what it measures."""

from benchmarks.cli import main

if __name__ == "__main__":
    main()
