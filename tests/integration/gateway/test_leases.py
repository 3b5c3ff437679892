"""Seats when the broker comes back empty or late: each is as it should be, nobody loses theirs."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.errors import APIError, KeyNotFoundError
from nats.js.kv import KeyValue

from contracts.auth import AccessClaims
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, GatewayId, SessionId, UserId
from contracts.presence import SessionLease
from contracts.streams import LEASES
from gateway.leases import Leases
from runtime.bus import Bus
from runtime.codec import decode_as
from runtime.ids import new_id
from runtime.settings import ProcessSettings

pytestmark = [pytest.mark.gateway, pytest.mark.faults]


class Seats:
    """The leases of one gateway, and the sessions it was told it had lost."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.taken: list[SessionId] = []
        self.leases = Leases(bus, GatewayId(new_id()), self.taken.append)

    async def lose_the_bucket(self) -> None:
        """As with a broker that was killed: it kept the bucket in memory."""
        await self.bus.js.delete_stream(f"KV_{LEASES.name}")

    async def lease_of(self, session: SessionId) -> SessionLease | None:
        bucket = await self.bus.js.key_value(LEASES.name)
        try:
            entry = await bucket.get(f"session.{session}")
        except KeyNotFoundError:
            return None
        return decode_as(SessionLease, entry.value or b"")

    async def is_live(self, session: SessionId) -> bool:
        lease = await self.lease_of(session)
        assert lease is not None
        return lease.dropped_at is None


async def mends_by_writing_again(leases: Leases) -> None:
    await leases.write_again()


async def mends_by_keeping(leases: Leases) -> None:
    await leases.keep(draining=False)


class LateWrites:
    """Writes that the broker takes only long after who sent them gave up on them."""

    def __init__(self, bus: Bus) -> None:
        self._js = bus.js
        self._sent: list[tuple[str, Callable[[], Awaitable[Any]]]] = []

    @contextmanager
    def on_their_way(self) -> Generator[None]:
        """Whatever is written meanwhile is late."""
        publish = self._js.publish

        async def send(subject: str, *args: Any, **options: Any) -> None:
            self._sent.append((subject, partial(publish, subject, *args, **options)))
            raise NatsTimeoutError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self._js, "publish", send)
            yield

    @property
    def session(self) -> SessionId:
        """Whose lease the one write is that is late."""
        ((subject, _),) = self._sent
        return SessionId(subject.rpartition(".")[2])

    async def arrive(self) -> int:
        """The broker takes them now; how many of them it stored."""
        stored = 0
        for _, write in self._sent:
            try:
                await write()
            except APIError:
                continue
            stored += 1
        return stored


