"""Following the log, and bringing the index up to it in batches."""

import asyncio

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import api as js_api
from nats.js.client import JetStreamContext

from contracts import subjects
from contracts.chat import TimelineEntry
from contracts.errors import Refusal
from contracts.registry import TIMELINE_EVENTS
from contracts.streams import TIMELINE
from runtime import log
from runtime.bus import Bus
from runtime.codec import Decoder
from services.chat.domain.tail import Kept
from services.chat.projection import Held, Projection

DURABLE = "chat-projector"

BATCH = 1024
"""Entries in one go. The store takes 50 documents in the time of six single ones."""

GATHER_SECONDS = 0.5
"""How long a batch may fill. The index lags by this much; readers don't notice, since they read
the log's end too."""

RETRY_SECONDS = 1.0

_logger = log.get("projector")
_decode: Decoder[TimelineEntry] = Decoder(TIMELINE_EVENTS)  # pyright: ignore[reportAssignmentType]


class Projector:
    """Takes entries off the durable consumer and has them projected.

    The consumer says where there is work; the room's cursor in the index says what is done. So a
    redelivered batch changes nothing, and replicas may share the consumer.
    """

    def __init__(self, bus: Bus, projection: Projection) -> None:
        self._bus = bus
        self._projection = projection
        self._stale = False
        bus.on_reconnect(self._rearm)

    async def _rearm(self) -> None:
        # A pull subscription may fall silent when its server restarts (nats.py issue 504).
        self._stale = True

    async def run(self) -> None:
        """Projects until cancelled; a broker or store that is away is waited for."""
        caught_up = False
        while True:
            try:
                if not caught_up:
                    # Whatever an earlier life of this process or of the index has left undone.
                    await self._projection.catch_up()
                    caught_up = True
                await self._follow()
            except (Refusal, Held, NatsError, TimeoutError, OSError) as error:
                _logger.warning("projector.lost", kind=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        self._stale = False
        subscription = await self._subscribe()
        try:
            while not self._stale:
                await self._take(subscription)
        finally:
            if self._bus.connected:
                await subscription.unsubscribe()

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        config = js_api.ConsumerConfig(
            durable_name=DURABLE,
            filter_subject=subjects.TIMELINE_LOG,
            deliver_policy=js_api.DeliverPolicy.ALL,
            # One acknowledgement a batch; see the class for why none of it can be lost.
            ack_policy=js_api.AckPolicy.ALL,
            ack_wait=30.0,
            max_ack_pending=BATCH,
        )
        await self._bus.js.add_consumer(TIMELINE.name, config)
        return await self._bus.js.pull_subscribe_bind(consumer=DURABLE, stream=TIMELINE.name)

    async def _take(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            batch = await subscription.fetch(BATCH, timeout=GATHER_SECONDS)
        except TimeoutError:
            return
        if not batch:  # nothing came, which nats-py tells in one of two ways
            return
        while not self._stale:
            try:
                await self._project(batch)
            except (Refusal, Held) as waiting:
                # Whatever takes long comes again, to this replica or another: no harm in that.
                _logger.info("projector.waits", reason=type(waiting).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await batch[-1].ack()
                return

    async def _project(self, batch: list[Msg]) -> None:
        rooms: dict[str, dict[int, Kept]] = {}
        for message in batch:
            kept = Kept(_decode(message.data), message.metadata.sequence.stream, message.data)
            rooms.setdefault(message.subject, {})[kept.entry.seq] = kept
        await self._projection.project(
            {subjects.room_of_log(subject): _run(known) for subject, known in rooms.items()}
        )


def _run(known: dict[int, Kept]) -> list[Kept]:
    """The entries at the end, as far back as there is no gap; a redelivered one may lie before.

    What the gap hides is read from the log, should it not be projected yet.
    """
    seqs = sorted(known)
    begin = len(seqs) - 1
    while begin and seqs[begin - 1] == seqs[begin] - 1:
        begin -= 1
    return [known[seq] for seq in seqs[begin:]]
