"""The broker dies and comes back: what was decided is carried out, and nobody was ever gone."""

from collections.abc import AsyncIterator

import pytest

from contracts import subjects
from contracts.errors import Refusal
from contracts.presence import GetPresence, UserCameOnline, UserWentOffline
from contracts.rooms import CreateRoom, JoinRoom, ListMembers, MemberView
from contracts.streams import EVENTS, MEMBERS
from runtime.bus import Bus
from runtime.codec import decode_as
from runtime.process import Process
from runtime.settings import ProcessSettings
from services.rooms.app import start
from services.rooms.settings import Settings
from stack.nats import NatsServer
from tests.integration.rooms.test_crashes import decided_join
from tests.support.asking import Asker, account
from tests.support.gateways import LeasedGateway
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob = account(), account()


@pytest.fixture
async def broker(fresh_nats) -> NatsServer:
    return await fresh_nats()


@pytest.fixture
async def far_asker(broker: NatsServer) -> AsyncIterator[Asker]:
    bus = Bus("gateway", ProcessSettings(NATS_URL=broker.url))
    await bus.connect()
    await bus.ensure_stream(EVENTS)
    yield Asker(bus)
    await bus.close()


@pytest.fixture
async def served(
    far_asker: Asker, broker: NatsServer, mongodb_url: str, mongodb_database: str
) -> AsyncIterator[Process]:
    settings = Settings(
        NATS_URL=broker.url, MONGODB_URL=mongodb_url, MONGODB_DATABASE=mongodb_database
    )
    async with Process("rooms", settings) as process:
        await start(process)
        yield process


async def test_a_change_decided_while_the_broker_was_away_is_carried_out_after(
    far_asker: Asker, broker: NatsServer, served: Process
) -> None:
    room = (await far_asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await broker.kill()
    await decided_join(room, bob.user)
    await broker.start()

    async def shown() -> bool:
        try:
            members = await far_asker.bus.bucket(MEMBERS)
            entry = await members.get(f"{room}.{bob.user}")
        except Exception:  # the server is still starting, or the change is not carried out yet
            return False
        return decode_as(MemberView, entry.value).role is not None

    await wait_until(shown, 30)
    assert len((await far_asker.ask(ann, ListMembers(room=room))).members) == 2
    assert (await far_asker.ask(account(), JoinRoom(room=room))).info.members == 3


async def test_people_whose_gateway_comes_back_with_the_broker_were_never_gone(
    far_asker: Asker, broker: NatsServer, served: Process
) -> None:
    """The leases were in the broker's memory; the gateway writes them again."""
    gateway = LeasedGateway(far_asker.bus)
    await gateway.open()
    await gateway.beat(120)
    room = (await far_asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    recorded = await far_asker.hear(subjects.event(UserCameOnline), subjects.event(UserWentOffline))
    session, other = await gateway.seat(ann.user), await gateway.seat(bob.user)
    await wait_until(lambda: len(recorded.of(UserCameOnline)) == 2)
    await broker.kill()
    await broker.start()

    async def written_again() -> bool:
        try:
            await gateway.open()
            await gateway.beat(120)
            await gateway.seat(ann.user, session)
        except Exception:  # the server is still starting
            return False
        return True

    await wait_until(written_again, 20)
    # Bob's connection was lost with the outage: his lease does not come back.
    await wait_until(lambda: recorded.of(UserWentOffline), 20)
    assert [fact.user for fact in recorded.of(UserWentOffline)] == [bob.user]
    assert len(recorded.of(UserCameOnline)) == 2
    assert other != session

    async def answered() -> bool:
        try:
            return (await far_asker.ask(ann, GetPresence(room=room))).users == [ann.user]
        except Refusal:
            return False

    await wait_until(answered, 15)
