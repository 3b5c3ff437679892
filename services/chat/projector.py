"""Bringing the index up to the log in batches, for as long as the process lives."""

import asyncio

from nats.errors import Error as NatsError

from contracts.errors import Refusal
from contracts.ids import RoomId
from runtime import log
from services.chat.backlog import Backlog
from services.chat.journal import Journal
from services.chat.projection import Held, Projection

GATHER_SECONDS = 1.0
"""How long a batch may fill: the store takes 50 documents in the time of six single ones. The index
lags by this much; readers don't notice, since they read the log's end too."""

RETRY_SECONDS = 1.0

_logger = log.get("projector")


class Projector:
    """Projects what was appended here, and looks after what others have left undone.

    Entries come straight from those who append, in memory: reading each one back through a durable
    consumer cost an eighth of a post (0.12 of 1.0 ms in all processes). What a process that died
    did not project is found by comparing the log's own counts with the cursors: at the start, and
    every so often. Each room's cursor says what is done, so nothing depends on being told of it.
    """

    def __init__(
        self, journal: Journal, projection: Projection, backlog: Backlog, audit_seconds: float
    ) -> None:
        self._journal = journal
        self._projection = projection
        self._backlog = backlog
        self._audit_seconds = audit_seconds
        self._known: dict[RoomId, int] = {}
        self._behind: set[RoomId] = set()

    async def project(self) -> None:
        """Projects the backlog, batch by batch; a store or broker that is away is waited for."""
        while True:
            await self._backlog.filled.wait()
            await asyncio.sleep(GATHER_SECONDS)
            taken = self._backlog.take()
            try:
                await self._projection.project(taken)
            except (Held, Refusal, NatsError, OSError) as waiting:
                _logger.info("projector.waits", reason=type(waiting).__name__)
                self._backlog.put_back(taken)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._known |= {room: run[-1].entry.seq for room, run in taken.items()}

    async def audit(self) -> None:
        """Compares log and index, at once and then every so often."""
        everything = True
        while True:
            try:
                await self._look_over(everything=everything)
                everything = False
            except (Held, Refusal, NatsError, OSError) as waiting:
                _logger.info("projector.audit_waits", reason=type(waiting).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await asyncio.sleep(self._audit_seconds)

    async def _look_over(self, *, everything: bool) -> None:
        """Projects the rooms that were behind the last time too, or, at the start, all of them."""
        counts = await self._journal.rooms()
        self._known = {room: seq for room, seq in self._known.items() if room in counts}
        # Fewer than are known, too: a room that was purged may have got an entry since.
        doubtful = [room for room, count in counts.items() if self._known.get(room) != count]
        self._known |= await self._projection.indexed(doubtful)
        behind = {room for room in doubtful if self._known.get(room, 0) < counts[room]}
        # Those behind for the first time are mostly another replica's work of this very moment.
        late = behind if everything else behind & self._behind
        self._behind = behind
        held = False
        for room in late:
            last = await self._journal.last(room)
            if last is None:
                continue
            try:
                await self._projection.project({room: [last]})
            except Held:
                held = True
            else:
                self._known[room] = last.entry.seq
        if held:
            raise Held
