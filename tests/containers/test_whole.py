"""The whole system on servers that are not its own: to post, to read back, to come back."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from testcontainers.community.mongodb import MongoDbContainer

from contracts.chat import DeleteMessage, EditMessage, React
from contracts.ids import ClientId
from contracts.rooms import CreateRoom, JoinRoom
from runtime.ids import new_id
from tests.containers.broker import Broker
from tests.support.clients import CHEAP_PASSWORDS, Client, register
from tests.support.system import running_system
from tests.support.tiers import MONGODB_IMAGE
from tests.support.waiting import wait_until


@pytest.fixture(params=["embedded", pytest.param("mongodb", marks=pytest.mark.mongodb)])
def store(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment that names a store: none for the embedded one, or MongoDB's."""
    with ExitStack() as running:
        if request.param == "embedded":
            yield {}
            return
        container = running.enter_context(MongoDbContainer(MONGODB_IMAGE))
        yield {"MONGODB_URL": container.get_connection_url()}


def deed() -> ClientId:
    return ClientId(new_id())


async def test_what_was_said_is_there_for_who_comes_back(
    broker: Broker, store: dict[str, str], tmp_path: Path
) -> None:
    env = {**CHEAP_PASSWORDS, **store, "NATS_URL": broker.url}
    options = ("--port", "0", "--gateways", "2")
    async with running_system(tmp_path / "data", *options, env=env) as system:
        assert system.ready["nats"] == broker.url
        ann, bob = await register(system.url), await register(system.url)
        async with Client(ann, system.gateways) as hers, Client(bob, system.gateways) as his:
            room = (await hers.ask(CreateRoom(name="Kitchen"))).info.room
            await his.ask(JoinRoom(room=room))
            for client in (hers, his):
                await client.follow(room)
            first = await hers.say(room, "Tea?")
            second = await his.say(room, "Yes.")
            await his.drop(then=1)
            assert his.resumed == [False, True]
            await hers.ask(
                EditMessage(room=room, client_id=deed(), target=first.seq, text="Tea or coffee?")
            )
            await hers.ask(React(room=room, client_id=deed(), target=second.seq, emoji="🍵"))
            third = await his.say(room, "Never mind.")
            await his.ask(DeleteMessage(room=room, client_id=deed(), target=third.seq))
            for client in (hers, his):
                view = client.views[room]
                await wait_until(lambda view=view: view.head == 6, missing=lambda v=view: v.head)
                view.assert_sound()
            history = await his.history(room)
            assert [(shown.text, shown.deleted) for shown in history] == [
                ("Tea or coffee?", False),
                ("Yes.", False),
                ("", True),
            ]
            assert [(mark.emoji, mark.users) for mark in history[1].reactions] == [
                ("🍵", [ann.user])
            ]
