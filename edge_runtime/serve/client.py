"""Whom a request comes from, so that nobody gets more than a share of what is bounded."""

import ipaddress

from starlette.requests import Request


def client_of(request: Request, behind_proxy: bool) -> str:
    """The address of the one who asks; of an IPv6 network, which is one visitor's, its first half.

    Args:
        request: what is asked.
        behind_proxy: whether another server of this machine passes requests on, and says for whom.
    """
    address = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if behind_proxy and forwarded and is_loopback(address):
        address = forwarded
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def is_loopback(address: str) -> bool:
    """Whether a text is an address of this machine that no other one reaches."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
