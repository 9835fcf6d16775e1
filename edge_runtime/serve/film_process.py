"""What runs in the worker of a film: it is coloured in a process that can be ended."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2

from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.errors import TintLiteError
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.look import Look
from edge_runtime.messages import receive, send
from edge_runtime.quiet import quiet_libraries
from edge_runtime.video import FrameReference, VideoError, VideoOptions, VideoProgress
from edge_runtime.video.colorize_film import colorize_video
from edge_runtime.video.reader import FilmReader
from edge_runtime.video.sniff import looks_like_film
from edge_runtime.worker import worker_streams


def main() -> None:
    """Colour the film that standard input names, and tell on standard output how far it is."""
    requests, answers = worker_streams()
    with suppress(EOFError, BrokenPipeError):  # the server has gone
        words, _ = receive(requests)

        def tell(**told: Any) -> None:
            send(answers, told)

        try:
            notes = _colour(words, tell)
        except (TintLiteError, MemoryError) as error:
            why = str(error) or "not enough memory to colour it"
            for path, seconds in words["references"]:
                why = why.replace(path, f"the hints at {seconds:g} s")
            tell(error=why.replace(words["source"], words["name"]))
        else:
            tell(notes=notes)


def _colour(words: dict[str, Any], tell: Any) -> tuple[str, ...]:
    source, most = Path(words["source"]), words["most_seconds"]
    # Nothing else is opened: a list of files to play, say, would be one of this machine's.
    if not looks_like_film(source):
        raise VideoError(f"{source}: not a film")
    reader = FilmReader(source)
    seconds = reader.seconds
    reader.close()
    if seconds is not None and seconds > most:
        minutes = f"{seconds / 60:.1f} minutes long, and at most {most / 60:g} are taken"
        raise VideoError(f"{source}: {minutes}")
    tell(length=seconds)
    device = Device(**words["device"])
    cv2.setNumThreads(device.threads)
    with quiet_libraries():
        keep_freed_memory()
        colorizer = Colorizer(words["model"], device)
    options = VideoOptions(
        look=Look(saturation=words["saturation"]),
        # A film may be longer than it says.
        end=most,
        preview=Path(words["preview"]),
        threads=device.threads,
        resume=False,
    )
    references = [FrameReference(Path(path), at) for path, at in words["references"]]

    def told(now: VideoProgress) -> None:
        tell(frames=now.frames, total=now.total, seconds=now.seconds)

    return colorize_video(source, words["target"], colorizer, options, told, references).warnings
