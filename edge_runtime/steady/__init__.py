"""Colours that hold from frame to frame: motion, shots, smoothing."""
