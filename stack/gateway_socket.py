"""One websocket to a gateway, as a client has it: questions, and what comes by itself."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from contracts.base import Command
from contracts.errors import Error, RefusedByPeer
from contracts.registry import REPLIES
from runtime.codec import Decoder, encode

_SOCKET_PATH = "/ws"

LOST = (OSError, WebSocketException, TimeoutError)
"""What opening and hearing raise once there is no connection (any more)."""

_OPEN_SECONDS = 5.0
_CLOSE_SECONDS = 1.0

_reply: Decoder[Any] = Decoder((*REPLIES, Error))


class _Incoming(msgspec.Struct):
    """Any frame from the server."""

    id: str | None = None
    reply: msgspec.Raw = msgspec.Raw()
    t: str = ""


_incoming = msgspec.json.Decoder(_Incoming)


class Gone(ConnectionError):
    """The connection was lost before the answer came."""


class GatewaySocket:
    """Answers come while somebody hears."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._requests = 0
        self._over = False

    @property
    def close_code(self) -> int | None:
        """The server's word at its end, once there is one."""
        return self._socket.close_code

    @property
    def close_reason(self) -> str:
        """The server's sentence at its end."""
        return self._socket.close_reason or ""

    async def ask(self, command: Command, timeout: float) -> Any:
        """The reply to `command`.

        Raises:
            Refusal: it was refused.
            Gone: the connection was lost first.
            TimeoutError: no answer in time.
        """
        if self._over:
            raise Gone
        self._requests += 1
        request = str(self._requests)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[request] = answer
        try:
            frame = b'{"id":"%b","request":%b}' % (request.encode(), encode(command))
            await self._socket.send(frame, text=True)
            reply = _reply(await asyncio.wait_for(answer, timeout))
        except WebSocketException as error:
            raise Gone from error
        finally:
            self._waiting.pop(request, None)
        if isinstance(reply, Error):
            raise RefusedByPeer(reply)
        return reply

    async def hear(self, take: Callable[[str, bytes], None]) -> None:
        """Hands every event over, with its tag, until the connection is lost.

        Raises:
            WebSocketException: it is.
        """
        while True:
            data = await self._socket.recv(decode=False)
            frame = _incoming.decode(data)
            if frame.id is None:
                take(frame.t, data)
                continue
            answer = self._waiting.get(frame.id)
            if answer is not None and not answer.done():
                answer.set_result(bytes(frame.reply))

    async def close(self) -> None:
        """Takes leave of the server."""
        await self._socket.close()

    def abort(self) -> None:
        """Ends it without a word, as a closed lid does."""
        self._socket.transport.abort()

    def over(self) -> None:
        """Nobody is answered any more."""
        self._over = True
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Gone())


def address(url: str) -> str:
    """Where the gateway at `url` takes websockets."""
    return url.replace("http", "ws", 1) + _SOCKET_PATH


@asynccontextmanager
async def to_gateway(
    url: str, trust: ssl.SSLContext | None = None
) -> AsyncGenerator[GatewaySocket]:
    """A connection to the gateway at `url`, as a page of its own makes it; nobody has greeted.

    Raises:
        OSError, WebSocketException, TimeoutError: there is none (`LOST`).
    """
    async with connect(
        address(url),
        origin=Origin(url),
        compression=None,
        proxy=None,
        open_timeout=_OPEN_SECONDS,
        close_timeout=_CLOSE_SECONDS,
        ssl=trust if url.startswith("https") else None,
    ) as connection:
        socket = GatewaySocket(connection)
        try:
            yield socket
        finally:
            socket.over()
