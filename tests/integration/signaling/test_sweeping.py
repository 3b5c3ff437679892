"""The sweeper outlives its broker."""

import asyncio

import pytest

from contracts.callers import Account
from contracts.ids import GatewayId, RoomId
from contracts.presence import SESSION_GRACE_SECONDS, GatewayLease, SessionLease
from contracts.rooms import MemberView, Role
from contracts.signaling import GetRoster, JoinCall, ParticipantLeft
from contracts.streams import LEASES, MEMBERS
from runtime.bus import Bus
from runtime.codec import encode
from runtime.ids import new_id, now_ms
from runtime.process import Process
from runtime.settings import ProcessSettings
from services.signaling import sweeper
from services.signaling.app import start
from services.signaling.settings import SignalingSettings
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


async def test_a_broker_that_dies_between_two_sweeps_ends_neither_the_sweeping_nor_a_seat(
    fresh_nats: FreshNats, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    late_by = 0
    monkeypatch.setattr(sweeper, "now_ms", lambda: now_ms() + late_by)
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
        heard = await asker.hear_room(room)
        # Leases live in memory: the bucket went with the broker, and the gateway makes it again.
        await lease(bus, stays)
        left = await wait_until(lambda: heard.of(ParticipantLeft), 30)
        assert [(event.session, event.why) for event in left] == [(goes.session, "lost")]
        roster = (await asker.ask(stays, GetRoster(room=room))).roster
        assert [p.session for p in roster.participants] == [stays.session]
        assert not process.failed.done()
    await asyncio.wait_for(bus.close(), 10)
