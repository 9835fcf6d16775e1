"""One picture while somebody says its colours: each new hint costs only spreading and paint."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from edge_runtime.colorizer import USUAL_LOOK, Colorizer
from edge_runtime.colour.hinted import joined
from edge_runtime.colour.hints import Hint
from edge_runtime.colour.view import View
from edge_runtime.look import Look


class HintSession:
    """Keeps what the network saw of a picture, and what it said.

    Example:
        session = HintSession(colorizer, grey)
        hints = [Hint(0.42, 0.61, "#8c1d2f")]
        rgb = session.colorize(hints)
        rgb = session.colorize([*hints, Hint(0.1, 0.2, "grey")])

    Attributes:
        picture: as it was given.
        view: what the network is shown of it.
    """

    def __init__(self, colorizer: Colorizer, picture: np.ndarray, look: Look = USUAL_LOOK):
        """Look at a picture; the network runs when its colours are first asked for.

        Args:
            colorizer: the network.
            picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB, whose lightness is used.
            look: how it is coloured.
        Raises:
            ArgumentError: as for `Colorizer.colorize`.
        """
        self.picture = picture
        self.view: View = colorizer.see(picture, look)
        self._colorizer = colorizer
        self._look = look

    def another(self, picture: np.ndarray) -> "HintSession":
        """A session of another picture, by the same network and look."""
        return HintSession(self._colorizer, picture, self._look)

    @cached_property
    def prints_ab(self) -> list[np.ndarray]:
        """The network's own a* and b* of each print: float32 [h, w, 2], as `View.prints`.

        Raises:
            ModelError: as for `Colorizer.predict`.
        """
        return [self._colorizer.predict_print(part) for part in self.view.prints]

    def ab(self, hints: Iterable[Hint] = ()) -> np.ndarray:
        """The colours of the whole picture: as `Colorizer.predict`.

        Raises:
            ModelError, ArgumentError: as there.
        """
        return joined(self.view, self.prints_ab, hints)

    def colorize(self, hints: Iterable[Hint] = ()) -> np.ndarray:
        """The picture in colour: as `Colorizer.colorize`, to the last bit.

        Raises:
            ModelError, ArgumentError: as there.
        """
        return self._colorizer.paint(self.picture, self.ab(hints), self._look)
