"""What `GET /api/status` says."""

from dataclasses import dataclass

from edge_runtime.live.live_view import LiveStatus
from edge_runtime.serve.settings import Settings


@dataclass(frozen=True)
class ShownLimits:
    """What the server takes.

    Attributes:
        upload_bytes: the largest upload.
        pixels: the largest photo, width times height.
        viewers: how many may watch at the same time.
        film_bytes: the largest film; 0 where films are not taken.
        film_seconds: the longest one.
        saturation: the largest factor.
        cores: processor cores at hand; more threads gain nothing.
    """

    upload_bytes: int
    pixels: int
    viewers: int
    film_bytes: int
    film_seconds: float
    saturation: float
    cores: int


@dataclass(frozen=True)
class ServeStatus:
    """The state of the server.

    Attributes:
        version: of TintLite.
        live: the live view, or null where the server has no camera.
        viewers: how many watch at this moment.
        photos: how many uploads wait or are worked on.
        settings: how photos are coloured that give no options.
        live_settings: how the live view is coloured, or null.
        models: the names of the models at hand.
        limits: what the server takes.
    """

    version: str
    live: LiveStatus | None
    viewers: int
    photos: int
    settings: Settings
    live_settings: Settings | None
    models: tuple[str, ...]
    limits: ShownLimits
