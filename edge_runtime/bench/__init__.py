"""How fast TintLite is on this machine, and the result files that all benchmarks write."""
