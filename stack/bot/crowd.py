"""A crowd of bots: how they come in, into which rooms, for how long, and how it was."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from contracts.base import Event, Reply
from contracts.ids import InviteCode, RoomId
from contracts.rooms import (
    CreateRoom,
    DeleteRoom,
    GetRoom,
    InviteFound,
    JoinRoom,
    LookUpInvite,
    RoomChanged,
    RoomFound,
)
from contracts.signaling import GetRoster, Roster, RosterFound
from stack.bot.account import Account
from stack.bot.caller import Caller, Sends
from stack.bot.connection import Connection
from stack.bot.figures import LONGEST_GAP_MS, CallerFigures, Expected, faults
from stack.bot.routes import reach_oneself_without_a_network

_ONLINE_WITHIN = 20.0
_LANES = 4
"""Bots that come in side by side: a score at once would be a load of its own."""


class NoPlace(Exception):
    """More bots than the room's call takes."""


@dataclass(frozen=True)
class Orders:
    """What the person who sends bots wants."""

    urls: Sequence[str]
    room: str = ""
    """Its id, or its address in the browser. Empty: rooms of the bots' own, deleted afterwards."""
    invite: str = ""
    """A code, or a link. Without an account the bots come by it as guests."""
    account: str = ""
    """Who the bots are. Empty: an account of their own, deleted afterwards; or guests."""
    password: str = ""
    peers: int = 2
    per_room: int = 0
    """Bots in each of their own rooms; 0 for as many as a call takes."""
    seconds: float = 10.0
    sends: Sends = field(default_factory=Sends)
    longest_gap_ms: int = LONGEST_GAP_MS
    trust: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Outcome:
    """How it was."""

    callers: Sequence[CallerFigures]
    faults: Sequence[str]


