"""A mirrored bucket is true, also after what happened while nobody was looking."""

import asyncio

import pytest

from contracts.ids import UserId
from contracts.rooms import RoomView
from contracts.streams import KEYS, LEASES, ROOMS
from runtime.bus import Bus
from runtime.codec import encode
from runtime.ids import new_id
from runtime.readmodel import ReadModel
from runtime.settings import ProcessSettings
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration]


def view(revision: int) -> RoomView:
    return RoomView(
        name="a", private=False, slow_mode=0, owner=UserId(new_id()), members=1, revision=revision
    )


async def opened(url: str, name: str = "rooms") -> Bus:
    bus = Bus(name, ProcessSettings(nats_url=url))
    await bus.connect()
    return bus


async def test_it_begins_whole_and_follows(nats_url: str):
    bus = await opened(nats_url)
    store = await bus.ensure_bucket(ROOMS)
    await store.put("one", encode(view(1)))
    await store.put("gone", encode(view(1)))
    await store.delete("gone")
    heard: list[tuple[str, int | None]] = []
    model = ReadModel(
        bus, ROOMS, RoomView, on_change=lambda k, v, _: heard.append((k, v and v.revision))
    )
    await model.start()
    assert [key for key, _ in model.items()] == ["one"]
    assert heard == [("one", 1)]

    await store.put("two", encode(view(2)))
    await store.put("one", encode(view(3)))
    await store.delete("two")
    await wait_until(lambda: len(heard) == 4)
    assert heard[1:] == [("two", 2), ("one", 3), ("two", None)]
    assert model.get("one").revision == 3
    assert model.get("two") is None
    await model.stop()
    await bus.close()


async def test_an_empty_bucket_is_whole_at_once(nats_url: str):
    bus = await opened(nats_url)
    await bus.ensure_bucket(KEYS)
    model = ReadModel(bus, KEYS, RoomView)
    await model.start()
    assert len(model) == 0
    await model.stop()
    await bus.close()


async def test_fetch_sees_what_the_watch_has_not_heard_of(nats_url: str):
    bus = await opened(nats_url)
    store = await bus.ensure_bucket(ROOMS)
    heard: list[tuple[str, bool]] = []
    model = ReadModel(
        bus, ROOMS, RoomView, on_change=lambda k, v, _: heard.append((k, v is not None))
    )
    await model.start()
    await store.put("new", encode(view(7)))
    found = await model.fetch("new")
    assert found is not None
    assert found.revision == 7
    assert model.get("new") == found
    assert await model.fetch("never") is None
    await store.delete("new")
    assert await model.fetch("new") is None
    await wait_until(lambda: model.get("new") is None)
    # Told by whoever saw it first, and once.
    assert heard == [("new", True), ("new", False)]
    await model.stop()
    await bus.close()


async def test_a_killed_broker_costs_no_change(fresh_nats):
    server = await fresh_nats()
    bus = await opened(server.url)
    writer = await opened(server.url)
    store = await writer.ensure_bucket(ROOMS)
    await store.put("stays", encode(view(1)))
    await store.put("goes", encode(view(1)))
    gone: list[str] = []
    model = ReadModel(
        bus, ROOMS, RoomView, on_change=lambda k, v, _: gone.append(k) if v is None else None
    )
    await model.start()
    await server.kill()
    await server.start()
    await wait_until(lambda: writer.connected, 10)

    async def written() -> bool:
        try:
            await store.put("stays", encode(view(2)))
            await store.delete("goes")
        except Exception:  # the stream is still being recovered
            return False
        return True

    await wait_until(written, 15)
    await wait_until(lambda: model.get("stays") and model.get("stays").revision == 2, 15)
    await wait_until(lambda: model.get("goes") is None, 15)
    assert gone == ["goes"]
    await model.stop()
    await bus.close()
    await writer.close()


async def test_a_bucket_in_memory_begins_anew_with_its_server(fresh_nats):
    """Its revisions count from 1 again; what its writer has not brought back was missed."""
    server = await fresh_nats()
    bus, writer = await opened(server.url), await opened(server.url, "gateway")
    store = await writer.ensure_bucket(LEASES)
    for revision in range(1, 6):
        await store.put("one", encode(view(revision)))
    await store.put("two", encode(view(1)))
    missed: list[str] = []
    gone: list[str] = []
    model = ReadModel(
        bus,
        LEASES,
        RoomView,
        on_change=lambda k, v, _: gone.append(k) if v is None else None,
        on_missed=missed.append,
    )
    await model.start()
    await server.kill()
    await server.start()
    await wait_until(lambda: writer.connected, 10)

    async def written() -> bool:
        try:
            again = await writer.ensure_bucket(LEASES)
            await again.put("one", encode(view(9)))
        except Exception:  # the server is still starting
            return False
        return True

    await wait_until(written, 15)
    await wait_until(lambda: model.get("one") and model.get("one").revision == 9, 15)
    await wait_until(lambda: missed == ["two"], 15)
    assert gone == []
    await (await writer.bucket(LEASES)).delete("one")
    await wait_until(lambda: gone == ["one"])
    await model.stop()
    await bus.close()
    await writer.close()


async def test_what_is_written_as_a_watch_begins_is_not_taken_for_gone(nats_url: str):
    """Its old message is not there to be sent any more, and its new one stands behind the mark."""
    bus, writer = await opened(nats_url), await opened(nats_url)
    store = await writer.ensure_bucket(ROOMS)
    gone: list[str] = []
    model = ReadModel(bus, ROOMS, RoomView, on_change=lambda k, v, _: v is None and gone.append(k))
    stopping = asyncio.Event()

    async def write(number: int) -> None:
        revision = 0
        while not stopping.is_set():
            revision += 1
            await store.put(f"key{number}.{revision % 20}", encode(view(revision)))

    writers = [asyncio.create_task(write(number)) for number in range(4)]
    await model.start()
    await wait_until(lambda: len(model) == 80)
    marks: list[int] = []
    forget = model._forget_all_but

    async def counted(seen: set[str]) -> None:
        marks.append(len(seen))
        await forget(seen)

    model._forget_all_but = counted
    for rounds in range(1, 51):
        await model._rewatch()
        await wait_until(lambda rounds=rounds: len(marks) == rounds)
    stopping.set()
    await asyncio.gather(*writers)
    assert gone == []
    assert len(model) == 80
    await model.stop()
    await bus.close()
    await writer.close()
