"""Addresses of cameras: told from paths, given their passwords, and shown without them."""

import re
from pathlib import Path
from urllib.parse import quote

from edge_runtime.errors import TintLiteError

CREDENTIALS_VARIABLE = "TINTLITE_CREDENTIALS"

# How the pictures of RTSP come; auto: over TCP, and over UDP where the camera refuses that.
TRANSPORTS = ("auto", "tcp", "udp")

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

# An address in a sentence ends where the next space is.
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://)(\S*)", re.IGNORECASE)
# name=value, in a query as ?user=… or in a path as /user=…_password=…: a value goes as far as the
# next name, for passwords have slashes and ampersands in them; a last colon is the sentence's.
_PAIR = re.compile(r"([a-z0-9.-]+)=(.*?)(?=[&?#;,_/][a-z0-9.-]+=|:?$)", re.IGNORECASE)
# The names of what is no secret: which of a camera's pictures.
_HARMLESS = frozenset(
    ("camera", "channel", "fps", "height", "profile", "resolution", "stream", "subtype", "width")
)
_PLAIN = re.compile(r"\w{1,16}")
# In a GStreamer pipeline, as user-pw=….
_PROPERTY = re.compile(
    r"([\w-]*(?:user|pass|pw|token|secret|auth|login|proxy-id)[\w-]*\s*=\s*)(\"[^\"]*\"|'[^']*'|\S+)",
    re.IGNORECASE,
)


def is_address(text: str) -> bool:
    """Whether a text is an address, as `rtsp://camera/stream`, and not a path."""
    return _SCHEME.match(text) is not None


def without_passwords(text: str) -> str:
    """The same text, and three stars for what may be a user or a password in its addresses.

    The one function for whatever is shown of a source: rather too much is hidden than too little.

    Args:
        text: an address, a GStreamer pipeline, or a sentence with one in it.
    """
    text = _ADDRESS.sub(lambda found: found[1] + _shown(found[2]), text)
    return text if _SCHEME.match(text) else _PROPERTY.sub(r"\1***", text)


def _shown(rest: str) -> str:
    """What is shown of an address behind its scheme."""
    # A slash belongs into no password of an address, but people write them there.
    _, at, place = rest.rpartition("@")
    return ("***@" if at else "") + _PAIR.sub(_shown_pair, place)


def _shown_pair(found: re.Match) -> str:
    harmless = found[1].lower() in _HARMLESS and _PLAIN.fullmatch(found[2])
    return found[0] if harmless else f"{found[1]}=***"


def read_credentials(path: str | Path) -> str:
    """The user and password in a file: one line, `USER:PASSWORD`.

    Raises:
        TintLiteError: it cannot be read, or holds something else.
    """
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise TintLiteError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    return check_credentials(text.strip("\r\n"), str(path))


def check_credentials(text: str, where: str) -> str:
    """See that a text is `USER:PASSWORD`, one line.

    Args:
        text: which is returned.
        where: it stands, for messages.
    Raises:
        TintLiteError: it is something else.
    """
    if ":" not in text or not text.isprintable():
        raise TintLiteError(f"{where}: not one line of USER:PASSWORD")
    return text


def with_credentials(address: str, credentials: str) -> str:
    """An address with a user and a password in it.

    Args:
        address: as `rtsp://camera/stream`.
        credentials: `USER:PASSWORD`, of any characters.
    Raises:
        TintLiteError: the address has a user already.
    """
    if "@" in address:
        raise TintLiteError(f"{without_passwords(address)}: has a user in it, and another is given")
    scheme, _, rest = address.partition("://")
    user, _, password = credentials.partition(":")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"
