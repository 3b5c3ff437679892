"""What a channel says on its way to the followers: at once, or together where it comes thick.

A write to one follower costs 9 µs, three quarters of it the kernel's, whether it carries one frame
or ten. So a channel that has just written to many rests for a moment, and what comes meanwhile
goes out as one write to each. A quiet room waits for nothing; a busy one can't take a gateway from
all others.
"""

from collections.abc import Callable, Collection
from typing import Protocol

from gateway.fanout import Writer, broadcast

FEW = 50
"""Followers up to whom nothing ever waits: writing to them takes half a millisecond."""

REST_EACH_SECONDS = 75e-6
"""Rest after a write, for each follower: a channel takes about an eighth of a core at the most."""

LONGEST_REST_SECONDS = 0.05
"""A delay that nobody sees where so many messages come. From 670 followers on it is the
bound, and the share of the core grows with them."""

MOST_BYTES = 64 * 1024
"""What may wait; more goes out at once, far below the bound of an outbox."""


class Timer(Protocol):
    """A call that is planned."""

    def cancel(self) -> object:
        """Plans it no more."""
        ...


class Clock(Protocol):
    """The part of an event loop that tells the time and calls back."""

    def time(self) -> float:
        """Seconds that never go back."""
        ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> Timer:
        """Calls back at that time."""
        ...


class Burst:
    """The frames of one channel, in their order.

    Promise: every frame is written within `LONGEST_REST_SECONDS`, to all who follow by then.
    """

    __slots__ = ("_clock", "_rested_at", "_timer", "_waiting", "_waiting_bytes", "_writers")

    def __init__(self, writers: Collection[Writer], clock: Clock) -> None:
        """`writers` may change at any time; it is looked at for each write."""
        self._writers = writers
        self._clock = clock
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._rested_at = 0.0
        self._timer: Timer | None = None

    def send(self, frame: bytes) -> None:
        """Writes a frame to all, or has it wait until the channel has rested."""
        followers = len(self._writers)
        if self._timer is None:
            if followers <= FEW:
                broadcast(frame, self._writers)
                return
            now = self._clock.time()
            if now >= self._rested_at:
                self._write(frame, followers, now)
                return
            self._timer = self._clock.call_at(self._rested_at, self.flush)
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        if self._waiting_bytes > MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Writes now what waits."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        frames, self._waiting, self._waiting_bytes = self._waiting, [], 0
        self._write(b"".join(frames), len(self._writers), self._clock.time())

    def _write(self, frames: bytes, followers: int, now: float) -> None:
        broadcast(frames, self._writers)
        self._rested_at = now + min(LONGEST_REST_SECONDS, followers * REST_EACH_SECONDS)
