"""The talking half of the load: posts at a given pace, or as fast as they are acknowledged."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence

from bench.dialects import KEEP_ALIVE_SECONDS, Dialect, stamped
from bench.wire import Socket

_numbers = itertools.count(int(time.time()) * 100_000)
"""Client ids of posts, never the same twice."""

Acknowledged = Callable[["Speaker"], None]


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
        self.refused: list[str] = []
        self.on_acknowledged: Acknowledged | None = None

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
    def lost(self) -> bool:
        """Whether the server has ended the connection."""
        return self._socket is not None and self._socket.lost

    @property
    def waiting(self) -> int:
        """Posts that are not acknowledged yet."""
        return len(self._sent)

    def say(self) -> None:
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
            self.refused.append(str(refusal))
            return
        sent = None if number is None else self._sent.pop(number, None)
        if sent is not None:
            self.latencies.append((now - sent) / 1e6)
            if self.on_acknowledged is not None:
                self.on_acknowledged(self)


async def speak_openly(speakers: Sequence[Speaker], per_second: float, seconds: float) -> int:
    """Posts `per_second` messages for all speakers together, whether or not answers come.

    Open loop: a slow server does not slow the load down, so that waiting shows in the latencies.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    wanted = int(per_second * seconds)
    for number in range(wanted):
        due = began + number / per_second
        pause = due - loop.time()
        if pause > 0:
            await asyncio.sleep(pause)
        speakers[number % len(speakers)].say()
    return wanted


async def all_acknowledged(speakers: Sequence[Speaker], within: float = 30.0) -> None:
    """Waits until nothing is under way.

    Raises:
        ConnectionError: a post was refused, or not acknowledged in time.
    """
    deadline = asyncio.get_running_loop().time() + within
    while any(speaker.waiting for speaker in speakers):
        refused = [refusal for speaker in speakers for refusal in speaker.refused]
        if refused:
            raise ConnectionError(f"{len(refused)} posts were refused: {refused[0]}")
        if any(speaker.lost for speaker in speakers):
            raise ConnectionError("a speaker lost its connection")
        if asyncio.get_running_loop().time() > deadline:
            waiting = sum(speaker.waiting for speaker in speakers)
            raise ConnectionError(f"{waiting} posts were never acknowledged")
        await asyncio.sleep(0.01)


def latencies(speakers: Sequence[Speaker]) -> list[float]:
    """All latencies since the last call of this."""
    found = [value for speaker in speakers for value in speaker.latencies]
    for speaker in speakers:
        speaker.latencies.clear()
    return found
