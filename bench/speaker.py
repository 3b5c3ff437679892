"""The talking half of the load: people who post, and wait for each acknowledgement."""

import asyncio
import itertools
import time
from collections.abc import Callable

from bench.dialects import KEEP_ALIVE_SECONDS, Dialect, stamped
from bench.wire import Socket

_numbers = itertools.count(int(time.time()) * 100_000)
"""Client ids of posts, never the same twice."""


class Speaker:
    """One person's connection that posts into a room and measures each acknowledgement."""

    def __init__(self, dialect: Dialect, room: str) -> None:
        self._dialect = dialect
        self.room = room
        self._socket: Socket | None = None
        self._staying: asyncio.TimerHandle | None = None
        self._sent: dict[int, int] = {}
        self.latencies: list[float] = []
        """Milliseconds from sending to acknowledgement."""
        self.on_done: Callable[[], None] | None = None
        self._refused: list[str] = []

    async def connect(self, url: str, token: str, *, follows: bool) -> None:
        """Comes online; with `follows` it also gets what the room says, as a page would."""
        rooms = [self.room] if follows else []
        self._socket = await self._dialect.join(url, token, rooms, self._take)
        self._stay()

    def _stay(self) -> None:
        assert self._socket is not None
        self._dialect.keep_alive(self._socket)
        self._staying = asyncio.get_running_loop().call_later(KEEP_ALIVE_SECONDS, self._stay)

    def close(self) -> None:
        """Ends the connection."""
        if self._staying is not None:
            self._staying.cancel()
        if self._socket is not None:
            self._socket.close()

    @property
    def waiting(self) -> int:
        """Posts that are not acknowledged yet."""
        return len(self._sent)

    def check(self) -> None:
        """Raises `ConnectionError` where a post was refused, or the connection is over."""
        if self._refused:
            raise ConnectionError(f"{len(self._refused)} posts were refused: {self._refused[0]}")
        if self._socket is not None and self._socket.lost:
            raise ConnectionError("a speaker lost its connection")

    def send(self) -> None:
        """Posts one message of 180 bytes."""
        assert self._socket is not None
        number = next(_numbers)
        text = stamped(time.monotonic_ns())
        frame = self._dialect.post(number, self.room, text)
        self._sent[number] = time.monotonic_ns()
        self._socket.send(frame)

    def _take(self, payload: bytes) -> None:
        now = time.monotonic_ns()
        try:
            number = self._dialect.acknowledged(payload)
        except ConnectionError as refusal:
            self._refused.append(str(refusal))
            return
        sent = None if number is None else self._sent.pop(number, None)
        if sent is not None:
            self.latencies.append((now - sent) / 1e6)
            if self.on_done is not None:
                self.on_done()
