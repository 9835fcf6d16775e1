"""What a network said of a photo: its colours, and what hints are spread on."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edge_runtime.colour.framing import Framing
from edge_runtime.colour.hinted import joined
from edge_runtime.colour.hints import Hint
from edge_runtime.colour.prints import Rectangle
from edge_runtime.colour.view import Print, View
from edge_runtime.hints.session import HintSession


@dataclass(frozen=True)
class Colours:
    """Enough of a `HintSession` to go on without the picture and the network.

    Attributes:
        view: what the network was shown.
        parts: float32 [h, w, 2], its a* and b* of each print.
    """

    view: View
    parts: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, session: HintSession) -> "Colours":
        """Those of a session.

        Raises:
            ModelError: as for `HintSession.prints_ab`.
        """
        return cls(session.view, tuple(session.prints_ab))

    def ab(self, hints: Iterable[Hint] = ()) -> np.ndarray:
        """The colours of the whole picture: as `HintSession.ab`.

        Raises:
            ArgumentError: as there.
        """
        return joined(self.view, self.parts, hints)

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return sum(one.nbytes for one in self._arrays())

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Words and bytes from which `unpacked` makes it again, in another process."""
        words = {
            "places": [asdict(place) for place in self.view.places],
            "framings": [asdict(one.framing) for one in self.view.prints],
            "shapes": [one.shape for one in self._arrays()],
        }
        return words, b"".join(np.ascontiguousarray(one, "<f4").tobytes() for one in self._arrays())

    @classmethod
    def unpacked(cls, words: dict[str, Any], data: bytes) -> "Colours":
        """The inverse of `packed`."""
        flat = np.frombuffer(data, "<f4").astype(np.float32)
        ends = np.cumsum([np.prod(shape) for shape in words["shapes"]])
        pieces = np.split(flat, ends[:-1])
        arrays = [one.reshape(shape) for one, shape in zip(pieces, words["shapes"], strict=True)]
        framings = [Framing(**framing) for framing in words["framings"]]
        seen = zip(arrays[: len(framings)], framings, strict=True)
        prints = tuple(Print(lightness, framing) for lightness, framing in seen)
        places = tuple(Rectangle(**place) for place in words["places"])
        return cls(View(prints, places), tuple(arrays[len(framings) :]))

    def _arrays(self) -> list[np.ndarray]:
        return [*(one.lightness for one in self.view.prints), *self.parts]