class LongLook:
    """The next look at a session's lease: it sees what there is, and tells it at the `end`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, session: SessionId) -> None:
        self.looked = asyncio.Event()
        self.end = asyncio.Event()
        look = KeyValue.get

        async def get(bucket: KeyValue, key: str, *args: Any, **options: Any) -> Any:
            try:
                return await look(bucket, key, *args, **options)
            finally:
                if key == f"session.{session}" and not self.looked.is_set():
                    self.looked.set()
                    await self.end.wait()

        monkeypatch.setattr(KeyValue, "get", get)

    async def begun_by(self, work: "asyncio.Future[None]") -> None:
        """Returns once `work` has looked, or is done without a look."""
        looked = asyncio.create_task(self.looked.wait())
        await asyncio.wait({work, looked}, return_when=asyncio.FIRST_COMPLETED)
        looked.cancel()


@pytest_asyncio.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    bus = Bus("gateway", ProcessSettings(nats_url=nats_url))
    await bus.connect()
    yield bus
    await bus.close()


@pytest_asyncio.fixture
async def seats(bus: Bus) -> Seats:
    made = Seats(bus)
    await made.leases.open()
    return made


@pytest.fixture
def claims() -> AccessClaims:
    now = int(time.time())
    return AccessClaims(sub=UserId(new_id()), dev=DeviceId(new_id()), iat=now, exp=now + 600)


async def test_two_ways_of_noticing_a_lost_bucket_take_nobodys_seat(
    seats: Seats, claims: AccessClaims
) -> None:
    mine = [(await seats.leases.claim(None, claims)).session for _ in range(8)]
    await seats.lose_the_bucket()
    # The reconnected broker, and the gateway's own lease that found no bucket, at the same time.
    await asyncio.gather(seats.leases.write_again(), seats.leases.write_again())
    assert seats.taken == []
    other = Seats(seats.bus)
    await other.leases.open()
    for session in mine:
        assert (await other.leases.claim(session, claims)).resumed


async def test_who_drops_before_all_is_written_again_keeps_the_seat_for_the_grace_alone(
    seats: Seats, claims: AccessClaims
) -> None:
    dropping, renewing = [(await seats.leases.claim(None, claims)).session for _ in range(2)]
    await seats.lose_the_bucket()
    await seats.leases.open()
    await seats.leases.drop(dropping)
    await seats.leases.renew(renewing)
    await seats.leases.write_again()
    assert seats.taken == []
    dropped = await seats.lease_of(dropping)
    assert dropped is not None
    assert dropped.dropped_at is not None
    assert (await seats.leases.claim(dropping, claims)).resumed
    assert (await seats.leases.claim(renewing, claims)).resumed


async def test_a_seat_that_another_gateway_took_is_given_up(
    seats: Seats, claims: AccessClaims
) -> None:
    session = (await seats.leases.claim(None, claims)).session
    other = Seats(seats.bus)
    await other.leases.open()
    assert (await other.leases.claim(session, claims)).resumed
    await seats.leases.renew(session)
    assert seats.taken == [session]
    assert len(seats.leases) == 0
    assert other.taken == []


async def test_a_seat_that_is_over_stays_over(seats: Seats, claims: AccessClaims) -> None:
    session = (await seats.leases.claim(None, claims)).session
    other = Seats(seats.bus)
    await other.leases.open()
    await other.leases.claim(session, claims)
    await other.leases.end(session)
    await seats.leases.write_again()
    assert await seats.lease_of(session) is None
    assert seats.taken == [session]


async def test_who_drops_while_others_are_written_again_stays_dropped(
    seats: Seats, claims: AccessClaims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.leases.AT_ONCE", 1)
    first, second = [(await seats.leases.claim(None, claims)).session for _ in range(2)]
    first_one = LongLook(monkeypatch, first)
    writing = asyncio.create_task(seats.leases.write_again())
    await first_one.begun_by(writing)
    await seats.leases.drop(second)
    first_one.end.set()
    await writing
    assert not await seats.is_live(second)
    assert await seats.is_live(first)
    assert seats.taken == []


@pytest.mark.parametrize("mend", [mends_by_writing_again, mends_by_keeping])
async def test_who_comes_back_while_other_drops_are_made_up_for_stays(
    mend: Callable[[Leases], Awaitable[None]],
    seats: Seats,
    claims: AccessClaims,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.leases.AT_ONCE", 1)
    first, second = [(await seats.leases.claim(None, claims)).session for _ in range(2)]
    with LateWrites(seats.bus).on_their_way():
        for session in (first, second):
            await seats.leases.drop(session)
    first_one = LongLook(monkeypatch, first)
    mending = asyncio.ensure_future(mend(seats.leases))
    await first_one.begun_by(mending)
    assert (await seats.leases.claim(second, claims)).resumed
    first_one.end.set()
    await mending
    assert await seats.is_live(second)
    assert not await seats.is_live(first)


async def test_who_comes_back_before_the_drop_is_written_stays(
    seats: Seats, claims: AccessClaims
) -> None:
    session = (await seats.leases.claim(None, claims)).session
    dropping = seats.leases.drop(session)
    assert (await seats.leases.claim(session, claims)).resumed
    await dropping
    assert await seats.is_live(session)
    assert len(seats.leases) == 1


async def nobody(_: Seats, __: AccessClaims) -> SessionId | None:
    return None


async def one_of_ours(seats: Seats, claims: AccessClaims) -> SessionId | None:
    session = (await seats.leases.claim(None, claims)).session
    await seats.leases.drop(session)
    return session


async def one_of_another_gateway(seats: Seats, claims: AccessClaims) -> SessionId | None:
    other = Seats(seats.bus)
    await other.leases.open()
    return (await other.leases.claim(None, claims)).session


async def refused(seats: Seats, wanted: SessionId | None, claims: AccessClaims) -> LateWrites:
    """A hello that the broker did not answer in time."""
    late = LateWrites(seats.bus)
    with late.on_their_way(), pytest.raises(Refusal) as refusal:
        await seats.leases.claim(wanted, claims)
    assert refusal.value.code is Code.UNAVAILABLE
    return late


Former = Callable[[Seats, AccessClaims], Awaitable[SessionId | None]]


@pytest.mark.parametrize("former", [nobody, one_of_ours, one_of_another_gateway])
@pytest.mark.parametrize("arrives", ["before", "during", "after"])
async def test_a_refused_hello_leaves_no_live_lease_whenever_its_write_arrives(
    former: Former,
    arrives: str,
    seats: Seats,
    claims: AccessClaims,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = await refused(seats, await former(seats, claims), claims)
    if arrives == "before":
        assert await late.arrive() == 1
    look = LongLook(monkeypatch, late.session)
    keeping = asyncio.create_task(seats.leases.keep(draining=False))
    await look.begun_by(keeping)
    if arrives == "during":
        assert await late.arrive() == 1
    look.end.set()
    await keeping
    if arrives == "after":
        assert await late.arrive() == 0
    assert not await seats.is_live(late.session)
    assert len(seats.leases) == 0
    # Nothing is owed any more: what comes next is nobody's to undo.
    assert (await seats.leases.claim(late.session, claims)).resumed
    await seats.leases.keep(draining=False)
    assert await seats.is_live(late.session)


@pytest.mark.parametrize("former", [one_of_ours, one_of_another_gateway])
async def test_who_is_refused_and_comes_back_before_it_is_made_up_for_stays(
    former: Former, seats: Seats, claims: AccessClaims
) -> None:
    session = await former(seats, claims)
    late = await refused(seats, session, claims)
    assert (await seats.leases.claim(session, claims)).resumed
    assert await late.arrive() == 0
    await seats.leases.keep(draining=False)
    assert await seats.is_live(late.session)


async def test_a_refused_hello_takes_nothing_from_the_connection_that_has_the_seat(
    seats: Seats, claims: AccessClaims
) -> None:
    session = (await seats.leases.claim(None, claims)).session
    late = await refused(seats, session, claims)
    assert await late.arrive() == 1
    await seats.leases.keep(draining=False)
    assert await seats.is_live(session)
    await seats.leases.renew(session)
    assert seats.taken == []
    assert len(seats.leases) == 1
