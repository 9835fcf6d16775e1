"""Raspberry Pi cameras, through picamera2, which Raspberry Pi OS brings."""

from typing import Any

import numpy as np

from edge_runtime.live.luma import luma_to_grey
from edge_runtime.live.source import GuardedSource, SourceError

_READ_TIMEOUT = 5.0  # seconds
_DEFAULT_SIZE = (1280, 720)

_INSTALL = (
    "picamera2 is not installed: sudo apt install python3-picamera2, and make the Python"
    " environment with --system-site-packages"
)


class PicameraSource(GuardedSource):
    """A camera on the ribbon cable; its Y plane is the grey picture."""

    live = True

    def __init__(
        self,
        number: int = 0,
        *,
        width: int | None = None,
        height: int | None = None,
        fps: float | None = None,
    ):
        """Open and start the camera.

        Args:
            number: 0 for the first.
            width, height: asked of the camera, which may round them; by default 1280 x 720.
            fps: frames a second, or None for the camera's own choice.
        Raises:
            SourceError: picamera2 is missing, there is no such camera, or it is in use.
        """
        super().__init__()
        self.description = f"picamera:{number}"
        # Its own errors are of many kinds: RuntimeError, IndexError, those of libcamera.
        try:
            from picamera2 import Picamera2
        except ImportError as error:
            missing = getattr(error, "name", None) == "picamera2"
            why = _INSTALL if missing else f"picamera2 cannot be loaded: {error}"
            raise SourceError(why) from None
        try:
            self._camera = Picamera2(number)
        except IndexError:
            raise SourceError(f"{self.description}: no such camera") from None
        except Exception as error:
            raise SourceError(f"{self.description}: {_reason(error)}") from None
        try:
            self._size = self._start(width, height, fps)
        except Exception as error:
            self._camera.close()
            raise SourceError(f"{self.description}: {_reason(error)}") from None

    def _start(self, width: int | None, height: int | None, fps: float | None) -> tuple[int, int]:
        """Configure and start; returns (width, height) as the camera gives it."""
        size = (width or _DEFAULT_SIZE[0], height or _DEFAULT_SIZE[1])
        # The preview's colour space is sYCC: luma of full range, so that Y is the grey picture.
        # With its few buffers the newest frame is never an old one.
        configuration = self._camera.create_preview_configuration(
            main={"format": "YUV420", "size": size},
            controls={} if fps is None else {"FrameRate": float(fps)},
        )
        self._camera.configure(configuration)
        self._camera.start()
        main: Any = self._camera.camera_configuration()["main"]
        return tuple(main["size"])

    def _read(self) -> np.ndarray:
        try:
            # [H * 3 / 2, stride]: Y on top, U and V below; rows may be padded on their right.
            planes = self._camera.capture_array("main", wait=_READ_TIMEOUT)
        except TimeoutError:
            raise SourceError(f"{self.description}: no picture for {_READ_TIMEOUT:g} s") from None
        except Exception as error:
            raise SourceError(f"{self.description}: {_reason(error)}") from None
        width, height = self._size
        return luma_to_grey(planes[:height, :width], full_range=True)

    def _release(self) -> None:
        self._camera.stop()
        self._camera.close()


def _reason(error: Exception) -> str:
    text = str(error)
    if "busy" in text.lower() or "acquire" in text.lower() or "did not complete" in text:
        return "the camera is in use by another program, or does not answer"
    return text or type(error).__name__
