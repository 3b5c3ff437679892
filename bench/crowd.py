"""The receiving half of the load: many followers in one lean process, told what to do by lines.

Reads JSON lines on standard input and answers each with one: `join` connects followers, `begin`
zeroes the counters, `count` and `end` tell them, `leave` closes everything.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import uvloop

from bench.dialects import DIALECTS, KEEP_ALIVE_SECONDS, Dialect, sent_at
from bench.wire import Socket

CONNECTING_AT_ONCE = 32


class Crowd:
    """Followers of one server."""

    def __init__(self) -> None:
        self._sockets: list[Socket] = []
        self._latencies: list[int] = []
        self._dialect: Dialect | None = None
        self._alive: asyncio.Task[None] | None = None

    async def join(
        self, dialect: str, url: str, tokens: list[str], room: str, count: int, sampled: int
    ) -> dict[str, Any]:
        """Connects `count` followers; `sampled` of them, evenly spread, note each latency."""
        spoken = self._dialect = DIALECTS[dialect]
        lanes = asyncio.Semaphore(CONNECTING_AT_ONCE)
        every = count // sampled if sampled else 0

        async def one(number: int) -> Socket:
            listens = every and number % every == every // 2
            async with lanes:
                token = tokens[number % len(tokens)]
                socket = await spoken.join(url, token, [room] if room else [], _ignore)
            socket.on_text = self._note(spoken) if listens else None
            return socket

        self._sockets += await asyncio.gather(*map(one, range(count)))
        if self._alive is None:
            self._alive = asyncio.get_running_loop().create_task(self._keep_alive())
        # Thousands of objects that stay: no need to look at them in each collection.
        gc.collect()
        gc.freeze()
        return {"connected": len(self._sockets)}

    async def begin(self) -> dict[str, Any]:
        """Counts from zero."""
        for socket in self._sockets:
            socket.counted = 0
        self._latencies.clear()
        return {}

    async def count(self) -> dict[str, Any]:
        """How many messages all followers have together, and how many connections were lost."""
        return {
            "counted": sum(socket.counted for socket in self._sockets),
            "lost": sum(socket.lost for socket in self._sockets),
        }

    async def end(self) -> dict[str, Any]:
        """The count, and the latencies in nanoseconds that the sampled followers saw."""
        return {**await self.count(), "latencies": self._latencies}

    async def leave(self) -> dict[str, Any]:
        """Closes everything."""
        if self._alive is not None:
            self._alive.cancel()
            self._alive = None
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()
        return {}

    def _note(self, dialect: Dialect) -> Callable[[bytes], None]:
        latencies = self._latencies

        def note(payload: bytes) -> None:
            sent = sent_at(dialect, payload)
            if sent is not None:
                latencies.append(time.monotonic_ns() - sent)

        return note

    async def _keep_alive(self) -> None:
        while True:
            pause = KEEP_ALIVE_SECONDS / max(1, len(self._sockets))
            for number, socket in enumerate(list(self._sockets)):
                if self._dialect is not None and not socket.lost:
                    self._dialect.keep_alive(socket)
                if number % 10 == 9:
                    await asyncio.sleep(pause * 10)
            await asyncio.sleep(pause * 10)


def _ignore(_payload: bytes) -> None:
    """Most followers only count."""


async def _obey() -> None:
    crowd = Crowd()
    deeds = {name: getattr(crowd, name) for name in ("join", "begin", "count", "end", "leave")}
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        try:
            answer = await deeds[order.pop("do")](**order)
        except (OSError, TimeoutError) as error:
            answer = {"failed": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_obey())
