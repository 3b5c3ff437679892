"""A websocket client that costs next to nothing: the load shares its two cores with the servers.

Frames from a server are counted by walking their headers; a payload is touched only where somebody
wants it. A full client library would take several times the CPU of the server under test.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

OnText = Callable[[bytes], None]

_CONTINUED, _TEXT, _CLOSE, _PING = 0, 1, 8, 9


class Socket(asyncio.Protocol):
    """One connection. Counts the texts that begin with `marker`; `on_text` sees every one."""

    __slots__ = (
        "_marker",
        "_opened",
        "_rest",
        "_transport",
        "close_code",
        "counted",
        "lost",
        "on_text",
    )

    def __init__(self, marker: bytes, on_text: OnText | None) -> None:
        self._marker = marker
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._opened: asyncio.Future[None] | None = asyncio.get_running_loop().create_future()
        self.on_text = on_text
        self.counted = 0
        self.lost = False
        self.close_code = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(ConnectionError("the server closed during the handshake"))

    async def open(self, host: str, target: str, origin: str) -> None:
        """Says the opening handshake and waits for its answer."""
        assert self._transport is not None
        assert self._opened is not None
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await self._opened
        self._opened = None

    def send(self, payload: bytes, opcode: int = _TEXT) -> None:
        """Sends one frame. Masked with zeros, which is a valid key and costs nothing to apply."""
        assert self._transport is not None
        size = len(payload)
        if size < 126:
            head = bytes((0x80 | opcode, 0x80 | size, 0, 0, 0, 0))
        else:
            head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big") + b"\0\0\0\0"
        self._transport.write(head + payload)

    def close(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        at = 0
        if self._opened is not None and not self._opened.done():
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self._opened.set_exception(ConnectionError(data[:end].decode("latin-1")))
                return
            self._opened.set_result(None)
            at = end + 4
        self._walk(data, at)

    def _walk(self, data: bytes, at: int) -> None:
        length = len(data)
        while length - at >= 2:
            size = data[at + 1]
            start = at + 2
            if size == 126:
                start = at + 4
                size = int.from_bytes(data[at + 2 : start], "big")
            elif size == 127:
                start = at + 10
                size = int.from_bytes(data[at + 2 : start], "big")
            end = start + size
            if end > length:
                break
            opcode = data[at] & 0x0F
            if opcode == _TEXT:
                if data.startswith(self._marker, start):
                    self.counted += 1
                if self.on_text is not None:
                    self.on_text(data[start:end])
            elif opcode != _CONTINUED:
                self._control(opcode, data[start:end])
            at = end
        if at < length:
            self._rest = data[at:]

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self.send(payload, 0x0A)
        elif opcode == _CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big")


async def dial(url: str, target: str, marker: bytes, on_text: OnText | None = None) -> Socket:
    """A connection to `target` of the server at `url` (`http://host:port`), past its handshake."""
    place = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(
        lambda: Socket(marker, on_text), place.hostname or "", place.port or 80
    )
    await socket.open(place.netloc, target, url)
    return socket
