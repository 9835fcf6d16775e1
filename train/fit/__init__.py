"""Training: losses, engines, the loop, the folder of a run."""
