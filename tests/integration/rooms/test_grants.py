"""The service lives within what the broker grants it."""

import pytest

from contracts import subjects
from contracts.presence import GetPresence, PresenceChanged, UserCameOnline
from contracts.rooms import CreateRoom, DeleteRoom, JoinRoom, LeaveRoom, RoomEnded
from contracts.streams import EVENTS
from runtime import metrics
from runtime.bus import Bus
from runtime.process import Process
from runtime.settings import ProcessSettings
from services.rooms.app import start
from services.rooms.rebuild import Rebuilt, rebuild
from services.rooms.settings import Settings
from stack.nats import quoted
from stack.permissions import USERS, authorization
from tests.support.asking import Asker, account
from tests.support.gateways import LeasedGateway
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob = account(), account()


def errors() -> float:
    """What the bus has complained of in this process so far; a denied publish is among it."""
    (family,) = metrics.BUS_ERRORS.collect()
    return sum(s.value for s in family.samples if s.name.endswith("_total"))


async def test_everything_it_does_is_granted(
    fresh_nats, mongodb_url: str, mongodb_database: str
) -> None:
    words = {user: f"secret-of-{user}" for user in USERS}
    server = await fresh_nats(authorization({user: quoted(w) for user, w in words.items()}))

    def login(user: str) -> dict[str, str]:
        return {"NATS_URL": server.url, "NATS_USER": user, "NATS_PASSWORD": words[user]}

    auth, gate = (Bus(user, ProcessSettings(**login(user))) for user in ("auth", "gateway"))
    await auth.connect()
    await gate.connect()
    await auth.ensure_stream(EVENTS)
    gateway, asker = LeasedGateway(gate), Asker(gate)
    before = errors()
    settings = Settings(
        **login("rooms"), MONGODB_URL=mongodb_url, MONGODB_DATABASE=mongodb_database
    )
    await gateway.open()
    await gateway.beat(60)
    async with Process("rooms", settings) as first, Process("rooms", settings) as second:
        await start(first)
        await start(second)
        room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
        told = await asker.hear_room(room)
        await asker.ask(bob, JoinRoom(room=room))
        for _ in range(6):
            await asker.ask(ann, GetPresence(room=room))
        await gateway.seat(ann.user)
        await wait_until(lambda: [ann.user] in [c.joined for c in told.of(PresenceChanged)])
        await asker.ask(bob, LeaveRoom(room=room))
        await asker.ask(ann, DeleteRoom(room=room))
        assert await rebuild(settings) == Rebuilt(rooms=0, memberships=0)

        await wait_until(lambda: _stored(auth))
    assert errors() == before
    await gate.close()
    await auth.close()


async def _stored(bus: Bus) -> bool:
    """Whether the facts of the coming and of the room's end are kept."""
    for fact in (UserCameOnline, RoomEnded):
        try:
            await bus.js.get_last_msg(EVENTS.name, subjects.event(fact))
        except Exception:  # not yet
            return False
    return True
