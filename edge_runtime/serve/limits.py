"""What the live page lets others ask of the machine it runs on."""

from dataclasses import dataclass

# A request line with its headers is some hundred bytes, a JSON body of ours a few dozen.
MAX_JSON_BYTES = 16 * 1024

# Connections that wait for their first byte cost a file descriptor each.
MAX_CONNECTIONS = 256

# How long a peer may take to send a request's head, to send its next piece of a body, or to take a
# piece of a response off our hands.
PATIENCE_SECONDS = 10.0

# How long a whole upload may take: 64 MB at 4 Mbit/s; larger ones in proportion.
UPLOAD_SECONDS = 130.0
UPLOAD_BYTES = 64 * 2**20

# Uploads that lie on the disk at the same time, one of them being coloured.
MAX_RECEIVING = 4

# Uploads of the largest size that those photos may take up together which visitors have open.
SHELF_UPLOADS = 8


@dataclass(frozen=True)
class Limits:
    """Bounds that the page shows and the server keeps.

    Attributes:
        upload_bytes: the largest upload.
        viewers: how many may watch the live stream at the same time.
        photo_seconds: how long decoding and colouring a photo may take.
        film_bytes: the largest film; 0 for no films.
        film_seconds: the longest one.
        waiting: how many uploads may wait or be worked on; further ones are told to come back.
    """

    upload_bytes: int = 64 * 2**20
    viewers: int = 8
    photo_seconds: float = 120.0
    film_bytes: int = 1024 * 2**20
    film_seconds: float = 600.0
    waiting: int = 16
