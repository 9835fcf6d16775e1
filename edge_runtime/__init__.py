"""TintLite: colour for black-and-white pictures, offline, on small machines.

from edge_runtime import Colorizer
rgb = Colorizer("standard").colorize(grey)
"""

from typing import TYPE_CHECKING, Any

from edge_runtime.errors import ModelError, PictureError, TintLiteError

if TYPE_CHECKING:
    from edge_runtime.colorizer import Colorizer
    from edge_runtime.contract import Contract

__version__ = "0.1.0"

__all__ = ["Colorizer", "Contract", "ModelError", "PictureError", "TintLiteError", "__version__"]


def __getattr__(name: str) -> Any:
    # OpenCV and NumPy take a quarter of a second to import: only who colours pays for them.
    if name == "Colorizer":
        from edge_runtime.colorizer import Colorizer

        return Colorizer
    if name == "Contract":
        from edge_runtime.contract import Contract

        return Contract
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
