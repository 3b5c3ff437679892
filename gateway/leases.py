"""Seats on the broker: this gateway's own lease, and one for each session it holds.

Sessions are written when they begin, drop or are renewed, never in between. A lease that this
gateway loses to another is noticed by its revision, so that nobody's seat is overwritten. What this
gateway itself writes of one session, it writes one after the other, and only while it is still so.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from nats.errors import Error as NatsError
from nats.js import api as js_api
from nats.js.errors import APIError, KeyNotFoundError, NoStreamResponseError
from nats.js.kv import KeyValue

from contracts import subjects
from contracts.auth import AccessClaims
from contracts.errors import Code, Refusal
from contracts.ids import GatewayId, SessionId
from contracts.presence import (
    GATEWAY_LEASE_SECONDS,
    SESSION_GRACE_SECONDS,
    GatewayLease,
    SessionLease,
    SessionTaken,
)
from contracts.streams import LEASES
from runtime import ids, log
from runtime.bus import WRONG_LAST_SEQUENCE, Bus
from runtime.codec import decode_as, encode

SESSION_LEASE_SECONDS = 7_200
"""A lease outlives its gateway's sudden death by so long at the most. It is written anew with each
token, and no token lives for longer than an hour."""

AT_ONCE = 64
"""Writes under way at the same time, when all leases are written again."""

TRIES = 3

_logger = log.get("leases")


class TakenByAnother(Exception):
    """The lease names another gateway now, or is gone."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A granted claim."""

    session: SessionId
    resumed: bool


@dataclass(slots=True)
class _Held:
    lease: SessionLease
    revision: int


