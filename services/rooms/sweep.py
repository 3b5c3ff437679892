"""Finishing what ended processes left behind, and removing what has served its time."""

import asyncio

from nats.errors import Error as NatsError
from pymongo.errors import PyMongoError

from runtime import ids, log
from services.rooms.ledger import Ledger
from services.rooms.outbox import Outbox
from services.rooms.store import MembershipStore, RoomStore

EVERY_SECONDS = 2.0
LEFT_AFTER_MS = 1_500
"""A change is carried out within milliseconds; one this old has been left behind."""

GUARD_MS = 3_600_000
"""How long traces of what is gone guard against a writer that stood still meanwhile."""

_logger = log.get("sweep")


class Sweep:
    """Looks at start, and again and again."""

    def __init__(
        self, rooms: RoomStore, memberships: MembershipStore, ledger: Ledger, outbox: Outbox
    ) -> None:
        self._rooms = rooms
        self._memberships = memberships
        self._ledger = ledger
        self._outbox = outbox

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            try:
                await self.finish(ids.now_ms() - LEFT_AFTER_MS)
                await self.remove(ids.now_ms() - GUARD_MS)
            except (NatsError, TimeoutError, OSError, PyMongoError) as error:
                _logger.warning("sweep.interrupted", kind=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def finish(self, before: int) -> None:
        """Carries out every change that was decided before a time."""
        for stored in await self._rooms.unsettled(before):
            _logger.info("sweep.finishing", room=stored.room.room)
            await self._ledger.finish(stored)

    async def remove(self, before: int) -> None:
        """Removes what was over before a time, for good."""
        gone = await self._rooms.ended(before)
        for room in gone:
            stored = await self._rooms.get(room)
            if stored is not None:
                await self._outbox.clear(stored.room)
        if gone:
            await self._rooms.forget(gone)
        await self._memberships.sweep(before)
