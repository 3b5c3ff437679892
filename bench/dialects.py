"""What the load says to each server: greeting, following a room, posting, and keeping alive."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from bench.wire import OnText, Socket, dial

TEXT_BYTES = 180
ANSWER_SECONDS = 60.0
KEEP_ALIVE_SECONDS = 20.0
"""Below Parley's heartbeat of 25 s, and Socket.IO's of the same length."""

_STAMP_DIGITS = 20
_TEXT_FIELD = b'"text":"'


def stamped(now_ns: int) -> str:
    """A text of 180 bytes that begins with the time of its sending."""
    return f"{now_ns:0{_STAMP_DIGITS}d}".ljust(TEXT_BYTES, ".")


class Dialect(Protocol):
    """How one speaks with a server."""

    marker: bytes
    """How every message of a room begins on the wire."""

    async def join(self, url: str, token: str, rooms: Sequence[str], on_text: OnText) -> Socket:
        """Connects and follows rooms. Each text that comes later goes to `on_text`."""
        ...

    def keep_alive(self, socket: Socket) -> None:
        """Says what keeps a connection alive, and the server from asking."""
        ...

    def post(self, number: int, room: str, text: str) -> bytes:
        """A message to a room, whose acknowledgement will carry the number."""
        ...

    def acknowledged(self, payload: bytes) -> int | None:
        """The number of the post that this acknowledges; None for anything else.

        Raises:
            ConnectionError: it was refused.
        """
        ...


def sent_at(dialect: Dialect, payload: bytes) -> int | None:
    """When a message of a room was sent, in nanoseconds; None for anything else."""
    if not payload.startswith(dialect.marker):
        return None
    start = payload.index(_TEXT_FIELD) + len(_TEXT_FIELD)
    return int(payload[start : start + _STAMP_DIGITS])


class Answers:
    """Waits for the first text that passes a test."""

    def __init__(self) -> None:
        self._wanted: Callable[[bytes], bool] | None = None
        self._found: asyncio.Future[bytes] | None = None

    def take(self, payload: bytes) -> None:
        """Looks at a text."""
        if self._wanted is not None and self._found is not None and self._wanted(payload):
            self._wanted = None
            self._found.set_result(payload)

    async def after(self, socket: Socket, said: bytes, wanted: Callable[[bytes], bool]) -> bytes:
        """Says something, and waits for the text that is wanted."""
        self._found = asyncio.get_running_loop().create_future()
        self._wanted = wanted
        socket.send(said)
        return await asyncio.wait_for(self._found, ANSWER_SECONDS)


class Parley:
    """Parley's own protocol, `docs/protocol.md`."""

    marker = b'{"t":"message.posted"'

    async def join(self, url: str, token: str, rooms: Sequence[str], on_text: OnText) -> Socket:
        answers = Answers()
        socket = await dial(url, "/ws", self.marker, answers.take)
        hello = {"t": "session.hello", "token": token, "versions": [1]}
        await self._ask(socket, answers, hello)
        if rooms:
            places = [{"room": room, "after": 0} for room in rooms]
            await self._ask(socket, answers, {"t": "session.follow", "places": places})
        socket.on_text = on_text
        return socket

    async def ask(self, url: str, token: str, *requests: dict[str, Any]) -> None:
        """Connects, asks one thing after the other, and leaves."""
        answers = Answers()
        socket = await dial(url, "/ws", self.marker, answers.take)
        hello = {"t": "session.hello", "token": token, "versions": [1]}
        for request in (hello, *requests):
            await self._ask(socket, answers, request)
        socket.close()

    async def _ask(self, socket: Socket, answers: Answers, request: dict[str, Any]) -> None:
        frame = msgspec.json.encode({"id": "ask", "request": request})
        said = await answers.after(socket, frame, lambda text: text.startswith(b'{"id":"ask"'))
        if b'"reply":{"t":"error"' in said or b'"error":"' in said:
            raise ConnectionError(said.decode())

    def keep_alive(self, socket: Socket) -> None:
        socket.send(b'{"id":"alive","request":{"t":"session.ping"}}')

    def post(self, number: int, room: str, text: str) -> bytes:
        return (
            b'{"id":"%d","request":{"t":"chat.post","room":"%b","client_id":"bench%012d","text":"%b"}}'
            % (number, room.encode(), number, text.encode())
        )

    def acknowledged(self, payload: bytes) -> int | None:
        if not payload.startswith(b'{"id":"'):
            return None
        number = payload[7 : payload.index(b'"', 7)]
        if b'"reply":{"t":"error"' in payload:
            raise ConnectionError(payload.decode())
        return int(number) if number.isdigit() else None


class SocketIo:
    """Socket.IO 4 over its websocket transport (Engine.IO protocol 4)."""

    marker = b'42["message"'

    async def join(self, url: str, token: str, rooms: Sequence[str], on_text: OnText) -> Socket:
        answers = Answers()
        socket = await dial(url, "/socket.io/?EIO=4&transport=websocket", self.marker, answers.take)
        # "40" connects the default namespace; "420" asks, to be acknowledged by "430".
        await answers.after(socket, b"40", lambda text: text.startswith(b"40"))
        for room in rooms:
            join = b'420["join",%b]' % msgspec.json.encode(room)
            await answers.after(socket, join, lambda text: text.startswith(b"430"))
        socket.on_text = on_text
        return socket

    def keep_alive(self, socket: Socket) -> None:
        # A pong that nobody asked for puts the server's own ping off.
        socket.send(b"3")

    def post(self, number: int, room: str, text: str) -> bytes:
        return b'42%d["say","%b","%b"]' % (number, room.encode(), text.encode())

    def acknowledged(self, payload: bytes) -> int | None:
        return int(payload[2 : payload.index(b"[")]) if payload.startswith(b"43") else None


PARLEY = Parley()
DIALECTS: dict[str, Dialect] = {"parley": PARLEY, "socket.io": SocketIo()}
