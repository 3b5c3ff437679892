"""Whatever is killed while people talk: what was acknowledged is everywhere, once, in one order."""

import signal
from pathlib import Path

import pytest

from contracts.rooms import JoinRoom
from tests.support.clients import CHEAP_PASSWORDS, Client, Person, register, register_many
from tests.support.crowd import crowd
from tests.support.system import RunningSystem, running_system

pytestmark = pytest.mark.faults

KILLED = ["gateway-1", "gateway-2", "chat", "rooms", "auth", "store", "nats"]


@pytest.mark.parametrize("victim", KILLED)
async def test_nothing_acknowledged_is_lost(
    system: RunningSystem, people: list[Person], victim: str
) -> None:
    async with crowd(people, system.gateways) as talkers:
        async with talkers.talking():
            await talkers.heard_out(3)
            await system.kill(victim)
            await talkers.heard_out(3)
            await system.healed(victim)
            await talkers.heard_out(3)
        await talkers.assert_nothing_lost()
        # Everything works again, not talking alone: signing up, joining, reading what was said.
        late = await register(system.url)
        async with Client(late, system.gateways) as comer:
            for room in talkers.rooms:
                await comer.insist(JoinRoom(room=room))
                said = [shown.seq for shown in await comer.history(room)]
                assert said == sorted(talkers.clients[0].views[room].entries)


async def test_a_machine_that_loses_everything_at_once_keeps_what_it_acknowledged(
    tmp_path: Path,
) -> None:
    data, options = tmp_path / "data", ("--port", "0", "--gateways", "2")
    async with running_system(data, *options, env=CHEAP_PASSWORDS) as system:
        people = await register_many(system.url, 6)
        gateways = system.gateways
        async with crowd(people, gateways, rooms=2) as talkers:
            async with talkers.talking():
                await talkers.heard_out(5)
                await system.stop(signal.SIGKILL)
                await system.assert_nothing_left()
                await system.start(*options, env=CHEAP_PASSWORDS)
                # The clients look at this very list when they come back.
                gateways[:] = system.gateways
                await talkers.heard_out(3)
            await talkers.assert_nothing_lost()
