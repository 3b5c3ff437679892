"""Waiting for what is about to be true, instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

_FIRST_LOOK = 0.005
_SLOWEST_LOOK = 0.1


async def wait_until(
    check: Callable[[], Any] | Callable[[], Awaitable[Any]],
    timeout: float = 10.0,
    *,
    missing: str | Callable[[], object] = "",
) -> Any:
    """Return what `check` returns, as soon as that is true; `check` may be a coroutine function.

    An `AssertionError` in `check` counts as "not yet". On time-out the failure says what is still
    missing: the last assertion's words, or `missing`, which may be a function that looks.
    """
    deadline = time.monotonic() + timeout
    pause = _FIRST_LOOK
    while True:
        reason: object = ""
        try:
            result = check()
            if inspect.isawaitable(result):
                result = await result
            if result:
                return result
            reason = f"{getattr(check, '__qualname__', check)} gave {result!r}"
        except AssertionError as error:
            reason = error
        if time.monotonic() >= deadline:
            still = missing() if callable(missing) else missing
            raise AssertionError(
                f"after {timeout:g} s, still missing: {still or reason} ({reason})"
            )
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _SLOWEST_LOOK)
