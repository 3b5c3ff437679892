"""The two things of aiortc's inside that nothing public tells: which route a connection took, and
how a machine without a network still reaches itself. `tests/integration/calls` holds the version
to both.
"""

import ipaddress
from typing import Any, cast

import aioice.ice
import ifaddr
from aiortc import RTCPeerConnection

_LOOPBACK = "127.0.0.1"


def route_of(connection: RTCPeerConnection) -> tuple[str, str]:
    """The types of the two ends of the route in use (`host`, `srflx`, `prflx`, `relay`)."""
    for transceiver in connection.getTransceivers():
        ice = cast("Any", transceiver.receiver.transport.transport)
        pair = ice._connection._nominated.get(1)  # noqa: SLF001 - see the top
        if pair is not None:
            return pair.local_candidate.type, pair.remote_candidate.type
    return "", ""


def reach_oneself_without_a_network() -> None:
    """Where loopback is the only address there is, offers it as a candidate.

    aioice leaves it out by design: in a network it leads nowhere. Without any other, two bots on
    one machine would have no candidates at all.
    """
    addresses = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    plain = (a if isinstance(a, str) else a[0] for a in addresses)
    if all(ipaddress.ip_address(address).is_loopback for address in plain):
        aioice.ice.get_host_addresses = _loopback_alone


def _loopback_alone(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    del use_ipv6
    return [_LOOPBACK] if use_ipv4 else []
