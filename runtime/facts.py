"""Following the facts of other services: durable, at least once, in order."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import api as js_api
from nats.js.client import JetStreamContext

from contracts import subjects
from contracts.base import Fact, tag_of
from contracts.errors import Refusal
from contracts.streams import EVENTS
from runtime import log, metrics
from runtime.bus import Bus
from runtime.codec import Decoder

FactHandler = Callable[[Any], Awaitable[None]]
FactTable = Mapping[type[Fact], FactHandler]

BATCH = 32
FETCH_SECONDS = 5.0
RETRY_SECONDS = 1.0

_logger = log.get("facts")


class Follower:
    """Hands each fact of a table to its handler, and acknowledges it when the handler is through.

    A fact may come twice (a crash between work and acknowledgement): handlers are idempotent.
    Replicas of a service share one durable consumer, so each fact is worked on by one of them.
    """

    def __init__(self, bus: Bus, durable: str, table: FactTable) -> None:
        self._bus = bus
        self._durable = durable
        self._table = table
        self._decode: Decoder[Fact] = Decoder(table.keys())

    async def run(self) -> None:
        """Follows until cancelled; a lost broker is waited for."""
        while True:
            try:
                await self._follow(await self._subscribe())
            except (NatsError, OSError) as error:
                _logger.warning("facts.lost", durable=self._durable, kind=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            while True:
                await self._take_batch(subscription)
        finally:
            # What a cancelled fetch leaves in its inbox would hold up the draining of the
            # connection for half a minute.
            with contextlib.suppress(NatsError):
                await subscription.unsubscribe()

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        filters = [subjects.event(fact) for fact in self._table]
        config = js_api.ConsumerConfig(
            durable_name=self._durable,
            filter_subjects=filters,
            ack_policy=js_api.AckPolicy.EXPLICIT,
            ack_wait=30.0,
            max_ack_pending=BATCH,
        )
        await self._bus.js.add_consumer(EVENTS.name, config)
        return await self._bus.js.pull_subscribe_bind(consumer=self._durable, stream=EVENTS.name)

    async def _take_batch(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            batch = await subscription.fetch(BATCH, timeout=FETCH_SECONDS)
        except TimeoutError:
            return
        for message in batch:
            await self._take(message)

    async def _take(self, message: Msg) -> None:
        try:
            fact = self._decode(message.data)
        except Refusal:
            # Written by a later version that this one can't read: leave it to the logs, since
            # asking again would bring the same bytes.
            metrics.FACTS.labels("unreadable", "dropped").inc()
            _logger.error("facts.unreadable", subject=message.subject)
            await message.term()
            return
        name = tag_of(type(fact))
        try:
            await self._table[type(fact)](fact)
        except Exception as error:
            metrics.FACTS.labels(name, "retried").inc()
            _logger.exception("facts.failed", fact=name, kind=type(error).__name__)
            await message.nak(delay=RETRY_SECONDS)
        else:
            metrics.FACTS.labels(name, "ok").inc()
            await message.ack()
