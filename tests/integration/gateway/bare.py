"""The public port with its two protocols around an application of the test: no bus, no store."""

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from contracts.auth import AccessClaims
from contracts.closing import Closing
from contracts.errors import Code, Refusal
from contracts.ids import GatewayId
from gateway.effects import Shut
from gateway.listener import Listener
from gateway.protocol import EXTENSION, Wire
from gateway.session import Effects, Rules, Session
from gateway.settings import GatewaySettings
from runtime.ids import new_id, now_ms, steady_ms

App = Callable[[Any, Any, Any], Awaitable[None]]


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[Listener]:
    """The port, until the test is through with it."""
    listener = Listener(app, GatewaySettings(port=0, drain_seconds=1))
    listener.open()
    await listener.opened()
    try:
        yield listener
    finally:
        await listener.close()


RULES = Rules(
    gateway=GatewayId(new_id()),
    hello_ms=5_000,
    heartbeat_ms=25_000,
    requests=64,
    rate_factor=1.0,
    mesh_limit=6,
    listener_limit=12,
)


class Owner:
    """A connection's session that nobody has greeted, and what it was told."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.session = Session(RULES, _nobody, steady_ms(), "192.0.2.1", "test")
        self.messages: list[bytes] = []
        self.signs = 0
        self.parts = 0
        self.ends: list[Closing] = []
        self.is_lost = False
        self.outbox = wire.attach(self, 1024 * 1024)

    def received(self, data: bytes) -> None:
        self.messages.append(data)
        self._perform(self.session.received(data, steady_ms(), now_ms()))

    def alive(self) -> None:
        self.signs += 1
        self._perform(self.session.alive(steady_ms()))

    def part(self) -> None:
        self.parts += 1
        self._perform(self.session.part(steady_ms()))

    def overflowed(self) -> None:
        self.end(Closing.SLOW_READER)

    def too_large(self) -> None:
        self.end(Closing.FRAME_TOO_LARGE)

    def lost(self) -> None:
        self.is_lost = True

    def end(self, closing: Closing) -> None:
        self._perform(self.session.ended(closing))

    def _perform(self, effects: Effects) -> None:
        for effect in effects:
            if isinstance(effect, Shut):
                self.ends.append(effect.closing)
                self.wire.end(effect.closing)


def _nobody(_: str) -> AccessClaims:
    raise Refusal(Code.TOKEN_INVALID)


class Owners:
    """An application that gives each websocket to an owner, once it `may`."""

    def __init__(self) -> None:
        self.all: list[Owner] = []
        self.asked = 0
        self.may = asyncio.Event()
        self.may.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        self.asked += 1
        await self.may.wait()
        await send({"type": "websocket.accept"})
        self.all.append(Owner(scope["extensions"][EXTENSION]))


class Raw:
    """A websocket by hand: bytes go out as they are given, and reading is up to the test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answered(self) -> None:
        """The handshake went well."""
        assert b" 101 " in await self.reader.readuntil(b"\r\n\r\n")

    async def flood(self, data: bytes) -> None:
        """Sends all of it, while somebody takes it."""
        try:
            for start in range(0, len(data), 64 * 1024):
                self.writer.write(data[start : start + 64 * 1024])
                await self.writer.drain()
        except ConnectionError:
            return

    async def rest(self) -> bytes:
        """Whatever came until the connection was over."""
        heard = b""
        try:
            while more := await asyncio.wait_for(self.reader.read(64 * 1024), 10):
                heard += more
        except ConnectionError:
            pass
        return heard


@asynccontextmanager
async def raw(port: int, receive_buffer: int | None = None) -> AsyncIterator[Raw]:
    """A connection that has sent its handshake."""
    sock = socket.socket()
    if receive_buffer is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=sock)
    key = base64.b64encode(os.urandom(16))
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n" % key
    )
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


def masked(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A client's frame, under a mask of zeros (RFC 6455 §5.2)."""
    first = bytes((opcode | (0x80 if fin else 0),))
    size = len(payload)
    if size < 126:
        return first + bytes((0x80 | size,)) + bytes(4) + payload
    return first + b"\xfe" + size.to_bytes(2, "big") + bytes(4) + payload
