"""TintLite: colour for black-and-white photos, films and live cameras, offline.

Example:
    import tintlite

    picture = tintlite.read_picture("grandmother.jpg")
    rgb = tintlite.Colorizer("standard").colorize(picture.pixels)

The names are those of `edge_runtime`, which holds the code. Each is imported when it is used.
Errors that a caller can mend are `TintLiteError`; wrong arguments are `ValueError` too.
"""

from typing import TYPE_CHECKING, Any

import edge_runtime

if TYPE_CHECKING:
    from edge_runtime import *  # noqa: F403

__all__ = edge_runtime.__all__


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(edge_runtime, name)
