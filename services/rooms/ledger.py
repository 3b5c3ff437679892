"""Changing a room: decide, compare and set, carry out; one after another, whoever asks at once."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from runtime import log
from services.rooms.domain.state import Change, Decision, Membership, Room, Verdict
from services.rooms.outbox import Outbox
from services.rooms.store import MembershipStore, RoomStore, Stored

ATTEMPTS = 12
"""Each loser of a race tries again; only other replicas race, so a dozen is ample."""

ENDING_SECONDS = 2.0
"""How long the one who deletes a large room waits for its end; it goes on after the answer."""

People = dict[UserId, Membership]
Decide = Callable[[Room, People], Verdict]
Load = Callable[[Room], Awaitable[People]]

_logger = log.get("ledger")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A room and those concerned after a deed; `decision` is none where nothing had to change."""

    room: Room
    people: People
    decision: Decision | None


@dataclass(slots=True, weakref_slot=True)
class Turn:
    """Who may change a room in this process, one after another.

    `carried` is the room after the last change, which is carried out but not settled yet: the next
    in line goes on from it and saves a read and a write, two of the five that a change costs.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    carried: Room | None = None


class Ledger:
    """Where rooms change. Within a process a room has one writer; between them the version decides.

    The cost of a change does not depend on the size of the room.
    """

    def __init__(self, rooms: RoomStore, memberships: MembershipStore, outbox: Outbox) -> None:
        self._rooms = rooms
        self._memberships = memberships
        self._outbox = outbox
        self._turns: WeakValueDictionary[RoomId, Turn] = WeakValueDictionary()
        self._ending: dict[RoomId, asyncio.Task[None]] = {}

    async def open(self, decision: Decision) -> Outcome:
        """Keeps a new room."""
        async with self._turn(decision.room.room) as turn:
            await self._rooms.insert(decision)
            return await self._carried_out(turn, decision, {})

    async def change(
        self, room: RoomId, users: Sequence[UserId], decide: Decide, load: Load | None = None
    ) -> Outcome:
        """Changes a room as `decide` says, given it and what `users` are in it.

        `load` looks up more people than `users`, once the room is known.

        Raises:
            Refusal: `decide` refused, there is no such room, or others kept changing it.
        """
        async with self._turn(room) as turn:
            for attempt in range(ATTEMPTS):
                before = turn.carried or await self._settled(room)
                people = await self._memberships.get(room, users)
                if load is not None:
                    people |= await load(before)
                try:
                    decision = decide(before, people)
                except Refusal:
                    if turn.carried is None:
                        raise
                    decision = None
                if decision is None and turn.carried is not None:
                    # No write proves that no other process has changed the room since: look again.
                    await self._settle(turn)
                    continue
                if decision is None:
                    return Outcome(before, people, None)
                if await self._rooms.compare_and_set(before, decision):
                    return await self._carried_out(turn, decision, people)
                turn.carried = None
                await asyncio.sleep(random.uniform(0, 0.005 * (attempt + 1)))  # noqa: S311
        raise Refusal(Code.CONFLICT, retry_after=0.2)

    async def finish(self, stored: Stored) -> None:
        """Carries out what a process left behind when it ended."""
        if stored.room.room in self._ending:
            return
        async with self._turn(stored.room.room):
            found = await self._rooms.get(stored.room.room)
            if found is not None and found.pending is not None:
                await self._carry_out(found.room, found.pending)

    async def stop(self) -> None:
        """Gives up what is under way; a sweep takes it up again."""
        for task in list(self._ending.values()):
            task.cancel()
        await asyncio.gather(*self._ending.values(), return_exceptions=True)

    async def _settled(self, room: RoomId) -> Room:
        found = await self._rooms.get(room)
        if found is None or found.room.ended:
            raise Refusal(Code.ROOM_UNKNOWN)
        if found.pending is not None:
            # Another process is at it, or was: people's memberships are only true after this.
            await self._carry_out(found.room, found.pending)
        return found.room

    async def _carried_out(self, turn: Turn, decision: Decision, people: People) -> Outcome:
        turn.carried = None
        after = {**people, **{m.user: m for m in decision.change.memberships}}
        if decision.room.ended:
            await self._end(decision)
        else:
            await self._outbox.carry_out(decision.room, decision.change)
            turn.carried = decision.room
        return Outcome(decision.room, after, decision)

    async def _carry_out(self, room: Room, change: Change) -> None:
        await self._outbox.carry_out(room, change)
        await self._rooms.settle(room)

    async def _end(self, decision: Decision) -> None:
        room = decision.room.room
        work = self._carry_out(decision.room, decision.change)
        task = asyncio.get_running_loop().create_task(work, name=f"end {room}")
        self._ending[room] = task
        task.add_done_callback(lambda task: self._ended(room, task))
        await asyncio.wait({task}, timeout=ENDING_SECONDS)

    def _ended(self, room: RoomId, task: asyncio.Task[None]) -> None:
        self._ending.pop(room, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The room is over for everyone who asks; the sweep does what is left.
            _logger.warning("ledger.end_unfinished", kind=type(error).__name__)

    @asynccontextmanager
    async def _turn(self, room: RoomId) -> AsyncGenerator[Turn]:
        turn = self._turns.get(room)
        if turn is None:
            turn = self._turns[room] = Turn()
        turn.waiting += 1
        try:
            await turn.lock.acquire()
        finally:
            turn.waiting -= 1
        try:
            yield turn
        finally:
            try:
                if not turn.waiting:
                    await self._settle(turn)
            finally:
                turn.lock.release()

    async def _settle(self, turn: Turn) -> None:
        if turn.carried is not None:
            carried, turn.carried = turn.carried, None
            await self._rooms.settle(carried)
