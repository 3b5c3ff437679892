"""The two ways of loading a server: at a pace of our own, and at its own."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

_SETTLED_WITHIN = 30.0


class Sender(Protocol):
    """Sends things over a connection, and sees each one through."""

    latencies: list[float]
    """Milliseconds that each took, since they were last collected."""
    on_done: Callable[[], None] | None
    """Called once for each that is through."""

    @property
    def waiting(self) -> int:
        """How many are under way."""
        ...

    def send(self) -> None:
        """Sends the next one."""
        ...

    def check(self) -> None:
        """Looks whether all is well.

        Raises:
            ConnectionError: a server refused something, or has ended the connection.
        """
        ...


async def open_loop(senders: Sequence[Sender], per_second: float, seconds: float) -> int:
    """Sends `per_second` for all senders together, whether or not answers come; tells how many.

    A slow server does not slow the load down, so that waiting shows in the latencies.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    wanted = int(per_second * seconds)
    for number in range(wanted):
        pause = began + number / per_second - loop.time()
        if pause > 0:
            await asyncio.sleep(pause)
        senders[number % len(senders)].send()
    return wanted


async def closed_loop(senders: Sequence[Sender], in_flight: int, seconds: float) -> int:
    """Keeps so many of each sender under way; tells how many were through in that time."""
    over = False
    done = 0

    def again(sender: Sender) -> None:
        nonlocal done
        if not over:
            done += 1
            sender.send()

    for sender in senders:
        sender.on_done = partial(again, sender)
        for _ in range(in_flight):
            sender.send()
    await asyncio.sleep(seconds)
    over = True
    for sender in senders:
        sender.on_done = None
    return done


async def settled(senders: Sequence[Sender]) -> None:
    """Waits until nothing is under way.

    Raises:
        ConnectionError: something was refused, or is not through in time.
    """
    deadline = asyncio.get_running_loop().time() + _SETTLED_WITHIN
    while waiting := sum(sender.waiting for sender in senders):
        for sender in senders:
            sender.check()
        if asyncio.get_running_loop().time() > deadline:
            raise ConnectionError(f"{waiting} never came through")
        await asyncio.sleep(0.01)


def collected(senders: Sequence[Sender]) -> list[float]:
    """All latencies since the last call of this."""
    found = [value for sender in senders for value in sender.latencies]
    for sender in senders:
        sender.latencies.clear()
    return found
