"""The benchmarks' command: `python -m benchmarks framing` and `latency`."""

from benchmarks.cli import main

if __name__ == "__main__":
    main()
