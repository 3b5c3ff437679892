"""Watching a bucket: first what it holds, then a mark, then what changes.

nats-py's own watch may set the mark before anything has come, and its `keys()` may be empty
(nats.py issue 842): it holds what the server has sent against what the client has received. Here
the mark stands behind the last message that the bucket's leader had before the watch began.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js import api as js_api
from nats.js.errors import NotFoundError

from contracts.streams import Bucket
from runtime import log
from runtime.bus import Bus

LOOK_AGAIN_SECONDS = 0.25
"""How long nothing may come before the mark is looked up anew."""

_AHEAD = 256
"""Entries taken from the connection before the first of them is looked at."""

_INACTIVE_SECONDS = 30.0
"""How long the broker keeps the consumer of a watch that is over."""

_logger = log.get("watch")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a key holds as of a revision of its bucket; no value where it is gone."""

    key: str
    value: bytes | None
    revision: int


Entries = AsyncIterator[Entry | None]
"""Everything the bucket holds, gone keys among it where their marker stands; then None, once, and
from there on every change, without end.

A key that was there is behind the mark only where it was written again as the watch began."""


class Watch:
    """One watch; `watch` opens it."""

    def __init__(self, bus: Bus, bucket: Bucket, keys: str) -> None:
        self._bus = bus
        self._prefix = f"$KV.{bucket.name}."
        self._stream = f"KV_{bucket.name}"
        self._subject = self._prefix + keys
        self._arrived: asyncio.Queue[Entry] = asyncio.Queue(maxsize=_AHEAD)
        self._mark = 0

    async def open(self) -> JetStreamContext.PushSubscription:
        """Looks up where the mark stands, and begins."""
        self._mark = await self._last()
        return await self._bus.js.subscribe(
            self._subject,
            stream=self._stream,
            cb=self._take,
            ordered_consumer=True,
            deliver_policy=js_api.DeliverPolicy.LAST_PER_SUBJECT,
            inactive_threshold=_INACTIVE_SECONDS,
        )

    async def entries(self) -> AsyncGenerator[Entry | None]:
        """What came, and the mark in its place."""
        received = 0
        while received < self._mark:
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    entry = await self._arrived.get()
            except TimeoutError:
                # The marked message may have been removed before it could be sent.
                self._mark = min(self._mark, await self._last())
            else:
                received = entry.revision
                yield entry
        yield None
        while True:
            yield await self._arrived.get()

    async def _last(self) -> int:
        try:
            return (await self._bus.js.get_last_msg(self._stream, self._subject)).seq or 0
        except NotFoundError:
            return 0

    async def _take(self, message: Msg) -> None:
        # A deletion's marker and an expired key have no body: both are "gone".
        key, revision = message.subject[len(self._prefix) :], message.metadata.sequence.stream
        await self._arrived.put(Entry(key, message.data or None, revision))


@asynccontextmanager
async def watch(bus: Bus, bucket: Bucket, keys: str = ">") -> AsyncGenerator[Entries]:
    """Watches the keys of a bucket that match.

    Raises:
        NatsError: the broker is out of reach, or the bucket is not there.
    """
    watching = Watch(bus, bucket, keys)
    subscription = await watching.open()
    try:
        async with aclosing(watching.entries()) as entries:
            yield entries
    finally:
        try:
            await subscription.unsubscribe()
        except (NatsError, TimeoutError):
            _logger.info("watch.unwatch_failed", bucket=bucket.name)


async def keys(bus: Bus, bucket: Bucket) -> list[str]:
    """The keys that a bucket holds a value for.

    Raises:
        NatsError: the broker is out of reach, or the bucket is not there.
    """
    held: dict[str, bool] = {}
    async with watch(bus, bucket) as entries:
        async for entry in entries:
            if entry is None:
                break
            held[entry.key] = entry.value is not None
    return [key for key, there in held.items() if there]
