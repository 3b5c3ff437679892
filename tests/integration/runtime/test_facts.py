"""Facts reach whoever follows them: in order, at least once, also late."""

import asyncio

import pytest

from contracts.auth import AccountDeleted
from contracts.base import Fact
from contracts.ids import RoomId, UserId
from contracts.rooms import RoomEnded
from contracts.streams import EVENTS
from runtime.bus import Bus
from runtime.facts import Follower
from runtime.ids import new_id
from runtime.settings import ProcessSettings
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration]


async def opened(url: str) -> Bus:
    bus = Bus("rooms", ProcessSettings(nats_url=url))
    await bus.connect()
    await bus.ensure_stream(EVENTS)
    return bus


def deleted(at: int) -> AccountDeleted:
    return AccountDeleted(user=UserId(new_id()), at=at)


async def test_what_was_said_before_is_heard_and_repeats_are_stored_once(nats_url: str):
    bus = await opened(nats_url)
    heard: list[int] = []

    async def hear(fact: AccountDeleted) -> None:
        heard.append(fact.at)

    for at in range(1, 6):
        await bus.record(deleted(at), f"key-{at}")
        await bus.record(deleted(at), f"key-{at}")
    await bus.record(RoomEnded(room=RoomId(new_id()), at=1), "other")
    task = asyncio.create_task(Follower(bus, "rooms-facts", {AccountDeleted: hear}).run())
    await wait_until(lambda: len(heard) == 5)
    await bus.record(deleted(6), "key-6")
    await wait_until(lambda: len(heard) == 6)
    assert heard == [1, 2, 3, 4, 5, 6]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await bus.close()


async def test_a_handler_that_fails_is_asked_again(nats_url: str):
    bus = await opened(nats_url)
    tries: list[Fact] = []

    async def stumbles(fact: Fact) -> None:
        tries.append(fact)
        if len(tries) == 1:
            raise ZeroDivisionError

    task = asyncio.create_task(Follower(bus, "rooms-facts", {AccountDeleted: stumbles}).run())
    await bus.record(deleted(1), "key-1")
    await wait_until(lambda: len(tries) == 2)
    assert tries[0] == tries[1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await bus.close()


async def test_following_goes_on_after_the_broker_was_killed(fresh_nats):
    server = await fresh_nats()
    bus = await opened(server.url)
    heard: list[int] = []

    async def hear(fact: AccountDeleted) -> None:
        heard.append(fact.at)

    task = asyncio.create_task(Follower(bus, "rooms-facts", {AccountDeleted: hear}).run())
    await bus.record(deleted(1), "key-1")
    await wait_until(lambda: heard == [1])
    await server.kill()
    await server.start()

    async def recorded() -> bool:
        try:
            await bus.record(deleted(2), "key-2")
        except Exception:  # the stream is still being recovered
            return False
        return True

    await wait_until(recorded, 15)
    await wait_until(lambda: heard == [1, 2], 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await bus.close()
