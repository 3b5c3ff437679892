"""Two people of a call on two servers, and the offers that go from one to the other."""

import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from bench.dialects import Answers
from bench.wire import OnText, Socket, dial

SDP = (Path(__file__).parent / "offer.sdp").read_bytes().decode()
"""What Chromium offers for a microphone and a camera: 5 KB in 160 lines."""

_NAME = "s=-\r\n"
_STAMP = b"\\r\\ns="
_DIGITS = 20
_numbers = itertools.count(1)


class Dialect(Protocol):
    """How one calls on a server."""

    marker: bytes
    """How an offer begins that arrives."""

    async def enter(self, url: str, who: str, room: str, on_text: OnText) -> tuple[Socket, str]:
        """Comes into a room's call; gives back the session that others send to."""
        ...

    def offer(self, room: str, to: str, sdp: str) -> dict[str, Any]:
        """What is sent, but for its id."""
        ...


class Parley:
    """Parley's own protocol; `who` is an access token."""

    marker = b'{"t":"signal.offer"'

    async def enter(self, url: str, who: str, room: str, on_text: OnText) -> tuple[Socket, str]:
        answers = Answers()
        socket = await dial(url, "/ws", self.marker, answers.take)
        hello = {"t": "session.hello", "token": who, "versions": [1]}
        said = await self._ask(socket, answers, hello)
        await self._ask(socket, answers, {"t": "signaling.join", "room": room})
        socket.on_text = on_text
        return socket, said["session"]

    async def _ask(self, socket: Socket, answers: Answers, asked: dict[str, Any]) -> dict[str, Any]:
        frame = msgspec.json.encode({"id": "ask", "request": asked})
        said = await answers.after(socket, frame, lambda text: text.startswith(b'{"id":"ask"'))
        reply = msgspec.json.decode(said)["reply"]
        if reply["t"] == "error":
            raise ConnectionError(str(reply))
        return reply

    def offer(self, room: str, to: str, sdp: str) -> dict[str, Any]:
        asked = {"t": "signaling.offer", "room": room, "to": to, "sdp": sdp}
        return {"id": "offer", "request": asked}


class Spreed:
    """The protocol of Nextcloud's signaling server, version 1.0; `who` is any name."""

    marker = b'{"type":"message"'

    def __init__(self, backend: str) -> None:
        self._backend = backend

    async def enter(self, url: str, who: str, room: str, on_text: OnText) -> tuple[Socket, str]:
        answers = Answers()
        socket = await dial(url, "/spreed", self.marker, answers.take)
        auth = {"url": self._backend, "params": {"userid": who}}
        hello = {"type": "hello", "hello": {"version": "1.0", "auth": auth}}
        said = await self._ask(socket, answers, hello)
        join = {"type": "room", "room": {"roomid": room, "sessionid": f"of-{who}"}}
        await self._ask(socket, answers, join)
        socket.on_text = on_text
        return socket, said["hello"]["sessionid"]

    async def _ask(self, socket: Socket, answers: Answers, asked: dict[str, Any]) -> dict[str, Any]:
        frame = msgspec.json.encode({"id": "ask", **asked})
        said = await answers.after(socket, frame, lambda text: text.startswith(b'{"id":"ask"'))
        reply = msgspec.json.decode(said)
        if reply["type"] == "error":
            raise ConnectionError(str(reply))
        return reply

    def offer(self, room: str, to: str, sdp: str) -> dict[str, Any]:
        payload = {"type": "offer", "sdp": sdp}
        data = {"to": to, "roomType": "video", "type": "offer", "payload": payload}
        recipient = {"type": "session", "sessionid": to}
        return {"type": "message", "message": {"recipient": recipient, "data": data}}


class Pair:
    """One who offers on one server, and one who is offered to on the other."""

    def __init__(self, dialect: Dialect, room: str) -> None:
        self._dialect = dialect
        self._room = room
        self._sockets: list[Socket] = []
        self._before = self._after = b""
        self._sent: dict[int, int] = {}
        self.latencies: list[float] = []
        """Milliseconds from sending at one socket to the whole frame at the other."""
        self.on_done: Callable[[], None] | None = None

    async def meet(self, urls: Sequence[str], people: Sequence[str]) -> None:
        """Both come into the call, each by a server of their own."""
        enter = self._dialect.enter
        offers, _ = await enter(urls[0], people[0], self._room, self._refused)
        self._sockets.append(offers)
        hears, to = await enter(urls[1], people[1], self._room, self._arrived)
        self._sockets.append(hears)
        stamp = "0" * _DIGITS
        sdp = SDP.replace(_NAME, f"s={stamp}\r\n")
        frame = msgspec.json.encode(self._dialect.offer(self._room, to, sdp))
        self._before, _, self._after = frame.partition(stamp.encode())

    @property
    def waiting(self) -> int:
        """Offers that have not arrived yet."""
        return len(self._sent)

    def check(self) -> None:
        """Raises `ConnectionError` where a server has ended a connection."""
        if any(socket.lost for socket in self._sockets):
            raise ConnectionError("a server ended a connection")

    def send(self) -> None:
        """Sends the offer once more, with a number of its own in it."""
        number = next(_numbers)
        frame = self._before + b"%020d" % number + self._after
        self._sent[number] = time.monotonic_ns()
        self._sockets[0].send(frame)

    def close(self) -> None:
        """Ends both connections."""
        for socket in self._sockets:
            socket.close()

    def _refused(self, payload: bytes) -> None:
        if b'"error"' in payload[:80]:
            raise ConnectionError(payload.decode())

    def _arrived(self, payload: bytes) -> None:
        if not payload.startswith(self._dialect.marker):
            return
        now = time.monotonic_ns()
        at = payload.index(_STAMP) + len(_STAMP)
        self.latencies.append((now - self._sent.pop(int(payload[at : at + _DIGITS]))) / 1e6)
        if self.on_done is not None:
            self.on_done()
