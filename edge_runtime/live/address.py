"""Addresses of cameras: told from paths, and shown without their passwords."""

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PASSWORD = re.compile(r"^([a-z][a-z0-9+.-]*://[^/?#:@]*):[^/?#]*@", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a text is an address, as `rtsp://camera/stream`, and not a path."""
    return _SCHEME.match(text) is not None


def without_password(text: str) -> str:
    """The same text, and the password of `scheme://user:password@host` as three stars."""
    return _PASSWORD.sub(r"\1:***@", text)
