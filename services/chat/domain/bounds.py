"""How much of a timeline fits into one answer on the bus."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

ANSWER_BYTES = 700 * 1024
"""The broker carries 1 MiB in one message, and the answer has a frame around it."""


def oldest(
    items: Sequence[T], limit: int, size: Callable[[T], int], *, taken: int = 0
) -> Sequence[T]:
    """The first of `items`, at most `limit`, and no more than fit beside what is `taken`.

    One item fits by itself, whatever its size.
    """
    kept, free = 0, ANSWER_BYTES - taken
    for item in items[:limit]:
        free -= size(item)
        if free < 0 and (kept or taken):
            break
        kept += 1
    return items[:kept]


def newest(
    items: Sequence[T], limit: int, size: Callable[[T], int], *, taken: int = 0
) -> Sequence[T]:
    """The last of `items`, in their order, under the same bounds as `oldest`."""
    return oldest(items[::-1], limit, size, taken=taken)[::-1]
