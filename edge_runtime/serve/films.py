"""Films that visitors have coloured: one at a time, in a process and a folder of its own."""

import asyncio
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from subprocess import Popen
from typing import Any

from edge_runtime.device import Device
from edge_runtime.hints.file import ENDING
from edge_runtime.messages import receive, send
from edge_runtime.serve.errors import busy
from edge_runtime.serve.limits import Limits
from edge_runtime.serve.settings import Models, Settings
from edge_runtime.video.formats import result_ending
from edge_runtime.worker import start_worker

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
        self._process: Popen | None = None
        self._ended = False

    @property
    def state(self) -> FilmState:
        """How far it is, from any thread."""
        with self._lock:
            return self._state

    def start(self, words: dict[str, Any], said: Iterable[tuple[float, bytes]]) -> None:
        """Begin to colour it; what was under way ends.

        Args:
            words: as `film_process` reads them, but for its files.
            said: files of hints, each with the time of its frame in seconds.
        Raises:
            OSError: there is no room for them.
        """
        files = {"source": self.source, "target": self.target, "preview": self.preview}
        words = words | {name: str(path) for name, path in files.items()}
        with self._lock:
            if self._ended:
                return
            if self._process is not None:
                self._process.kill()
                self._process.wait()
            words["references"] = []
            for number, (seconds, data) in enumerate(said):
                path = self.folder / f"frame-{number}{ENDING}"
                path.write_bytes(data)
                words["references"].append((str(path), seconds))
            self._state = FilmState(self._state.id, self._state.name, self._state.length)
            self._process = process = start_worker("edge_runtime.serve.film_process")
        threading.Thread(target=self._work, args=(process, words), daemon=True).start()

    def end(self) -> None:
        """End its work and remove what there is of it; from any thread, and more than once."""
        with self._lock:
            self._ended = True
            process = self._process
        if process is not None:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _work(self, process: Popen, words: dict[str, Any]) -> None:
        looked = 0.0
        try:
            send(process.stdin, words)  # type: ignore[arg-type]
            while process is self._process and self.state.state == "running":
                told, _ = receive(process.stdout)  # type: ignore[arg-type]
                self._take(process, told)
                if time.monotonic() - looked > 1:
                    looked = time.monotonic()
                    self._check_room(process)
        except (EOFError, OSError, ValueError):
            self._fail(process, "it cannot be coloured: the decoder broke off")
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def _take(self, process: Popen, told: dict[str, Any]) -> None:
        if "error" in told:
            self._fail(process, str(told["error"]))
        elif "length" in told:
            self._change(process, length=told["length"] and round(float(told["length"]), 3))
        elif "notes" in told:
            notes, size = tuple(map(str, told["notes"])), self.target.stat().st_size
            self._change(process, state="done", notes=notes, size=size)
        else:
            written = self.preview.stat().st_mtime_ns if self.preview.exists() else 0
            self._change(
                process,
                frames=int(told["frames"]),
                total=told["total"] and int(told["total"]),
                seconds=round(float(told["seconds"]), 1),
                preview=written // 1_000_000 % 1_000_000_000,
            )

    def _check_room(self, process: Popen) -> None:
        used = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        if used > _MOST_ROOM * self._most_bytes:
            self._fail(process, "its result grows too large for this server")

    def _fail(self, process: Popen, error: str) -> None:
        self._change(process, state="failed", error=error)

    def _change(self, process: Popen, **changes: Any) -> None:
        with self._lock:
            if process is self._process:  # else the film is coloured anew
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
        threads = max(1, settings.threads // 2)  # the other stages run beside the network
        device = asdict(replace(self._device, threads=threads))
        film.start(
            {
                "name": film.name,
                "model": str(self._models.file(settings.model)),
                "saturation": settings.saturation,
                "device": device | {"delegate": device["delegate"] and str(device["delegate"])},
                "most_seconds": self._limits.film_seconds,
            },
            said,
        )

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
