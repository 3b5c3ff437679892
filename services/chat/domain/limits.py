"""How fast people and rooms may go: token buckets, bounded in number, time as an argument."""

from collections import OrderedDict


class Buckets:
    """One token bucket for each key: `burst` at once, `rate` a second after that.

    Past `size` keys the one that was used longest ago is forgotten, and so is full again; at the
    default rates it would have filled up by itself long before.
    """

    def __init__(self, rate: float, burst: float, size: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._size = size
        self._levels: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str, now: int) -> float:
        """Takes a token at `now` (ms): 0 where there was one, else the seconds until there is."""
        level = self._level(key, now)
        if level < 1:
            return (1 - level) / self._rate
        self._levels[key] = (level - 1, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._size:
            self._levels.popitem(last=False)
        return 0.0

    def _level(self, key: str, now: int) -> float:
        level, at = self._levels.get(key, (self._burst, now))
        # A clock that was set back gives nothing and takes nothing.
        return min(self._burst, level + max(0, now - at) * self._rate / 1000)

    def __len__(self) -> int:
        return len(self._levels)
