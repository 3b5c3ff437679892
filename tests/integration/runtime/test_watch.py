"""The mark of a watch stands behind all that was there, and ahead of all that comes later."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from contracts.streams import KEYS, ROOMS, Bucket
from runtime.bus import Bus
from runtime.settings import ProcessSettings
from runtime.watch import keys, watch

pytestmark = [pytest.mark.integration]


@pytest_asyncio.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    bus = Bus("rooms", ProcessSettings(nats_url=nats_url))
    await bus.connect()
    yield bus
    await bus.close()


async def ahead(bus: Bus, bucket: Bucket, some: str = ">") -> dict[str, bytes | None]:
    """What stands before the mark."""
    found: dict[str, bytes | None] = {}
    async with watch(bus, bucket, some) as entries:
        async for entry in entries:
            if entry is None:
                return found
            found[entry.key] = entry.value
    raise AssertionError("a watch never ends by itself")


async def test_the_mark_then_what_changes(bus: Bus):
    store = await bus.ensure_bucket(ROOMS)
    await store.put("one", b"1")
    await store.put("gone", b"1")
    last = await store.put("two", b"2")
    await store.delete("gone")
    async with watch(bus, ROOMS) as entries:
        told = [await anext(entries) for _ in range(4)]
        assert told[-1] is None
        assert {entry.key: entry.value for entry in told[:-1]} == {
            "one": b"1",
            "two": b"2",
            "gone": None,
        }
        assert {entry.revision for entry in told[:-1]} == {last - 2, last, last + 1}
        await store.put("one", b"3")
        await store.delete("two")
        changed, removed = await anext(entries), await anext(entries)
    assert (changed.key, changed.value, changed.revision) == ("one", b"3", last + 2)
    assert (removed.key, removed.value) == ("two", None)
    assert await keys(bus, ROOMS) == ["one"]


async def test_nothing_is_there(bus: Bus):
    await bus.ensure_bucket(KEYS)
    assert await keys(bus, KEYS) == []
    await (await bus.bucket(KEYS)).put("other", b"1")
    assert await ahead(bus, KEYS, "some.>") == {}


async def test_only_keys_that_match_are_waited_for(bus: Bus):
    store = await bus.ensure_bucket(ROOMS)
    await store.put("some.one", b"1")
    await store.put("other.one", b"2")
    assert await ahead(bus, ROOMS, "some.>") == {"some.one": b"1"}


async def test_what_arrives_late_stands_ahead_of_the_mark(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
):
    """The broker has sent everything; the client has received none of it when it asks."""
    store = await bus.ensure_bucket(ROOMS)
    for number in range(4):
        await store.put(f"key{number}", b"1")
    subscribe = JetStreamContext.subscribe

    async def slowly(context, *arguments, cb, **options):
        async def late(message: Msg) -> None:
            await asyncio.sleep(0.1)
            await cb(message)

        return await subscribe(context, *arguments, cb=late, **options)

    monkeypatch.setattr(JetStreamContext, "subscribe", slowly)
    assert sorted(await keys(bus, ROOMS)) == [f"key{number}" for number in range(4)]


async def test_a_marked_message_that_is_removed_is_not_waited_for(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
):
    """It was there when the mark was looked up, and expired before it could be sent."""
    store = await bus.ensure_bucket(ROOMS)
    await store.put("stays", b"1")
    await store.put("expires", b"1")
    subscribe = JetStreamContext.subscribe

    async def too_late(context, *arguments, **options):
        await bus.js.purge_stream("KV_ROOMS", subject="$KV.ROOMS.expires")
        return await subscribe(context, *arguments, **options)

    monkeypatch.setattr(JetStreamContext, "subscribe", too_late)
    assert await ahead(bus, ROOMS) == {"stays": b"1"}


async def test_a_busy_writer_neither_hides_the_others_nor_keeps_the_mark_away(bus: Bus):
    store = await bus.ensure_bucket(ROOMS)
    for number in range(20):
        await store.put(f"quiet{number}", b"1")
    stopping = asyncio.Event()

    async def write(writer: int) -> int:
        written = 0
        while not stopping.is_set():
            await store.put(f"busy{writer}", b"1")
            written += 1
        return written

    writers = [asyncio.create_task(write(writer)) for writer in range(4)]
    try:
        for _ in range(50):
            assert {f"quiet{number}" for number in range(20)} <= (await ahead(bus, ROOMS)).keys()
    finally:
        stopping.set()
        assert min(await asyncio.gather(*writers)) > 0


async def test_a_watch_that_is_over_costs_the_broker_nothing_for_long(bus: Bus):
    await bus.ensure_bucket(ROOMS)
    async with watch(bus, ROOMS):
        consumers = await bus.js.consumers_info("KV_ROOMS")
        assert [consumer.config.inactive_threshold for consumer in consumers] == [30.0]
