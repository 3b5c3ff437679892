"""Moving the rooms' logs out of the one stream that kept them before there were partitions."""

from nats.js.errors import NotFoundError

from contracts.chat import TimelineEntry
from contracts.registry import TIMELINE_EVENTS
from contracts.streams import UNPARTITIONED
from runtime import log
from runtime.bus import Bus
from runtime.codec import Decoder
from services.chat.journal import Journal, Moved
from services.chat.reproject import Rebuild

_logger = log.get("partitioning")
_decode: Decoder[TimelineEntry] = Decoder(TIMELINE_EVENTS)  # pyright: ignore[reportAssignmentType]


class Partitioning:
    """Appends each entry of that stream to its room's log, byte for byte and in order.

    The entries' own numbers say what is moved already. So it may die halfway and begin again, and
    several replicas may do it at once. The stream is emptied last.
    """

    def __init__(self, bus: Bus, journal: Journal, rebuild: Rebuild) -> None:
        self._bus = bus
        self._journal = journal
        self._rebuild = rebuild

    async def run(self) -> int:
        """Moves everything there is, and rebuilds the index, which knew entries by their places.

        Returns: how many entries the stream held.

        Raises:
            Refusal: the broker or the store is away.
        """
        try:
            state = (await self._bus.js.stream_info(UNPARTITIONED)).state
        except NotFoundError:
            return 0
        if not state.messages:
            return 0
        _logger.info("partitioning.began", entries=state.messages)
        for place in range(state.first_seq, state.last_seq + 1):
            try:
                message = await self._bus.js.get_msg(UNPARTITIONED, place)
            except NotFoundError:
                # Of a room that is over, or another replica is ahead.
                continue
            await self._move(message.data or b"")
        async for rebuilt in self._rebuild.run():
            if rebuilt.broken:
                _logger.error("partitioning.broken", room=rebuilt.room, reason=rebuilt.broken)
        await self._bus.js.purge_stream(UNPARTITIONED)
        _logger.info("partitioning.done", entries=state.messages)
        return state.messages

    async def _move(self, data: bytes) -> None:
        entry = _decode(data)
        # Not the id it was stored under: the server may remember that of an entry it lost since.
        key = f"{entry.room}.{entry.seq}.moved"
        while True:
            last = await self._journal.last(entry.room)
            if last is not None and last.entry.seq >= entry.seq:
                return
            try:
                await self._journal.append(entry.room, data, key, last.position if last else 0)
            except Moved:
                continue
            return
