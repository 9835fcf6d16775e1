"""Colour ten seconds of a film: python examples/film.py old.mp4 new.mp4"""

import sys

from tintlite import Colorizer, Look, VideoOptions, VideoProgress, colorize_video


def show(progress: VideoProgress) -> None:
    print(f"\r{progress.frames} of {progress.total} frames", end="", file=sys.stderr)


source, target = sys.argv[1:]
options = VideoOptions(end=10, preset="veryfast", look=Look(saturation=1.2))
result = colorize_video(source, target, Colorizer("nano"), options, show)
print(f"\n{result.frames} frames, {result.fps:.1f} a second")
for warning in result.warnings:
    print(warning)
