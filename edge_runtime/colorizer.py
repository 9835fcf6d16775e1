"""The face of TintLite: a grey picture in, a colour picture out."""

from pathlib import Path

import numpy as np

from edge_runtime import colour
from edge_runtime.accelerator import DEFAULT_ACCELERATOR
from edge_runtime.compose import compose
from edge_runtime.contract import AB_SCALE, Contract, as_input
from edge_runtime.errors import ArgumentError, ArgumentTypeError
from edge_runtime.framing import DEFAULT_FRAMING, FRAMINGS, Framing
from edge_runtime.interpreter import Network
from edge_runtime.margins import at_full_resolution, find_prints, view_of
from edge_runtime.model_file import DEFAULT_MODEL
from edge_runtime.prints import join_prints
from edge_runtime.saturation import check_saturation
from edge_runtime.shrink import shrink_exactly
from edge_runtime.threads import check_threads, default_threads


class Colorizer:
    """Colours pictures with one network.

    Example:
        rgb = Colorizer("standard").colorize(grey)

    Attributes:
        contract: what the model says of itself.
        input_size: S, the side of the square that the network sees, in pixels.
        output_size: S', the side of the square of ab that it gives, in pixels.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        threads: int | None = None,
        saturation: float = 1.0,
        framing: str = DEFAULT_FRAMING,
        margins: bool = True,
        accelerator: str = DEFAULT_ACCELERATOR,
        delegate: str | Path | None = None,
    ):
        """Load a model.

        Args:
            model: the name of a shipped model, or the path of a `.tflite` with a contract.
            threads: 1 to 64; by default the cores at hand, at most 4.
            saturation: factor on a* and b*, 0 to 3.
            framing: how the network sees a picture that is not square: squash, pad or tile.
            margins: whether borders, film edges and album pages are looked for, left out and left
                without colour, and each print is coloured by itself (see `edge_runtime.margins`).
            accelerator: what runs the network: `cpu`; `gpu`, which fails where there is none;
                `auto`, the GPU where it gives the same colours and is no slower, else the CPU.
            delegate: the library of a LiteRT delegate, as `libedgetpu.so.1`, beside the CPU. Its
                code runs in this process.
        Raises:
            ModelError: the model is unknown, cut off, changed or not of TintLite.
            TintLiteError: no LiteRT interpreter is installed, or it cannot be loaded; the GPU was
                asked for and cannot be used; the delegate cannot be loaded.
            TypeError: threads is not a whole number.
            ValueError: threads, saturation, framing or accelerator out of range, or a delegate
                beside the GPU.
        """
        check_saturation(saturation)
        if framing not in FRAMINGS:
            raise ArgumentError(f"the framing is one of {', '.join(FRAMINGS)}, not '{framing}'")
        self._threads = default_threads() if threads is None else check_threads(threads)
        self._network = Network(model, self._threads, accelerator, delegate)
        self._saturation = float(saturation)
        self._framing = FRAMINGS[framing]
        self._margins = margins

    @property
    def contract(self) -> Contract:
        return self._network.contract

    @property
    def input_size(self) -> int:
        return self._network.input_size

    @property
    def output_size(self) -> int:
        return self._network.output_size

    @property
    def accelerator(self) -> str:
        """What runs the network: `cpu`, `gpu` or `delegate`."""
        return self._network.accelerator

    @property
    def accelerator_note(self) -> str:
        """Where the GPU was asked for and is not used: why; else nothing."""
        return self._network.accelerator_note

    def colorize(self, picture: np.ndarray) -> np.ndarray:
        """Colour a picture at its full resolution.

        Args:
            picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB, whose lightness is used.
        Returns:
            sRGB [H, W, 3] of the same dtype.
        Raises:
            TypeError: not a NumPy array, or of another dtype.
            ValueError: another shape, or an empty picture.
            ModelError: as for `predict_ab`.
        """
        check_picture(picture)
        picture = np.ascontiguousarray(picture)
        ab = self.picture_ab(picture) * np.float32(self._saturation)
        return compose(picture, ab, self._threads)

    def picture_ab(self, picture: np.ndarray) -> np.ndarray:
        """The low-resolution colour of a picture, before saturation.

        Args:
            picture: as for `colorize`.
        Returns:
            float32 [h, w, 2], a* and b* of the whole picture; h = w = S' when squashed, and more
            where margins are left out.
        Raises:
            TypeError, ValueError, ModelError: as for `colorize`.
        """
        check_picture(picture)
        picture = np.ascontiguousarray(picture)
        places = find_prints(view_of(picture)) if self._margins else []
        if not places:
            return self._print_ab(picture)
        places = at_full_resolution(picture, places)
        prints = [picture[place.pixels(*picture.shape[:2])] for place in places]
        return join_prints([self._print_ab(part) for part in prints], places)

    def _print_ab(self, picture: np.ndarray) -> np.ndarray:
        """As `picture_ab`, of a picture without margins."""
        framing = self._framing(*picture.shape[:2], self.input_size, self.output_size)
        scaled = shrink_exactly(picture, *framing.scaled_shape)
        return self.predict_ab(colour.lightness(scaled), framing)

    def predict_ab(self, lightness: np.ndarray, framing: Framing | None = None) -> np.ndarray:
        """Show the network a scaled picture, as its contract says, and take the colours.

        Args:
            lightness: float32 [H, W], CIE L*, 0..100, of the framing's `scaled_shape`.
            framing: which windows of it the network sees; None for one square, [S, S].
        Returns:
            float32 [h, w, 2], a* and b* of the whole picture, clipped to -110..110; h = w = S'
            without a framing.
        Raises:
            ModelError: the network fails, or gives what are no numbers.
            ValueError: another shape.
        """
        # Before it is cut: every window is seen by the levels of the whole picture.
        seen = as_input(lightness, self.contract.view)
        windows = [seen] if framing is None else framing.cut(seen)
        parts = [
            np.clip(self._network.run(window), -1, 1) * np.float32(AB_SCALE) for window in windows
        ]
        return parts[0] if framing is None else framing.join(parts)


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
