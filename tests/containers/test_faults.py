"""Whatever happens to the broker's container, nothing acknowledged is lost."""

import pytest

from contracts.chat import PostMessage
from contracts.errors import Refusal
from contracts.ids import ClientId, RoomId
from runtime.ids import new_id
from stack.gateway_socket import Gone
from tests.containers.broker import Broker
from tests.support.clients import Client, Person
from tests.support.crowd import crowd
from tests.support.system import RunningSystem
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults


async def is_mute(client: Client, room: RoomId) -> bool:
    """Whether a post of somebody's is not acknowledged now."""
    post = PostMessage(room=room, client_id=ClientId(new_id()), text="Can you hear me?")
    try:
        await client.ask(post, timeout=2)
    except (Gone, TimeoutError, Refusal):
        return True
    return False


@pytest.mark.parametrize("fault", ["paused", "killed", "cut off"])
async def test_nothing_acknowledged_is_lost(
    broker: Broker, system: RunningSystem, people: list[Person], fault: str
) -> None:
    async with crowd(people, system.gateways, rooms=2) as talkers:
        async with talkers.talking():
            await talkers.heard_out(3)
            await broker.begin(fault)
            try:
                witness = talkers.clients[0]
                await wait_until(lambda: is_mute(witness, talkers.rooms[0]), 20, missing="a fault")
            finally:
                await broker.end(fault)
            await talkers.heard_out(3)
        await talkers.assert_nothing_lost()
