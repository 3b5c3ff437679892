"""Taking a subscription's messages straight from nats-py's reading loop."""

import asyncio
from collections.abc import Callable
from typing import cast

from nats.aio.msg import Msg

from runtime import log

_logger = log.get("tap")


class Tap:
    """Stands where nats-py takes a future for a subscription's message, and takes every message.

    nats-py then calls `set_result` from its reading loop: no queue and no task for each
    subscription (6 KB), and no turn of the loop for each message.
    """

    __slots__ = ("_take",)

    def __init__(self, take: Callable[[Msg], None]) -> None:
        self._take = take

    def cancelled(self) -> bool:
        """Never: it takes messages until it is unsubscribed."""
        return False

    def set_result(self, message: Msg) -> None:
        """Takes a message. Whatever is wrong with it must not end the bus's reading loop."""
        try:
            self._take(message)
        except Exception as error:
            _logger.exception("tap.failed", kind=type(error).__name__)


def as_future(tap: Tap) -> "asyncio.Future[Msg]":
    """The tap, as nats-py's signature wants it."""
    return cast("asyncio.Future[Msg]", tap)
