"""Which pages may talk to this gateway, and which of them browsers take for secure."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def origin_allowed(
    origin: str | None, *, host: str | None, allowed: Sequence[str], site: str | None = None
) -> bool:
    """Whether a request from a page of this origin may be answered.

    Browsers send `Origin` with every websocket handshake and every state-changing request
    (RFC 6454; Fetch §3.2). A client that sends none is no browser, and carries nobody's cookies.
    Without a list, a page may speak to the host that it came from (`host`, the request's own).
    `site` is `Sec-Fetch-Site`, which a page can't forge.
    """
    if origin is None:
        return site in (None, "same-origin", "none")
    if allowed:
        return origin.rstrip("/").lower() in {known.lower() for known in allowed}
    # A sandboxed page says "null", which is no place at all.
    place = _authority(origin)
    return place is not None and place == _authority(f"{_scheme(origin)}://{host}")


def secure_context(scheme: str, host: str | None) -> bool:
    """Whether browsers trust a page from there: by HTTPS, or from their own machine.

    W3C Secure Contexts §3.1, "Is origin potentially trustworthy?".
    """
    if scheme == "https":
        return True
    place = _authority(f"{scheme}://{host}")
    name = place[0] if place is not None else None
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _scheme(origin: str) -> str:
    return urlsplit(origin).scheme


def _authority(url: str) -> tuple[str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port or _PORTS.get(parts.scheme)) if parts.hostname else None
    except ValueError:
        return None
