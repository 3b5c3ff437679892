"""Where a client is: its address, seen past the proxies that are trusted."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from gateway.settings import Network

UNKNOWN = "0.0.0.0"  # noqa: S104  # an address to count by, not one to listen on


def client_address(
    peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> str:
    """The client's address: the first one, from our side, that is no proxy of ours.

    `forwarded_for` are the values of `X-Forwarded-For`, in their order. Each proxy adds the
    address it saw on the right, so whatever stands left of an untrusted one is hearsay.
    """
    nearest = _parsed(peer)
    if nearest is None:
        return UNKNOWN
    hops = [hop.strip() for value in forwarded_for for hop in value.split(",")]
    while hops and any(nearest in network for network in trusted):
        seen = _parsed(hops.pop())
        if seen is None:
            break
        nearest = seen
    return str(nearest)


def counted(address: str) -> str:
    """What an address is counted by: itself, or, for IPv6, the /64 that one household has."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return address


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
