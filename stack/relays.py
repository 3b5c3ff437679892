"""Whether STUN and TURN servers answer, asked as a peer would ask them."""

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from aioice import stun
from aioice.turn import create_turn_endpoint

PATIENCE = 5.0
_URL = re.compile(
    r"(?P<scheme>stun|turns?):(?P<host>\[[^\]]+\]|[^:?]+)(?::(?P<port>\d+))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)


@dataclass(frozen=True)
class Way:
    """One URL of a server (RFC 7064, RFC 7065), taken apart."""

    url: str
    host: str
    port: int
    transport: str
    """`stun`, or how TURN is reached: `udp`, `tcp` or `tls`."""


def ways_of(urls: str | Sequence[str]) -> list[Way]:
    """The ways in a setting, where commas separate them; what is no such URL is left out."""
    parts = urls.split(",") if isinstance(urls, str) else urls
    found = [_URL.fullmatch(part.strip()) for part in parts]
    return [_way(match) for match in found if match]


def _way(match: re.Match[str]) -> Way:
    scheme, transport = match["scheme"], match["transport"]
    kind = {"stun": "stun", "turns": "tls"}.get(scheme, transport or "udp")
    default = 5349 if scheme == "turns" else 3478
    return Way(match[0], match["host"].strip("[]"), int(match["port"] or default), kind)


async def allocate(
    way: Way, username: str, password: str, trust: ssl.SSLContext | None
) -> tuple[str, int]:
    """Opens a relay there, gives it back, and returns the address it had.

    Raises:
        stun.TransactionError: the server refused, or did not answer.
        OSError, TimeoutError: it can't be reached.
    """
    tls: ssl.SSLContext | bool = (trust or True) if way.transport == "tls" else False
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    async with asyncio.timeout(PATIENCE):
        transport, _ = await create_turn_endpoint(
            lambda: _Ended(closed),
            server_addr=(way.host, way.port),
            username=username,
            password=password,
            ssl=tls,
            transport="udp" if way.transport == "udp" else "tcp",
        )
        address: tuple[str, int] = transport.get_extra_info("sockname")
        transport.close()
        await closed
    return address


class _Ended(asyncio.DatagramProtocol):
    def __init__(self, closed: asyncio.Future[None]) -> None:
        self._closed = closed

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self._closed.done():
            self._closed.set_result(None)


async def mapped_address(way: Way) -> tuple[str, int]:
    """What the server sees of us: a STUN binding (RFC 8489).

    Raises:
        stun.TransactionError: the server did not answer.
        OSError, TimeoutError: it can't be reached.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE):
        transport, protocol = await loop.create_datagram_endpoint(
            _Binding, remote_addr=(way.host, way.port)
        )
        try:
            request = stun.Message(
                message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST
            )
            answer = await protocol.ask(request, (way.host, way.port))
        finally:
            transport.close()
    address: tuple[str, int] = answer.attributes["XOR-MAPPED-ADDRESS"]
    return address


class _Binding(asyncio.DatagramProtocol):
    """One STUN transaction over UDP, with its repetitions."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._transaction: stun.Transaction | None = None
        self._id = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def send_stun(self, message: stun.Message, addr: tuple[str, int]) -> None:
        """What aioice's transaction sends by."""
        del addr
        assert self._transport is not None
        self._transport.sendto(bytes(message))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._transaction is None:
            return
        try:
            message = stun.parse_message(data)
        except ValueError:
            return
        if message.transaction_id == self._id:
            self._transaction.response_received(message, addr)

    async def ask(self, request: stun.Message, server: tuple[str, int]) -> stun.Message:
        """The answer to a request."""
        self._id = request.transaction_id
        self._transaction = stun.Transaction(request, server, self)
        answer, _ = await self._transaction.run()
        return answer