def spread(peers: int, per_room: int) -> list[int]:
    """How many go into each room: as few rooms as it takes, and as even as it goes."""
    rooms = -(-peers // per_room)
    return [peers // rooms + (n < peers % rooms) for n in range(rooms)]


async def send(orders: Orders, until: Callable[[], Awaitable[object]] | None = None) -> Outcome:
    """Sends bots, lets them talk, and takes them back.

    `until` returns when it is time to go, before `orders.seconds` have passed.

    Raises:
        NotSignedIn, Refusal, NoPlace, TimeoutError: they could not come in.
    """
    reach_oneself_without_a_network()
    async with AsyncExitStack() as visit:
        places = await visit.enter_async_context(_places(orders))
        callers = [
            Caller(orders.urls, account, room, orders.sends, first=n, trust=orders.trust)
            for n, (account, room) in enumerate(places)
        ]
        for caller in callers:
            visit.push_async_callback(caller.leave)
        await _join_all(callers)
        fresh = [
            asyncio.create_task(_keep_fresh(account, callers, places), name="bot's token")
            for account in dict.fromkeys(account for account, _ in places)
        ]
        try:
            await _stay(orders.seconds, until)
            figures = [await caller.figures() for caller in callers]
        finally:
            for task in fresh:
                task.cancel()
            await asyncio.gather(*fresh, return_exceptions=True)
    return _judged(orders, figures)


def _judged(orders: Orders, figures: Sequence[CallerFigures]) -> Outcome:
    bots = frozenset(caller.session for caller in figures)
    wrong: list[str] = []
    for caller in figures:
        others = sum(other.room == caller.room for other in figures) - 1
        expected = Expected(
            others=others,
            bots=bots,
            longest_gap_ms=orders.longest_gap_ms,
            relayed=orders.sends.relay_only,
        )
        wrong += [f"{caller.session[-6:]} → {fault}" for fault in faults(caller, expected)]
    return Outcome(callers=figures, faults=wrong)


async def _stay(seconds: float, until: Callable[[], Awaitable[object]] | None) -> None:
    if until is None:
        await asyncio.sleep(seconds)
        return
    told = asyncio.ensure_future(until())
    await asyncio.wait({told}, timeout=seconds)
    told.cancel()


async def _join_all(callers: Sequence[Caller]) -> None:
    lanes = asyncio.Semaphore(_LANES)

    async def one(caller: Caller) -> None:
        async with lanes:
            await caller.join()

    await asyncio.gather(*map(one, callers))


async def _keep_fresh(
    account: Account, callers: Sequence[Caller], places: Sequence[tuple[Account, RoomId]]
) -> None:
    while True:
        await asyncio.sleep(account.fresh_for)
        token = await account.refresh()
        for caller, (owner, _) in zip(callers, places, strict=True):
            if owner is account:
                await caller.connection.renew(token)


@asynccontextmanager
async def _places(orders: Orders) -> AsyncGenerator[list[tuple[Account, RoomId]]]:
    """Who each bot is, and where it goes; what was made for them goes when they have gone."""
    url, trust = orders.urls[0], orders.trust
    invite = _last_part(orders.invite)
    async with AsyncExitStack() as made:
        if invite and not orders.account:
            guests: list[tuple[Account, RoomId]] = []
            for n in range(1, orders.peers + 1):
                guest = await Account.visit(url, invite, f"Bot {n}", trust)
                made.push_async_callback(guest.leave)
                guests.append((guest, guest.guest_room or RoomId(_last_part(orders.room))))
            yield guests
            return
        if orders.account:
            account = await Account.log_in(url, orders.account, orders.password, trust)
        else:
            account = await Account.make(url, trust)
        made.push_async_callback(account.leave)
        desk = await made.enter_async_context(_desk(orders, account))
        rooms = await _rooms(orders, desk, invite, made)
        yield [(account, room) for room, count in rooms for _ in range(count)]


@asynccontextmanager
async def _desk(orders: Orders, account: Account) -> AsyncGenerator[Connection]:
    """A connection for what is asked besides calling."""

    def ignore(event: Event) -> None:
        del event

    async def nothing(resumed: bool) -> None:
        del resumed

    desk = Connection(orders.urls, lambda: account.token, ignore, nothing, trust=orders.trust)
    desk.open()
    try:
        await desk.until_online(_ONLINE_WITHIN)
        yield desk
    finally:
        await desk.close()


async def _rooms(
    orders: Orders, desk: Connection, invite: str, made: AsyncExitStack
) -> list[tuple[RoomId, int]]:
    wished = _last_part(orders.room)
    if invite and not wished:
        found = await desk.insist(LookUpInvite(code=InviteCode(invite)), InviteFound)
        wished = found.room
    if wished:
        room = RoomId(wished)
        code = InviteCode(invite) if invite else None
        inside = (await desk.insist(GetRoom(room=room), RoomFound)).me if not invite else None
        if inside is None:
            await desk.insist(JoinRoom(room=room, invite=code), Reply)
        roster = await _roster(desk, room)
        speakers = sum(not p.listening for p in roster.participants)
        if orders.peers + speakers > roster.limit:
            raise NoPlace(
                f"a call takes {roster.limit} and has {speakers}: "
                "leave --room out, and the bots spread over rooms of their own"
            )
        return [(room, orders.peers)]
    first = await _create(desk, made)
    limit = (await _roster(desk, first)).limit
    counts = spread(orders.peers, min(orders.per_room or limit, limit))
    rooms = [first, *[await _create(desk, made) for _ in counts[1:]]]
    return list(zip(rooms, counts, strict=True))


async def _create(desk: Connection, made: AsyncExitStack) -> RoomId:
    created = await desk.insist(CreateRoom(name="Bots", private=True), RoomChanged)
    room = RoomId(created.info.room)
    made.push_async_callback(desk.insist, DeleteRoom(room=room), Reply)
    return room


async def _roster(desk: Connection, room: RoomId) -> Roster:
    return (await desk.insist(GetRoster(room=room), RosterFound)).roster


def _last_part(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1].partition("?")[0]
