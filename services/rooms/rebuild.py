"""Makes the read models `ROOMS` and `MEMBERS` anew from MongoDB; `parley rooms rebuild` runs it.

For when the broker lost its disk, or MongoDB was restored from a backup. It may run beside the
service: what that writes meanwhile stands.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from contracts.streams import MEMBERS, ROOMS, Bucket
from runtime import log, mongo, watch
from runtime.bus import Bus
from runtime.process import Process
from services.rooms.documents import DOCUMENTS
from services.rooms.settings import Settings
from services.rooms.store import MembershipStore, RoomStore
from services.rooms.views import Views

AT_ONCE = 200
"""Keys compared side by side."""

Truth = dict[str, tuple[msgspec.Struct | None, int]]
"""What keys should show, each with its version."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many keys were wrong."""

    rooms: int
    memberships: int


class Rebuild:
    """Compares both buckets with the documents, key by key, and mends what differs."""

    def __init__(
        self, bus: Bus, rooms: RoomStore, memberships: MembershipStore, views: Views
    ) -> None:
        self._bus = bus
        self._rooms = rooms
        self._memberships = memberships
        self._views = views

    async def run(self) -> Rebuilt:
        """Goes through everything once."""
        await self._views.ensure()
        rooms = await self._mend(ROOMS, await self._rooms.keys(), self._true_rooms)
        memberships = await self._mend(
            MEMBERS, await self._memberships.keys(), self._true_memberships
        )
        return Rebuilt(rooms=rooms, memberships=memberships)

    async def _mend(
        self,
        bucket: Bucket,
        kept: Sequence[str],
        read: Callable[[Sequence[str]], Awaitable[Truth]],
    ) -> int:
        keys = list(dict.fromkeys([*kept, *await watch.keys(self._bus, bucket)]))
        wrong = 0
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            # First what is shown, then what is true: a later write then fails the comparison.
            seen = await asyncio.gather(*(self._views.last(bucket, key) for key in some))
            truth = await read(some)
            mended = await asyncio.gather(
                *(
                    self._views.mend(bucket, key, shown, *truth.get(key, (None, 0)))
                    for key, shown in zip(some, seen, strict=True)
                )
            )
            wrong += sum(mended)
        return wrong

    async def _true_rooms(self, keys: Sequence[str]) -> Truth:
        found = await self._rooms.get_many(keys)
        return {
            key: (None if stored.room.ended else stored.room.view, stored.room.version)
            for key, stored in found.items()
        }

    async def _true_memberships(self, keys: Sequence[str]) -> Truth:
        found = await self._memberships.by_key(keys)
        return {key: (membership.view, membership.version) for key, membership in found.items()}


async def rebuild(settings: Settings) -> Rebuilt:
    """Connects, rebuilds, and disconnects."""
    async with Process("rooms", settings, serves=False) as process:
        client, _ = await mongo.connect(settings, DOCUMENTS)
        process.exit.callback(client.close)
        views = Views(process.bus)
        return await Rebuild(process.bus, RoomStore(), MembershipStore(), views).run()


def main() -> None:
    """Rebuilds, and says what was wrong."""
    settings = Settings()
    log.configure("rooms", settings)
    done = asyncio.run(rebuild(settings))
    sys.stdout.write(f"mended {done.rooms} rooms and {done.memberships} memberships\n")


if __name__ == "__main__":
    main()
