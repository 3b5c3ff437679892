"""Token buckets: how fast a connection or an address may ask."""

from dataclasses import dataclass

from contracts.contract import Rate


@dataclass(frozen=True, slots=True)
class Pace:
    """So many tokens a second, and so many at most when rested."""

    per_second: float
    burst: float


PACES: dict[Rate, Pace] = {
    # A page that opens asks for some dozens of things at once.
    Rate.READ: Pace(40, 160),
    Rate.WRITE: Pace(5, 40),
    # Twice what the fastest person or friendly robot posts; chat has limits of its own.
    Rate.POST: Pace(20, 60),
    Rate.TYPING: Pace(4, 16),
    # A call's set-up is a burst of candidates for each peer.
    Rate.SIGNAL: Pace(100, 400),
}

REFUSED = Pace(10, 100)
"""Refused frames that are put up with before the connection is closed as flooding."""

LOOSE = Pace(50, 1_000)
"""The same for pings, pongs and parts of messages, 12 µs each. A browser sends a pong a minute and
no parts; a proxy that takes messages apart may make a thousand parts of the largest one."""


class Bucket:
    """Tokens that come back with time. Full at first; times are milliseconds."""

    __slots__ = ("_at", "_pace", "_tokens")

    def __init__(self, pace: Pace, now: int) -> None:
        self._pace = pace
        self._tokens = pace.burst
        self._at = now

    def take(self, now: int, cost: float = 1.0) -> float:
        """Takes `cost` tokens and answers 0; or takes none and answers the seconds to wait."""
        grown = max(0, now - self._at) / 1000 * self._pace.per_second
        self._tokens = min(self._pace.burst, self._tokens + grown)
        self._at = now
        cost = min(cost, self._pace.burst)
        if self._tokens >= cost:
            self._tokens -= cost
            return 0.0
        return (cost - self._tokens) / self._pace.per_second

    def rested(self, now: int) -> bool:
        """Whether it is full again, so that forgetting it changes nothing."""
        return (now - self._at) / 1000 * self._pace.per_second + self._tokens >= self._pace.burst


class Buckets:
    """The buckets of one connection, each made when it is first needed."""

    __slots__ = ("_factor", "_made")

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._made: dict[Rate, Bucket] = {}

    def take(self, rate: Rate, now: int, cost: float = 1.0) -> float:
        """Like `Bucket.take`, of this kind of frame."""
        if not self._factor:
            return 0.0
        bucket = self._made.get(rate)
        if bucket is None:
            pace = PACES[rate]
            pace = Pace(pace.per_second * self._factor, pace.burst * self._factor)
            bucket = self._made[rate] = Bucket(pace, now)
        return bucket.take(now, cost)
