"""The face of TintLite: a grey picture in, a colour picture out, in three steps."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.colour.compose import compose
from edge_runtime.colour.framing import FRAMINGS, Framing
from edge_runtime.colour.hinted import joined
from edge_runtime.colour.hints import Hint
from edge_runtime.colour.margins import at_full_resolution, find_prints, view_of
from edge_runtime.colour.view import Print, View, lightness_at
from edge_runtime.device import Device
from edge_runtime.engine.interpreter import Network
from edge_runtime.errors import ArgumentError, ArgumentTypeError
from edge_runtime.look import Look
from edge_runtime.model.contract import AB_SCALE, as_input
from edge_runtime.model.model_file import DEFAULT_MODEL

_LOG = logging.getLogger("tintlite.model")

# How pictures are coloured unless the caller says otherwise.
USUAL_LOOK = Look()


class Colorizer:
    """Colours pictures with one network. Safe to share between threads.

    Example:
        rgb = Colorizer("standard").colorize(grey)

        # The same in steps, for who wants to look at the colours or change them:
        look = Look(saturation=1.3)
        colorizer = Colorizer("standard", Device(threads=2))
        view = colorizer.see(grey, look)
        ab = colorizer.predict(view)
        rgb = colorizer.paint(grey, ab, look)

        # Say what the network cannot know; `HintSession` answers one hint after the other.
        rgb = colorizer.colorize(grey, hints=[Hint(0.42, 0.61, "#8c1d2f")])

    Attributes:
        contract: what the model says of itself.
        input_size: S, the side of the square that the network sees, in pixels.
        output_size: S', the side of the square of ab that it gives, in pixels.
        device: what it was asked to run on.
        described: the model's name, version and recipe, and the beginning of its file's hash.
        accelerator: what runs the network: `cpu`, `gpu`, `delegate`, or `onnx:` and a provider.
        accelerator_note: where more was asked for than is used: why; else nothing.
    """

    def __init__(self, model: str | Path = DEFAULT_MODEL, device: Device | None = None):
        """Load a model.

        Args:
            model: the name of a shipped model, or the path of a `.tflite` or an `.onnx` with a
                contract.
            device: what it is to run on; by default the CPU.
        Raises:
            ModelError: the model is unknown, cut off, changed or not of TintLite.
            TintLiteError: what runs it (LiteRT, ONNX Runtime) is not installed, or cannot be
                loaded; the GPU was asked for and cannot be used; the delegate cannot be loaded.
        """
        self.device = Device() if device is None else device
        self._model = model
        network = self._network = Network(
            model, self.device.threads, self.device.accelerator, self.device.delegate
        )
        self.contract = network.contract
        self.input_size, self.output_size = network.input_size, network.output_size
        self.described = network.described
        self.accelerator = network.accelerator
        self.accelerator_note = network.accelerator_note
        _LOG.info(
            "model %s on %s, %d threads", self.described, self.accelerator, self.device.threads
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled it is what was asked for: another process loads the model itself."""
        return type(self), (self._model, self.device)

    def colorize(
        self, picture: np.ndarray, look: Look = USUAL_LOOK, hints: Iterable[Hint] = ()
    ) -> np.ndarray:
        """Colour a picture at its full resolution: `see`, `predict` and `paint`.

        Args:
            picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB, whose lightness is used.
            look: how.
            hints: what is said of its colours, in places of the picture as this array holds it.
        Returns:
            sRGB [H, W, 3] of the same dtype.
        Raises:
            ArgumentError: another shape, an empty picture, no NumPy array or another dtype (the
                last two as ArgumentTypeError); of hints: as for `predict`.
            ModelError: as for `predict`.
        """
        return self.paint(picture, self.predict(self.see(picture, look), hints), look)

    def see(self, picture: np.ndarray, look: Look = USUAL_LOOK) -> View:
        """What the network is shown of a picture: prints without margins, small, as lightness.

        Args:
            picture: as for `colorize`.
            look: its framing, and whether the picture is taken whole.
        Raises:
            ArgumentError: as for `colorize`.
        """
        check_picture(picture)
        picture = np.ascontiguousarray(picture)
        places = [] if look.whole else find_prints(view_of(picture))
        places = at_full_resolution(picture, places) if places else []
        parts = [picture[place.pixels(*picture.shape[:2])] for place in places] or [picture]
        return View(tuple(self._print(part, look) for part in parts), tuple(places))

    def framing(self, height: int, width: int, look: Look) -> Framing:
        """How the network sees a picture of some size, in pixels."""
        return FRAMINGS[look.framing](height, width, self.input_size, self.output_size)

    def _print(self, picture: np.ndarray, look: Look) -> Print:
        height, width = picture.shape[:2]
        framing = self.framing(height, width, look)
        return Print(lightness_at(picture, *framing.scaled_shape), framing)

    def predict(self, view: View, hints: Iterable[Hint] = ()) -> np.ndarray:
        """The low-resolution colours of a picture.

        Args:
            view: of `see`.
            hints: what is said of its colours (see `colour.spread`). They come out as said at a
                saturation of 1, which is theirs as well.
        Returns:
            float32 [h, w, 2], a* and b* of the whole picture, clipped to -110..110, at a saturation
            of 1; h = w = S' when squashed, and more where margins are left out.
        Raises:
            ModelError: the network fails, or gives what are no numbers.
            ArgumentError: the view is of a network of another size; a hint lies on a margin that is
                left out, or there are too many.
        """
        return joined(view, [self.predict_print(part) for part in view.prints], hints)

    def predict_print(self, part: Print) -> np.ndarray:
        """The network's own colours of one print of a view: as for `predict`, before joining."""
        # Before it is cut: every window is seen by the levels of the whole print.
        seen = as_input(part.lightness, self.contract.view, part.levels)
        windows = part.framing.cut(seen)
        parts = [np.clip(self._network.run(window), -1, 1) for window in windows]
        return part.framing.join([ab * np.float32(AB_SCALE) for ab in parts])

    def paint(self, picture: np.ndarray, ab: np.ndarray, look: Look = USUAL_LOOK) -> np.ndarray:
        """Give a picture low-resolution colours; it keeps its own lightness.

        Args:
            picture: as for `colorize`.
            ab: float32 [h, w, 2], a* and b* of the whole picture, as of `predict`.
            look: its saturation.
        Returns:
            sRGB [H, W, 3] of the picture's dtype.
        Raises:
            ArgumentError: as for `colorize`.
        """
        check_picture(picture)
        picture = np.ascontiguousarray(picture)
        return compose(picture, ab * np.float32(look.saturation), self.device.threads)


def check_picture(picture: np.ndarray) -> None:
    """See that an array is a picture.

    Raises:
        TypeError: not a NumPy array, or neither uint8 nor uint16.
        ValueError: neither [H, W] nor [H, W, 3], or empty.
    """
    if not isinstance(picture, np.ndarray):
        raise ArgumentTypeError(f"a picture is a NumPy array, not {type(picture).__name__}")
    if picture.dtype not in (np.uint8, np.uint16):
        raise ArgumentTypeError(f"a picture is uint8 or uint16, not {picture.dtype}")
    if picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] != 3):
        raise ArgumentError(f"a picture is [H, W] or [H, W, 3], not {list(picture.shape)}")
    if 0 in picture.shape:
        raise ArgumentError(f"the picture is empty: {list(picture.shape)}")
