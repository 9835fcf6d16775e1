"""Films that visitors have coloured: one at a time, in a process and a folder of its own."""

import asyncio
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edge_runtime.device import Device
from edge_runtime.hints.file import ENDING
from edge_runtime.serve.errors import busy
from edge_runtime.serve.limits import Limits
from edge_runtime.serve.settings import Models, Settings
from edge_runtime.video.formats import result_ending
from edge_runtime.worker import Worker

# A film that nobody has asked about for so long is given up: its page was closed.
WAITED_SECONDS = 600.0

# So long a result is kept after it was asked for last, and so many of them.
KEPT_SECONDS = 3600.0
MOST_FILMS = 4

# What a film and its result may take of the disk, in units of the largest upload.
_MOST_ROOM = 4

_FOLDER = "tintlite-film-"

_ANOTHER = "another film is being coloured: try again later"


@dataclass(frozen=True)
class FilmState:
    """How far a film is.

    Attributes:
        id: part of the addresses at which it is asked for.
        name: what the result is called.
        length: in seconds, as far as the film says, or null.
        state: running, done or failed.
        frames: how many are coloured.
        total: how many there will be, as far as the film says, or null.
        seconds: of working time until now.
        preview: how many preview pictures there were until now; 0 for none.
        size: of the result in bytes; 0 until it is done.
        notes: sentences about what of it is not taken or kept.
        error: why it failed, in one sentence, or empty.
    """

    id: str
    name: str
    length: float | None = None
    state: str = "running"
    frames: int = 0
    total: int | None = None
    seconds: float = 0.0
    preview: int = 0
    size: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""


class Film:
    """One film: received by the event loop, then coloured beside it, more than once if wished.

    Attributes:
        name: as its sender calls it.
        folder: where all of it lies; removed with it.
        source, target, preview: files in it.
        asked: when it was asked for last, in seconds of the monotonic clock.
    """

    def __init__(self, name: str, most_bytes: int):
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
        named = Path(name)
        ending = result_ending(named)
        self.source = self.folder / f"film{named.suffix.lower()[:8]}"
        self.target = self.folder / f"colour{ending.lower()}"
        self.preview = self.folder / "preview.jpg"
        self.asked = time.monotonic()
        self._most_bytes = most_bytes
        self._lock = threading.Lock()  # guards what is below
        self._state = FilmState(secrets.token_urlsafe(18), f"{named.stem}.colour{ending}")
        self._worker: Worker | None = None
        self._ended = False

    @property
    def state(self) -> FilmState:
        """How far it is, from any thread."""
        with self._lock:
            return self._state

    def start(self, words: dict[str, Any], said: Iterable[tuple[float, bytes]]) -> None:
        """Begin to colour it; what was under way ends.

        Args:
            words: as `film_process` reads them, but for its files and references.
            said: files of hints, each with the time of its frame in seconds.
        Raises:
            OSError: there is no room for them.
        """
        files = {"source": self.source, "target": self.target, "preview": self.preview}
        references = []
        with self._lock:
            if self._ended:
                return
            self._end_worker()
            for number, (seconds, data) in enumerate(said):
                path = self.folder / f"frame-{number}{ENDING}"
                path.write_bytes(data)
                references.append((path, seconds))
            self._state = FilmState(self._state.id, self._state.name, self._state.length)
            self._worker = worker = Worker("edge_runtime.serve.film_process")
        words = words | files | {"references": references}
        threading.Thread(target=self._work, args=(worker, words), daemon=True).start()

    def end(self) -> None:
        """End its work and remove what there is of it; from any thread, and more than once."""
        with self._lock:
            self._ended = True
            self._end_worker()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker.process.wait()  # it writes into the folder no more

    def _work(self, worker: Worker, words: dict[str, Any]) -> None:
        looked = 0.0
        try:
            worker.tell(words)
            while worker is self._worker and self.state.state == "running":
                told, _ = worker.hear()
                self._take(worker, told)
                if time.monotonic() - looked > 1:
                    looked = time.monotonic()
                    self._check_room(worker)
        except (EOFError, OSError, ValueError):
            self._fail(worker, "it cannot be coloured: the decoder broke off")
        finally:
            worker.put_away()

    def _take(self, worker: Worker, told: dict[str, Any]) -> None:
        if "error" in told:
            self._fail(worker, str(told["error"]))
        elif "length" in told:
            self._change(worker, length=told["length"] and round(float(told["length"]), 3))
        elif "notes" in told:
            notes, size = tuple(map(str, told["notes"])), self.target.stat().st_size
            self._change(worker, state="done", notes=notes, size=size)
        else:
            written = self.preview.stat().st_mtime_ns if self.preview.exists() else 0
            self._change(
                worker,
                frames=int(told["frames"]),
                total=told["total"] and int(told["total"]),
                seconds=round(float(told["seconds"]), 1),
                preview=written // 1_000_000 % 1_000_000_000,
            )

    def _check_room(self, worker: Worker) -> None:
        used = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        if used > _MOST_ROOM * self._most_bytes:
            self._fail(worker, "its result grows too large for this server")

    def _fail(self, worker: Worker, error: str) -> None:
        self._change(worker, state="failed", error=error)

    def _change(self, worker: Worker, **changes: Any) -> None:
        with self._lock:
            if worker is self._worker:  # else the film is coloured anew
                self._state = replace(self._state, **changes)


