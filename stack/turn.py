"""A TURN server of our own: the coturn that is installed, with a secret that only we share with it.

Peers that find no direct route to each other meet at its relay ports. Credentials are made by
`services/signaling` under the secret and hold for hours (`use-auth-secret`); nobody else may
allocate, and nobody may reach this machine's own services through it.
"""

import contextlib
import secrets
import shutil
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from stack.addresses import EVERYWHERE, LOOPBACK, reachable_address
from stack.children import ChildFailed, OnLine
from stack.data import write_private
from stack.own_server import OwnServer
from stack.ports import OwnPort

_READY_WITHIN = 15.0
_PORT, _TLS_PORT = 3478, 5349
# A browser opens a relay port for each server URL and each peer: a call of six people at the three
# URLs of one server takes 90. The range lies past Linux's own range of passing ports.
_RELAY_PORTS = 400
_FIRST_RELAY_PORT = 61_000
_RELAY_BLOCKS = 10

# What a relay must never be talked into reaching: this machine itself (coturn refuses loopback by
# itself), "this network", link-local addresses (where clouds keep their machines' secrets),
# multicast and the reserved rest. Private networks stay open: they are the LAN that peers are on.
_DENIED = (
    "0.0.0.0-0.255.255.255",
    "169.254.0.0-169.254.255.255",
    "192.0.0.0-192.0.0.255",
    "224.0.0.0-255.255.255.255",
    "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)

_CONFIG = """\
listening-port={port}
{listening}
relay-ip={address}
min-port={first}
max-port={last}
realm=parley
fingerprint
use-auth-secret
static-auth-secret={secret}
stale-nonce=600
{tls}
no-tlsv1
no-tlsv1_1
no-dtls
no-cli
no-tcp-relay
no-multicast-peers
no-rfc5780
no-stun-backward-compatibility
response-origin-only-with-rfc5780
{denied}
{loopback}
userdb={folder}/turndb
pidfile={folder}/turnserver.pid
log-file=stdout
simple-log
"""


def installed() -> str | None:
    """Where coturn's server is, if this machine has it."""
    return shutil.which("turnserver")


class TurnServer(OwnServer):
    """One coturn with its own folder and secret."""

    def __init__(
        self,
        folder: Path,
        host: str,
        *,
        certificate: tuple[Path, Path] | None = None,
        loopback_peers: bool = False,
        on_line: OnLine | None = None,
    ) -> None:
        """`certificate` opens a TLS listener. `loopback_peers` is for tests on one machine alone:
        with it, whoever has credentials reaches every UDP port of this machine."""
        super().__init__("turn", _READY_WITHIN, on_line)
        self._folder = folder
        self._everywhere = host in EVERYWHERE
        self._address = reachable_address(host)
        self._host = host if self._everywhere else self._address
        self._certificate = certificate
        self._loopback_peers = loopback_peers
        self._first_relay = _FIRST_RELAY_PORT
        self.tls_port = 0

    @property
    def secret(self) -> str:
        """What signs credentials; made on first use and kept."""
        path = self._folder / "secret"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            write_private(path, secrets.token_hex(32))
        return path.read_text().strip()

    @property
    def stun_urls(self) -> tuple[str, ...]:
        """Where peers learn which address others see of them."""
        return (f"stun:{self._authority(self.port)}",)

    @property
    def turn_urls(self) -> tuple[str, ...]:
        """Where peers get a relay: by UDP, by TCP, and with a certificate by TLS."""
        at = self._authority(self.port)
        plain = (f"turn:{at}?transport=udp", f"turn:{at}?transport=tcp")
        tls = f"turns:{self._authority(self.tls_port)}?transport=tcp"
        return (*plain, tls) if self._certificate else plain

    def _authority(self, port: int) -> str:
        address = f"[{self._address}]" if ":" in self._address else self._address
        return f"{address}:{port}"

    def _choose_ports(self) -> None:
        # On a network the usual ports, which a firewall knows. On this machine alone any that are
        # free: coturn shares a port with another coturn without a word, and takes half its packets.
        alone = self._address == LOOPBACK
        usual = (0, 0) if alone else (_PORT, _TLS_PORT)
        self.port, self.tls_port = (self._hold(self._own_port(port)) for port in usual)
        block = secrets.randbelow(_RELAY_BLOCKS) if alone else 0
        self._first_relay = _FIRST_RELAY_PORT + block * _RELAY_PORTS

    def _own_port(self, usual: int) -> OwnPort:
        """The usual port where TCP and UDP are free, otherwise any other such port."""
        return next(port for port in self._ports(usual) if _no_datagrams(port.number))

    def _ports(self, usual: int) -> Iterator[OwnPort]:
        with contextlib.suppress(OSError):
            yield OwnPort(self._host, usual)
        while True:
            yield OwnPort(self._host)

    def _command(self) -> Sequence[str]:
        binary = installed()
        if binary is None:
            raise ChildFailed("coturn is not installed")
        secret = self.secret
        config = self._folder / "turnserver.conf"
        write_private(config, self._config(secret))
        return [binary, "-c", str(config)]

    def _config(self, secret: str) -> str:
        tls = "no-tls"
        if self._certificate:
            cert, key = self._certificate
            tls = f"tls-listening-port={self.tls_port}\ncert={cert}\npkey={key}"
        return _CONFIG.format(
            port=self.port,
            listening="" if self._everywhere else f"listening-ip={self._address}",
            address=self._address,
            first=self._first_relay,
            last=self._first_relay + _RELAY_PORTS - 1,
            secret=secret,
            tls=tls,
            denied="\n".join(f"denied-peer-ip={span}" for span in _DENIED),
            loopback="allow-loopback-peers" if self._loopback_peers else "",
            folder=self._folder,
        )


def _no_datagrams(port: int) -> bool:
    """Whether no UDP socket of any process that we may see holds this port."""
    try:
        return all(
            not held.laddr or held.laddr.port != port for held in psutil.net_connections("udp")
        )
    except psutil.AccessDenied:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return False
        return True
