"""A process that holds a Colorizer and colours what it is sent; it may be ended by a picture."""

import signal
import threading
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from edge_runtime.device import Device
from edge_runtime.errors import ModelError, PictureError, TintLiteError
from edge_runtime.photo import PhotoOptions
from edge_runtime.pictures import Format
from edge_runtime.worker import Worker


@dataclass(frozen=True)
class Work:
    """How pictures are coloured, and where the results go.

    Attributes:
        target: the address of the folder of the results.
        model: a shipped model's name, or a file that is there wherever a worker runs.
        device: what each worker runs on.
        photo: how pictures are coloured; its format is that of all results, or None for their own.
        patience: how many seconds a picture may take.
    """

    target: str
    model: str
    device: Device
    photo: PhotoOptions
    patience: float


class KilledError(PictureError):
    """A picture that ended its process, or took too long."""


class Painter:
    """One process, started again when a picture has ended it. For one thread at a time.

    Attributes:
        model: what it says of the model, as `Colorizer.described`.
        accelerator, note: what runs it, as those of a `Colorizer`.
    """

    def __init__(self, work: Work):
        """Start it.

        Raises:
            TintLiteError: as for `Colorizer`, or it cannot be started.
        """
        self._start = {
            "model": work.model,
            "device": asdict(work.device),
            "photo": asdict(work.photo) | {"format": None},  # it is said of each picture
        }
        self._patience = work.patience
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
