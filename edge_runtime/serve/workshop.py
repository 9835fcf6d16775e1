"""Colours photos in worker processes, which are ended when they take too long or nobody waits."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any, BinaryIO

from edge_runtime.colour.hints import Hint
from edge_runtime.device import Device
from edge_runtime.errors import ModelError, PictureError
from edge_runtime.hints.file import Likeness
from edge_runtime.photo import PhotoOptions, PhotoResult
from edge_runtime.pictures import format_called
from edge_runtime.serve.colours import Colours
from edge_runtime.serve.open_photo import OpenedPhoto
from edge_runtime.serve.settings import Models, Settings
from edge_runtime.worker import Worker

# A worker that nobody has needed for so long is ended, and its memory given back.
IDLE_SECONDS = 600.0


class Job:
    """One job on its way, which another thread may call off."""

    def __init__(self) -> None:
        self.called_off = False
        self._worker: _Worker | None = None
        self._lock = threading.Lock()

    def call_off(self) -> None:
        """Let it end with an error, now."""
        with self._lock:
            self.called_off = True
            if self._worker is not None:
                self._worker.end()

    def _give_to(self, worker: "_Worker | None") -> None:
        with self._lock:
            self._worker = worker
            if self.called_off and worker is not None:
                worker.end()


class Workshop:
    """Workers as they are needed; its methods are for several threads at once."""

    def __init__(self, models: Models, device: Device, places: int, seconds: float):
        """Start nothing yet.

        Args:
            models: those at hand.
            device: what the network runs on, but for the threads, which are a setting.
            places: how many photos may be worked on at the same time.
            seconds: how long a photo may take.
        """
        self.places = places
        self._models = models
        self._device = device
        self._seconds = seconds
        self._lock = threading.Lock()  # guards what is below
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False

    def load(self, settings: Settings) -> tuple[str, str]:
        """Start a worker with a model, and see that it can be used.

        Returns:
            what runs it, and why not the GPU, as of a `Colorizer`.
        Raises:
            ModelError, TintLiteError: as for `Colorizer`.
        """
        told, _ = self._do(Job(), {"job": "load", "name": "the model"}, settings)
        return told["accelerator"], told["note"]

    def open(self, job: Job, file: BinaryIO, name: str, settings: Settings) -> OpenedPhoto:
        """As `open_photo`, in a worker.

        Raises:
            PictureError: as there; it takes too long, or was called off.
            ModelError: as there, and for `Colorizer`.
        """
        words = {"job": "open", "name": name}
        return _opened(*self._do(job, words, settings, _bytes_of(file)))

    def open_frame(
        self, job: Job, film: Path, name: str, seconds: float, settings: Settings
    ) -> tuple[OpenedPhoto, bytes]:
        """The same of a frame of a film, and the file of that frame, as of `film_frame`.

        Args:
            job: by which it can be called off.
            film: where the film lies.
            name: what it is called, for messages.
            seconds: which frame.
            settings: how.
        Raises:
            PictureError: there is no such frame; else as `open`.
        """
        words = {"job": "frame", "name": name, "source": film, "seconds": seconds}
        told, data = self._do(job, words, settings)
        picture = told.pop("picture")
        return _opened(told, data[picture:]), data[:picture]

    def colorize(
        self,
        job: Job,
        file: BinaryIO,
        name: str,
        settings: Settings,
        options: PhotoOptions,
        hints: Iterable[Hint] = (),
    ) -> PhotoResult:
        """As `colorize_photo`, in a worker: the first page, into bytes.

        Raises:
            PictureError: as there; it takes too long, or was called off.
            ModelError: as there, and for `Colorizer`.
        """
        format = options.format and options.format.name
        words = {
            "job": "colorize",
            "name": name,
            "options": asdict(options) | {"format": format, "pages": False},
            "hints": [astuple(hint) for hint in hints],
        }
        told, data = self._do(job, words, settings, _bytes_of(file))
        told |= {"format": format_called(told["format"]), "notes": tuple(told["notes"])}
        return PhotoResult(files=(), data=memoryview(data), **told)

    def close(self) -> None:
        """End all workers, also those that are at work."""
        with self._lock:
            self._closed = True
            idle, busy = self._idle, list(self._busy)
            self._idle = []
        for worker in busy:  # who waits for it puts it away
            worker.end()
        for worker in idle:
            worker.put_away()

    def _do(
        self, job: Job, words: dict[str, Any], settings: Settings, data: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        words |= settings.for_worker(self._models, self._device)
        worker = self._take()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            worker.end()

        # A model that is loaded may be tried on a GPU, which takes as long as it takes.
        seconds = threading.TIMEOUT_MAX if words["job"] == "load" else self._seconds
        clock = threading.Timer(seconds, give_up)
        clock.daemon = True
        try:
            job._give_to(worker)
            clock.start()
            told, result = worker.ask(words, data)
        except (EOFError, OSError, ValueError):
            worker.end()
            if job.called_off or self._closed:
                why = "was called off"
            elif late.is_set():
                why = f"takes longer than {self._seconds:g} s, and was given up"
            else:
                why = "cannot be decoded: the decoder broke off"
            raise PictureError(f"{words['name']}: {why}") from None
        finally:
            clock.cancel()
            job._give_to(None)
            self._give_back(worker)
        if "error" in told:
            raise (ModelError if told.get("model") else PictureError)(str(told["error"]))
        return told, result

    def _take(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise PictureError("the server is ending")
            worker = self._idle.pop() if self._idle else _Worker()
            self._busy.add(worker)
        worker.rests(None)
        return worker

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.discard(worker)
            usable = worker.alive and not self._closed
            if usable:
                self._idle.append(worker)
                worker.rests(lambda: self._dismiss(worker))
        if not usable:
            worker.put_away()

    def _dismiss(self, worker: "_Worker") -> None:
        with self._lock:
            if worker not in self._idle:
                return
            self._idle.remove(worker)
        worker.put_away()


class _Worker(Worker):
    """One process."""

    def __init__(self) -> None:
        super().__init__("edge_runtime.serve.worker_process")
        self._ended = False
        self._rest: threading.Timer | None = None

    @property
    def alive(self) -> bool:
        return not self._ended and self.process.poll() is None

    def rests(self, dismiss: Callable[[], None] | None) -> None:
        """Begin to rest, and be dismissed after a while; or, for None, rest no more."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if dismiss is not None:
            self._rest = threading.Timer(IDLE_SECONDS, dismiss)
            self._rest.daemon = True
            self._rest.start()

    def end(self) -> None:
        self._ended = True
        if self._rest is not None:
            self._rest.cancel()
        super().end()


def _opened(told: dict[str, Any], data: bytes) -> OpenedPhoto:
    before = told["before"]
    made = {
        "before": data[:before],
        "colours": Colours.unpacked(told["colours"], data[before:]),
        "likeness": Likeness(**told["likeness"]),
        "notes": tuple(told["notes"]),
    }
    return OpenedPhoto(**told | made)


def _bytes_of(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
