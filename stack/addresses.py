"""Addresses of this machine: which a host stands for, and under which it is reached."""

import ipaddress
import socket

import psutil

LOOPBACK = "127.0.0.1"
LOOPBACKS = {LOOPBACK, "localhost", "::1"}
"""Hosts that only this machine reaches."""
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to
"""Hosts that stand for every address of this machine: those of IPv4, and those of both families."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def own_addresses() -> list[Address]:
    """Every address of this machine that a URL can name, IPv4 first."""
    found: set[Address] = set()
    for interface in psutil.net_if_addrs().values():
        for address in interface:
            if address.family in (socket.AF_INET, socket.AF_INET6):
                found.add(ipaddress.ip_address(address.address.partition("%")[0]))
    # IPv6 link-local ones need a zone, which no browser takes in a URL.
    return sorted(
        (a for a in found if a.version == 4 or not a.is_link_local),
        key=lambda address: (address.version, int(address)),
    )


def lan_addresses() -> list[str]:
    """The addresses under which other machines reach this one."""
    return [str(address) for address in own_addresses() if not address.is_loopback]


def names_of(host: str) -> list[str]:
    """What a browser may call a server that listens on `host`; this machine's own names first."""
    if host == "::1":
        return ["localhost", "::1"]
    if host in LOOPBACKS:
        return ["localhost", LOOPBACK]
    if host not in EVERYWHERE:
        return [host]
    if host == "::":
        return ["localhost", LOOPBACK, "::1", *lan_addresses()]
    return ["localhost", LOOPBACK, *(name for name in lan_addresses() if ":" not in name)]


def reachable_address(host: str) -> str:
    """The address of this machine under which those who reach `host` find a relay."""
    if host in LOOPBACKS:
        return LOOPBACK
    if host not in EVERYWHERE:
        return host
    try:
        # Asks the kernel which way out it would take; a UDP socket sends nothing by connecting.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("198.51.100.1", 9))
            return str(probe.getsockname()[0])
    except OSError:
        return next((a for a in lan_addresses() if ":" not in a), LOOPBACK)
