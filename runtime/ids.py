"""Where ids and times come from; domain code gets both as arguments."""

import time

from ulid import ULID


def new_id() -> str:
    """A fresh id: a ULID in lower case, unique without asking anybody, sortable by time."""
    return str(ULID()).lower()


def now_ms() -> int:
    """Milliseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Milliseconds of a clock that nobody sets: for how long something takes, and nothing else."""
    return time.monotonic_ns() // 1_000_000
