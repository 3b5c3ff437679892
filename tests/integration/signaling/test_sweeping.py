"""The sweeper outlives its broker."""

import asyncio
from dataclasses import dataclass, field

import pytest
from nats.errors import Error as NatsError

from contracts.callers import Account
from contracts.errors import Refusal
from contracts.ids import GatewayId, RoomId, SessionId
from contracts.presence import SESSION_GRACE_SECONDS, GatewayLease, SessionLease
from contracts.rooms import MemberView, Role
from contracts.signaling import CallView, GetRoster, JoinCall
from contracts.streams import LEASES, MEMBERS
from runtime.bus import Bus
from runtime.codec import encode
from runtime.ids import new_id, now_ms
from runtime.process import Process
from runtime.settings import ProcessSettings
from services.signaling import sweeper
from services.signaling.app import start
from services.signaling.settings import SignalingSettings
from services.signaling.sweeper import Sweeper
from tests.support.asking import Asker, account
from tests.support.servers import FreshNats
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.calls]

GATEWAY = GatewayId(new_id())
LONG_MS = (SESSION_GRACE_SECONDS + 6) * 1000
"""Past the grace of a session that its gateway has dropped."""


async def lease(bus: Bus, *people: Account, dropped_at: int | None = None) -> None:
    """Has the gateway tell that it lives, and that it holds these people's sessions."""
    leases = await bus.ensure_bucket(LEASES)
    await leases.put(f"gateway.{GATEWAY}", encode(GatewayLease(since=0, sessions=1)))
    for person in people:
        held = SessionLease(
            user=person.user,
            device=person.device,
            gateway=GATEWAY,
            since=0,
            dropped_at=dropped_at,
        )
        await leases.put(f"session.{person.session}", encode(held))


@dataclass
class Known:
    """What has come to the sweeper's ears."""

    dropped: set[str] = field(default_factory=set)
    swept: list[set[str]] = field(default_factory=list)


def what_the_sweeper_knows(monkeypatch: pytest.MonkeyPatch) -> Known:
    """Listens in on the sweeper: on the leases it follows, and on whom it looks at."""
    known = Known()
    hear, sweep = Sweeper._session, Sweeper.sweep

    def heard(self: Sweeper, key: str, held: SessionLease | None, revision: int) -> None:
        hear(self, key, held, revision)
        if held is not None and held.dropped_at is not None:
            known.dropped.add(key.removeprefix("session."))

    async def swept(self: Sweeper, room: RoomId, view: CallView, now: int) -> None:
        known.swept.append({participant.session for participant in view.participants})
        await sweep(self, room, view, now)

    monkeypatch.setattr(Sweeper, "_session", heard)
    monkeypatch.setattr(Sweeper, "sweep", swept)
    return known


async def test_a_broker_that_dies_between_two_sweeps_ends_neither_the_sweeping_nor_a_seat(
    fresh_nats: FreshNats, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    late_by = 0
    monkeypatch.setattr(sweeper, "now_ms", lambda: now_ms() + late_by)
    known = what_the_sweeper_knows(monkeypatch)
    nats = await fresh_nats()
    bus = Bus("gateway", ProcessSettings(NATS_URL=nats.url))
    await bus.connect()
    asker, room = Asker(bus), RoomId(new_id())
    stays, goes = account(session=new_id()), account(session=new_id())
    members = await bus.ensure_bucket(MEMBERS)
    view = MemberView(role=Role.MEMBER, muted_until=0, banned=False, revision=1)
    for person in (stays, goes):
        await members.put(f"{room}.{person.user}", encode(view))
    await lease(bus, stays, goes)

    settings = SignalingSettings(nats_url=nats.url)
    async with Process("signaling", settings) as process:
        await start(process, settings)
        for person in (stays, goes):
            await asker.ask(person, JoinCall(room=room))
        await lease(bus, goes, dropped_at=now_ms())
        # What it has not heard by then it would not miss.
        await wait_until(lambda: known.dropped == {goes.session})
        await wait_until(lambda: known.swept[-1:] == [{stays.session, goes.session}])
        await nats.kill()
        # The grace is over while nobody can be told: the sweep fails, and is done again.
        late_by = LONG_MS
        said: list[str] = []

        def failed() -> bool:
            said.append(capsys.readouterr().out)
            return "call.sweep_failed" in "".join(said)

        await wait_until(failed, 30)
        await nats.start()
        await wait_until(lambda: bus.connected, 30)
        # Leases live in memory: the bucket went with the broker, and the gateway makes it again.
        await lease(bus, stays)

        async def there() -> list[SessionId]:
            try:
                roster = (await asker.ask(stays, GetRoster(room=room))).roster
            except (NatsError, Refusal) as error:
                raise AssertionError("signaling is not back yet") from error
            return [participant.session for participant in roster.participants]

        async def gone() -> bool:
            return await there() == [stays.session]

        await wait_until(gone, 30)
        assert not process.failed.done()
    await asyncio.wait_for(bus.close(), 10)
