"""A clock that stands still while its process does.

A gap in what arrives tells of the call only where the one who measures was awake. On a machine that
is asked for more than it has, a process waits for its turn, and every frame waits with it.
"""

import asyncio
import time

_TICK = 0.05
_LATE = 0.01
"""Lateness of a timer on an idle machine; what is above it is waiting for a turn."""


class Pulse:
    """Measures how long its own event loop was kept from running."""

    def __init__(self) -> None:
        self.held_up = 0.0
        """Seconds, all in all."""
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to beat."""
        self._task = asyncio.create_task(self._beat(), name="bot's pulse")

    async def stop(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def now(self) -> float:
        """Seconds for which this process was awake, since some moment."""
        now = time.monotonic()
        # A frame may be looked at before the beat that is late with it.
        return now - self.held_up - (self._late(now) if self._due else 0.0)

    def _late(self, now: float) -> float:
        late = now - self._due
        return late if late > _LATE else 0.0

    async def _beat(self) -> None:
        while True:
            self._due = time.monotonic() + _TICK
            await asyncio.sleep(_TICK)
            self.held_up += self._late(time.monotonic())
