"""Speaks for presence: the events that rooms hear and the facts that services build on.

Every replica follows the leases; the one that leads speaks.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from pymongo.errors import PyMongoError

from contracts import subjects
from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.presence import (
    GetPresence,
    PresenceChanged,
    RoomPresence,
    UserCameOnline,
    UserWentOffline,
)
from runtime import ids, log
from runtime.bus import Bus
from runtime.codec import decode_as, encode
from services.rooms.domain.announcing import LISTED, Announcer
from services.rooms.domain.presence import Changes, Presence
from services.rooms.leadership import Leadership
from services.rooms.sightings import Sightings

GATHER_SECONDS = 0.05
"""Changes are gathered for so long before they are told: a burst makes one event a room."""

TICK_SECONDS = 0.5
"""How often time itself is looked at, when nothing else happens."""

LOOK_SECONDS = 10.0
"""How often it is noted that somebody looks: what `last_online` errs by after a power cut."""

FACTS_AT_ONCE = 64

UNSPOKEN_MS = 30_000
"""Longer than a speaker's death, its grace for dropped connections included, goes unnoticed."""

_logger = log.get("presence")


class Speaker:
    """Tells what changed, while this replica leads."""

    def __init__(
        self, bus: Bus, presence: Presence, leadership: Leadership, sightings: Sightings
    ) -> None:
        self._bus = bus
        self._presence = presence
        self._leadership = leadership
        self._sightings = sightings
        self._announcer = Announcer(presence.online)
        self._changed = asyncio.Event()
        self._owes = asyncio.Event()
        self._whole = False
        self._speaking: Subscription | None = None
        self._came: dict[UserId, Millis] = {}
        self._went: dict[UserId, Millis] = {}
        self._unspoken: dict[UserId, Millis] = {}

    def begin(self) -> None:
        """The copy of the leases is whole, so that this replica may lead."""
        self._whole = True
        self.wake()

    def wake(self) -> None:
        """Something has changed."""
        self._changed.set()

    @property
    def speaks(self) -> bool:
        """Whether this replica leads and has taken over."""
        return self._speaking is not None and self._leadership.leads

    async def run(self) -> None:
        """Speaks for as long as this replica leads, and listens while another does."""
        while True:
            await self._pause()
            try:
                await self._turn()
            except (NatsError, TimeoutError, PyMongoError) as error:
                # Something may not have been told: taking over again makes it good.
                _logger.warning("presence.turn_lost", kind=type(error).__name__)
                await self._fall_silent()

    async def record(self) -> None:
        """Records facts and sightings as they come to be owed, while this replica speaks.

        Apart from `run`, since thousands of facts take a second and rooms should not wait for it.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._owes.wait(), LOOK_SECONDS)
            self._owes.clear()
            try:
                if self.speaks:
                    await self._settle(ids.now_ms())
            except (NatsError, TimeoutError, PyMongoError) as error:
                _logger.warning("presence.facts_owed", kind=type(error).__name__)
                await asyncio.sleep(TICK_SECONDS)
                self._owes.set()

    async def stop(self) -> None:
        """Leaves the speaking to another replica."""
        await self._fall_silent()
        await self._leadership.resign()

    def snapshot(self, room: RoomId) -> RoomPresence:
        """Who is online in a room. It may hold changes that no event has told yet: applying those
        again changes nothing."""
        online = self._presence.online_in(room)
        return RoomPresence(
            room=room,
            revision=self._announcer.revision(room),
            online=len(online),
            users=sorted(online)[:LISTED],
            complete=len(online) <= LISTED,
        )

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), TICK_SECONDS)
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)
        self._changed.clear()

    async def _turn(self) -> None:
        now = ids.now_ms()
        self._presence.tick(now)
        changes = self._presence.take()
        if self._speaking is None:
            self._heed(changes, now)
        if not self._leadership.leads or not self._whole:
            await self._fall_silent()
        elif self._speaking is None:
            await self._take_over(now)
        else:
            await self._tell(self._announcer.announce(changes.rooms, now))
            self._owe(changes)

    def _heed(self, changes: Changes, now: Millis) -> None:
        """Keeps in mind who went lately, in case the replica that speaks dies before it says so."""
        self._unspoken.update(changes.went)
        for user in [u for u, at in self._unspoken.items() if at < now - UNSPOKEN_MS]:
            del self._unspoken[user]

    async def _take_over(self, now: Millis) -> None:
        """Begins to speak: rooms ask again, and who came or went unseen is caught up with."""
        before = await self._sightings.online()
        looked = await self._sightings.last_look() or now
        here = self._presence.everyone()
        self._came = dict.fromkeys(here - before, now)
        unspoken = {user: at for user, at in self._unspoken.items() if user not in here}
        self._went = {**dict.fromkeys(before - here, looked), **unspoken}
        self._unspoken.clear()
        self._owes.set()
        self._speaking = await self._bus.nc.subscribe(
            subjects.PRESENCE_LEADER, cb=self._answer_replica
        )
        await self._tell(self._announcer.begin(self._presence.rooms_with_anyone(), now))
        _logger.info("presence.speaking", people=len(here))

    async def _fall_silent(self) -> None:
        if self._speaking is not None:
            speaking, self._speaking = self._speaking, None
            await speaking.unsubscribe()

    async def _tell(self, events: list[PresenceChanged]) -> None:
        for event in events:
            await self._bus.tell(subjects.state(event.room), event)

    def _owe(self, changes: Changes) -> None:
        for user, at in changes.came.items():
            self._went.pop(user, None)
            self._came[user] = at
        self._went.update(changes.went)
        if changes.came or changes.went:
            self._owes.set()

    async def _settle(self, now: Millis) -> None:
        """Records the facts that are owed; what fails is owed still."""
        came, went = dict(self._came), dict(self._went)
        if came or went:
            await self._record([UserCameOnline(user=user, at=at) for user, at in came.items()])
            await self._record([UserWentOffline(user=user, at=at) for user, at in went.items()])
            await self._sightings.keep(came, went)
            _forget(self._came, came)
            _forget(self._went, went)
        await self._sightings.looked(now)

    async def _record(self, facts: Sequence[UserCameOnline | UserWentOffline]) -> None:
        for start in range(0, len(facts), FACTS_AT_ONCE):
            some = facts[start : start + FACTS_AT_ONCE]
            await asyncio.gather(*(self._bus.record(fact, _key(fact)) for fact in some))

    async def _answer_replica(self, message: Msg) -> None:
        asked = decode_as(GetPresence, message.data)
        if self.speaks:
            answer = encode(self.snapshot(asked.room))
        else:
            answer = encode(Refusal(Code.UNAVAILABLE, retry_after=1.0).error())
        await self._bus.nc.publish(message.reply, answer)


def _key(fact: UserCameOnline | UserWentOffline) -> str:
    word = "came" if isinstance(fact, UserCameOnline) else "went"
    return f"{word}.{fact.user}.{fact.at}"


def _forget(owed: dict[UserId, Millis], paid: Mapping[UserId, Millis]) -> None:
    for user, at in paid.items():
        if owed.get(user) == at:
            del owed[user]