class Films:
    """The films of all visitors. For the event loop's thread alone."""

    def __init__(self, models: Models, device: Device, limits: Limits):
        """Begin empty, and remove what a server that was killed has left.

        Args:
            models: those at hand.
            device: what the network runs on.
            limits: how long and large a film may be.
        """
        self._models = models
        self._device = device
        self._limits = limits
        self._films: dict[str, Film] = {}
        self._receiving = False
        _remove_leftovers()

    @property
    def busy(self) -> bool:
        """Whether a film is being sent or coloured."""
        running = any(film.state.state == "running" for film in self._films.values())
        return self._receiving or running

    def begin(self, name: str) -> Film:
        """Take the one place; to be followed by `start` or `give_up`.

        Args:
            name: what the visitor calls the film.
        Raises:
            HTTPException: 429, another film has it.
            OSError: there is no room for its folder.
        """
        if self.busy:
            raise busy(429, _ANOTHER, 30)
        while len(self._films) >= MOST_FILMS:
            self.drop(min(self._films.values(), key=lambda film: film.asked).state.id)
        film = Film(name, self._limits.film_bytes)
        self._receiving = True
        return film

    def give_up(self, film: Film) -> None:
        """The film has not come whole."""
        self._receiving = False
        film.end()

    def start(self, film: Film, settings: Settings) -> None:
        """Begin to colour a film that has come."""
        self._receiving = False
        self._films[film.state.id] = film
        self._start(film, settings, ())
        self._watch(film)

    def restart(self, film: Film, settings: Settings, said: Iterable[tuple[float, bytes]]) -> None:
        """Colour a film anew.

        Args:
            film: which one; what is under way of it ends.
            settings: how.
            said: as of `Film.start`.
        Raises:
            HTTPException: 429, another film has the place.
            OSError: there is no room.
        """
        others = (one for one in self._films.values() if one is not film)
        if self._receiving or any(one.state.state == "running" for one in others):
            raise busy(429, _ANOTHER, 30)
        self._start(film, settings, said)

    def _start(self, film: Film, settings: Settings, said: Iterable[tuple[float, bytes]]) -> None:
        # The other stages run beside the network.
        settings = replace(settings, threads=max(1, settings.threads // 2))
        words = settings.for_worker(self._models, self._device)
        words |= {"name": film.name, "most_seconds": self._limits.film_seconds}
        film.start(words, said)

    def get(self, id: str) -> Film | None:
        """The film of an id, or None where it is gone or never was."""
        film = self._films.get(id)
        if film is not None:
            film.asked = time.monotonic()
        return film

    def drop(self, id: str) -> None:
        """End a film's work, and throw it away."""
        film = self._films.pop(id, None)
        if film is not None:
            film.end()

    def close(self) -> None:
        """Throw all away."""
        for id in list(self._films):
            self.drop(id)

    def _watch(self, film: Film) -> None:
        if film.state.id not in self._films:
            return
        kept = WAITED_SECONDS if film.state.state == "running" else KEPT_SECONDS
        if time.monotonic() - film.asked > kept:
            self.drop(film.state.id)
        else:
            asyncio.get_running_loop().call_later(10, self._watch, film)


def _remove_leftovers() -> None:
    """Remove the folders of servers that are no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        number = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if number.isdecimal() and not _lives(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    if os.name != "posix":  # elsewhere asking would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
