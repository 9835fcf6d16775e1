"""The commands of `python -m benchmarks`, a file each; what they need is imported when they run."""
