"""Cameras: sources, the watchdog over them, the live view, the recorder."""
