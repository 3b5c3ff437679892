"""Logs written before there were partitions are moved to where they belong, none left behind."""

import asyncio
from typing import Any

import pytest
from nats.js.api import StreamConfig

from contracts import subjects
from contracts.ids import RoomId
from contracts.streams import TIMELINES, UNPARTITIONED, timeline_of
from runtime.bus import Bus
from runtime.ids import new_id
from tests.integration.chat.conftest import StartChat
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice, until_indexed
from tests.support.asking import Asker

pytestmark = pytest.mark.chat


async def log_of(bus: Bus, room: RoomId) -> list[bytes]:
    """Every entry of a room as it is stored, in order."""
    stream = timeline_of(room).name
    state = (await bus.js.stream_info(stream)).state
    found: list[bytes] = []
    for place in range(state.first_seq, state.last_seq + 1):
        message = await bus.js.get_msg(stream, place)
        if message.subject == subjects.log(room):
            found.append(message.data or b"")
    return found


def test_rooms_are_spread_evenly_over_the_partitions() -> None:
    counts = [0] * len(TIMELINES)
    for _ in range(2_000):
        counts[subjects.partition(RoomId(new_id()))] += 1
    assert min(counts) > 400


def test_where_a_room_lies_never_changes() -> None:
    rooms = [RoomId(f"01jd000000000000000000000{end}") for end in range(10)]
    assert [subjects.partition(room) for room in rooms] == [2, 0, 2, 0, 3, 1, 3, 1, 0, 2]


async def test_the_logs_of_before_are_moved_whole_and_talk_goes_on(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    (ann,) = people(1)
    bus = asker.bus
    rooms = [await directory.room(ann) for _ in range(6)]
    before = await start_chat()
    voices = [Voice(asker, ann, room) for room in rooms]
    for number in range(1, 13):
        for voice in voices:
            seq = await voice.says(f"{number}")
            if number % 3 == 0:
                await voice.does(voice.editing(seq, f"{number}, better"))
    pages = [await voice.sees() for voice in voices]
    for room in rooms:
        await until_indexed(database, room, 16)
    await before.stop()

    whole = {room: await log_of(bus, room) for room in rooms}
    await put_back(bus, database, whole)
    # One who moved some of it was cut off.
    for data in whole[rooms[0]][:7]:
        await bus.js.publish(subjects.log(rooms[0]), data)

    await asyncio.gather(start_chat(), start_chat())

    assert (await bus.js.stream_info(UNPARTITIONED)).state.messages == 0
    assert {room: await log_of(bus, room) for room in rooms} == whole
    assert [await voice.sees() for voice in voices] == pages
    for voice in voices:
        assert await voice.says("and on") == 17
        assert len(await voice.entries()) == 17
        assert (await voice.since(3)).recovered


async def put_back(bus: Bus, database: Any, whole: dict[RoomId, list[bytes]]) -> None:
    """One stream of all rooms, their entries mixed, and cursors that point there."""
    await bus.js.add_stream(StreamConfig(name=UNPARTITIONED, subjects=["log.room.*"]))
    for mixed in zip(*whole.values(), strict=True):
        for room, data in zip(whole, mixed, strict=True):
            place = (await bus.js.publish(f"log.room.{room}", data)).seq
            await database["chat_cursors"].update_one({"_id": room}, {"$set": {"position": place}})
    for stream in TIMELINES:
        await bus.js.purge_stream(stream.name)
