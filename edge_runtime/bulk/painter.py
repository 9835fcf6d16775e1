"""A process that holds a Colorizer and colours what it is sent; it may be ended by a picture."""

import signal
import threading
from dataclasses import asdict
from typing import Any, NoReturn

from edge_runtime.device import Device
from edge_runtime.errors import ModelError, PictureError, TintLiteError
from edge_runtime.photo import PhotoOptions
from edge_runtime.pictures import Format
from edge_runtime.worker import Worker


class KilledError(PictureError):
    """A picture that ended its process, or took too long."""


class Painter:
    """One process, started again when a picture has ended it. For one thread at a time.

    Attributes:
        model: what it says of the model, as `Colorizer.described`.
        accelerator, note: what runs it, as those of a `Colorizer`.
    """

    def __init__(self, model: str, device: Device, options: PhotoOptions, patience: float):
        """Start it.

        Args:
            model: a shipped model's name, or a file.
            device: what it runs on.
            options: how pictures are coloured; their format is said of each.
            patience: how many seconds a picture may take.
        Raises:
            TintLiteError: as for `Colorizer`, or it cannot be started.
        """
        self._start = {
            "model": model,
            "device": asdict(device),
            "photo": asdict(options) | {"format": None},
        }
        self._patience = patience
        self._ended = False
        self._begin()

    def colour(self, data: bytes, format: Format | None) -> tuple[dict[str, Any], bytes]:
        """Colour a picture.

        Args:
            data: its file.
            format: of the result; None for the picture's own.
        Returns:
            `format`, `damaged` and `notes` of its `PhotoResult`, and the bytes of the result.
        Raises:
            PictureError: as for `colorize_photo`, its message without the picture's name.
            KilledError: it ended its process, or took too long.
            TintLiteError: the process cannot be started again; or `end` was called.
        """
        words = {"format": None if format is None else format.name}
        told, result = self._ask(words, data) or self._ask(words, data) or self._gone()
        if "error" in told:
            raise PictureError(str(told["error"]))
        return told, result

    def end(self) -> None:
        """End the process, whatever it does; from any thread, and more than once."""
        self._ended = True
        self._worker.put_away()

    def _begin(self) -> None:
        try:
            self._worker = Worker("edge_runtime.bulk.painter_process")
            told, _ = self._worker.ask(self._start)
        except (EOFError, OSError, ValueError):
            raise TintLiteError("a worker cannot be started, or ends at once") from None
        if "error" in told:
            raise ModelError(str(told["error"]))
        self.model, self.accelerator, self.note = map(str, told["described"])

    def _ask(self, words: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Ask once; None where the process ended: that may be another's fault, as of memory."""
        if self._worker.process.poll() is not None and not self._ended:
            self._worker.put_away()
            self._begin()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._worker.end()

        clock = threading.Timer(self._patience, give_up)
        clock.daemon = True
        clock.start()
        try:
            return self._worker.ask(words, data)
        except (EOFError, OSError, ValueError):
            self._worker.put_away()
            if self._ended:
                raise TintLiteError("called off") from None
            if late.is_set():
                told = f"takes longer than {self._patience:g} s, and was given up"
                raise KilledError(told) from None
            return None
        finally:
            clock.cancel()

    def _gone(self) -> NoReturn:
        code = self._worker.process.wait()
        try:
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        except ValueError:
            how = f"signal {-code}"
        raise KilledError(f"it ended its worker ({how})")