class Leases:
    """Writes and finds leases in KV `LEASES`.

    `on_taken` is called for a session that another gateway, or nobody, holds now.
    """

    def __init__(self, bus: Bus, gateway: GatewayId, on_taken: Callable[[SessionId], None]) -> None:
        self._bus = bus
        self._gateway = gateway
        self._on_taken = on_taken
        self._since = ids.now_ms()
        self._store: KeyValue | None = None
        self._held: dict[SessionId, _Held] = {}
        self._owed: dict[SessionId, _Held] = {}
        """Seats that were dropped, until the broker is known to have it so."""
        self._turns: WeakValueDictionary[SessionId, asyncio.Lock] = WeakValueDictionary()

    async def open(self) -> None:
        """Makes the bucket where it is missing, and takes this gateway's own lease."""
        self._store = await self._bus.ensure_bucket(LEASES)
        await self.renew_gateway()

    async def renew_gateway(self, *, draining: bool = False) -> None:
        """Says that this gateway lives."""
        lease = GatewayLease(since=self._since, sessions=len(self._held), draining=draining)
        await self._write(f"gateway.{self._gateway}", lease, GATEWAY_LEASE_SECONDS)

    async def keep(self, *, draining: bool) -> None:
        """Renews the gateway's lease, and makes up for what could not be written before.

        Raises:
            NatsError: the broker is out of reach, or has lost the bucket and does not make it.
        """
        try:
            await self.renew_gateway(draining=draining)
        except NoStreamResponseError:
            await self.write_again()
        for session, held in tuple(self._owed.items()):
            await self._restore(session, held)

    async def leave(self) -> None:
        """Gives the gateway's own lease back."""
        if self._store is not None:
            await self._store.delete(f"gateway.{self._gateway}")

    async def claim(self, wanted: SessionId | None, claims: AccessClaims) -> Seat:
        """A seat for this person: `wanted` where it is theirs and still kept, else a new one.

        Raises:
            Refusal: `request.unavailable`; the broker is out of reach.
        """
        if not self._bus.connected:
            # nats-py would keep the write for a broker that may be away for long.
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0)
        try:
            if wanted is not None and await self._resume(wanted, claims):
                return Seat(wanted, resumed=True)
            session = SessionId(ids.new_id())
            lease = SessionLease(
                user=claims.sub,
                device=claims.dev,
                gateway=self._gateway,
                since=ids.now_ms(),
                guest_room=claims.room,
            )
            await self._hold(session, lease, 0)
        except (NatsError, TimeoutError):
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0) from None
        return Seat(session, resumed=False)

    async def renew(self, session: SessionId) -> None:
        """Keeps a seat for as long as a new token."""
        held = self._held.get(session)
        if held is not None:
            async with self._turn(session):
                await self._put(session, held)

    def drop(self, session: SessionId) -> Coroutine[Any, Any, None]:
        """The connection is lost: the seat is kept for the grace, and ends by itself then.

        It is given up with the call, so that who comes back before the writing keeps the seat.
        """
        held = self._held.pop(session, None)
        if held is not None:
            held = self._owed[session] = _dropped(held.lease, held.revision)
        return self._write_dropped(session, held)

    async def _write_dropped(self, session: SessionId, held: _Held | None) -> None:
        if held is not None:
            async with self._turn(session):
                await self._put(session, held)

    async def end(self, session: SessionId) -> None:
        """The session is over: nobody comes back to it."""
        held = self._held.pop(session, None)
        if held is None or self._store is None:
            return
        async with self._turn(session):
            try:
                await self._store.delete(_key(session), last=held.revision)
            except (NatsError, TimeoutError):
                self._owe(session, held.lease, held.revision)

    def taken(self, session: SessionId, revision: int) -> None:
        """Another gateway says that it holds this session since `revision`."""
        held = self._held.get(session)
        if held is not None and held.revision < revision:
            del self._held[session]
            self._on_taken(session)

    async def write_again(self) -> None:
        """Everything is written anew, after the broker was away and may have lost the bucket.

        Raises:
            NatsError: not all of it could be; doing it again does the rest.
        """
        await self.open()
        at_once = asyncio.Semaphore(AT_ONCE)

        async def restore(session: SessionId, held: _Held) -> None:
            async with at_once:
                await self._restore(session, held)

        everything = [*self._held.items(), *self._owed.items()]
        ends = await asyncio.gather(*(restore(*one) for one in everything), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    def __len__(self) -> int:
        return len(self._held)

    async def _resume(self, session: SessionId, claims: AccessClaims) -> bool:
        async with self._turn(session):
            for _ in range(TRIES):
                found = await self._find(session)
                if found is None:
                    return False
                known = found.lease
                if (known.user, known.device, known.guest_room) != (
                    claims.sub,
                    claims.dev,
                    claims.room,
                ):
                    return False
                lease = msgspec.structs.replace(known, gateway=self._gateway, dropped_at=None)
                try:
                    revision = await self._hold(session, lease, found.revision)
                except TakenByAnother:
                    # Its last write was still on the way.
                    continue
                if known.gateway != self._gateway:
                    await self._tell(known.gateway, session, revision)
                return True
            return False

    async def _tell(self, former: GatewayId, session: SessionId, revision: int) -> None:
        taken = encode(SessionTaken(session=session, by=self._gateway, revision=revision))
        # Who is not told learns it from the lease's revision, when next it writes.
        with suppress(NatsError):
            await self._bus.nc.publish(subjects.gateway(former), taken)

    async def _find(self, session: SessionId) -> _Held | None:
        if self._store is None:
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0)
        try:
            entry = await self._store.get(_key(session))
        except KeyNotFoundError:
            return None
        if not entry.value or entry.revision is None:
            return None
        return _Held(decode_as(SessionLease, entry.value), entry.revision)

    async def _hold(self, session: SessionId, lease: SessionLease, expected: int) -> int:
        try:
            revision = await self._write(_key(session), lease, SESSION_LEASE_SECONDS, expected)
        except (NatsError, TimeoutError):
            # It may have been stored, or be stored yet, and nobody will be who holds it.
            self._owe(session, lease, expected)
            raise
        self._held[session] = _Held(lease, revision)
        self._owed.pop(session, None)
        return revision

    def _owe(self, session: SessionId, lease: SessionLease, expected: int) -> None:
        """`keep` writes that the seat is dropped, unless a connection of ours still has it.

        It is written over what `expected` names, as is a write of ours that is still on its way:
        whichever of the two the broker takes second, it refuses.
        """
        if session not in self._held:
            self._owed[session] = _dropped(lease, expected)

    async def _put(self, session: SessionId, held: _Held) -> None:
        """Writes this, for as long as it is so; to be called in the session's turn."""
        seconds = SESSION_LEASE_SECONDS if held.lease.dropped_at is None else SESSION_GRACE_SECONDS
        try:
            for _ in range(TRIES):
                if not self._is_so(session, held):
                    return
                try:
                    held.revision = await self._write(
                        _key(session), held.lease, seconds, held.revision
                    )
                except TakenByAnother:
                    if not await self._is_ours(session, held):
                        break
                else:
                    self._settle(session, held)
                    return
        except (NatsError, TimeoutError) as error:
            _logger.info("leases.owed", kind=type(error).__name__)
            return
        self._settle(session, held)
        if self._held.get(session) is held:
            del self._held[session]
            self._on_taken(session)

    def _is_so(self, session: SessionId, held: _Held) -> bool:
        """Whether this is what a session is now: not what it was before it was dropped or came
        back while somebody waited."""
        return self._held.get(session) is held or self._owed.get(session) is held

    def _settle(self, session: SessionId, held: _Held) -> None:
        if self._owed.get(session) is held:
            del self._owed[session]

    async def _is_ours(self, session: SessionId, held: _Held) -> bool:
        """Whether nobody but we wrote what another revision came from; `held` has it then.

        A broker that came back without its bucket knows no revision of ours, and a write that was
        given up may have been stored after all.
        """
        found = await self._find(session)
        if found is not None and found.lease.gateway != self._gateway:
            return False
        held.revision = found.revision if found else 0
        return True

    async def _restore(self, session: SessionId, held: _Held) -> None:
        async with self._turn(session):
            found = await self._find(session)
            if found is None:
                held.revision = 0
            elif found.lease.gateway == self._gateway:
                held.revision = found.revision
            await self._put(session, held)

    def _turn(self, session: SessionId) -> asyncio.Lock:
        """Held while one of us writes; there is one for as long as somebody has or wants it."""
        return self._turns.setdefault(session, asyncio.Lock())

    async def _write(
        self, key: str, value: msgspec.Struct, seconds: int, expected: int | None = None
    ) -> int:
        headers: dict[str, str] = {}
        if expected is not None:
            headers[js_api.Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value] = str(expected)
        try:
            # nats-py's own `put` and `update` know no time to live.
            stored = await self._bus.js.publish(
                f"$KV.{LEASES.name}.{key}", encode(value), headers=headers, msg_ttl=seconds
            )
        except APIError as error:
            if error.err_code in WRONG_LAST_SEQUENCE:
                raise TakenByAnother from None
            raise
        return stored.seq


def _dropped(lease: SessionLease, revision: int) -> _Held:
    return _Held(msgspec.structs.replace(lease, dropped_at=ids.now_ms()), revision)


def _key(session: SessionId) -> str:
    return f"session.{session}"
