"""One frame of a film, as a photo: what is seen of it when its colours are found."""

import threading
from contextlib import closing
from pathlib import Path

from edge_runtime.colorizer import Colorizer
from edge_runtime.pictures import Picture, format_called, picture_bytes
from edge_runtime.video import VideoError, VideoOptions
from edge_runtime.video.frame_stages import FrameStages
from edge_runtime.video.orientation import turns_of
from edge_runtime.video.reader import FilmReader
from edge_runtime.video.signal import signal_of
from edge_runtime.video.sniff import looks_like_film

# So many seconds behind the time that is asked for a frame is looked for.
_WITHIN = 10.0


def film_frame(path: Path, seconds: float, colorizer: Colorizer) -> bytes:
    """The first frame at or after a time, as PNG: its luma alone, upright.

    Args:
        path: the film.
        seconds: from its beginning.
        colorizer: the network that is to be asked of it.
    Raises:
        VideoError: not a film, or none of its frames is there.
        PictureError: it cannot be written.
    """
    # Nothing else is opened: a list of files to play, say, would be one of this machine's.
    if not looks_like_film(path):
        raise VideoError(f"{path}: not a film")
    with closing(FilmReader(path, seconds, seconds + _WITHIN)) as reader:
        job = next(reader.jobs(threading.Event()), None)
        if job is None:
            raise VideoError(f"{path}: no frame can be read at {seconds:g} seconds")
        frame = job.frame
        signal = signal_of(frame, reader.stream.codec_context, 8)
        stages = FrameStages(
            colorizer,
            VideoOptions(),
            signal,
            width=frame.width + frame.width % 2,
            height=frame.height + frame.height % 2,
            turns=turns_of(frame),
        )
        stages.see(job)
        picture = Picture(stages.grey(job))
    return bytes(picture_bytes(picture, format_called("png"), Path("frame.png")))
