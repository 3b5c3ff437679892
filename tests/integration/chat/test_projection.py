"""The index is the log, however often and by whomever it is projected."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from pymongo import WriteConcern

from contracts import subjects
from contracts.chat import MessagePosted, ReadHistory
from contracts.errors import Code
from contracts.ids import ClientId, RoomId
from contracts.rooms import RoomEnded
from contracts.streams import timeline_of
from runtime import mongo
from runtime.ids import new_id
from runtime.process import Process
from services.chat.backlog import Backlog
from services.chat.documents import DOCUMENTS
from services.chat.domain.tail import Kept, Tail
from services.chat.index import Index
from services.chat.journal import Journal
from services.chat.projection import Projection
from services.chat.reproject import Rebuild, Rebuilt, rebuild
from services.chat.settings import ChatSettings
from services.chat.store import Store
from services.chat.timeline import Timeline
from tests.integration.chat.conftest import Replica, StartChat
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice, texts, until_indexed
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


@dataclass
class Bench:
    """A projection of one's own, without a service around it."""

    journal: Journal
    store: Store
    projection: Projection
    process: Process
    settings: ChatSettings

    async def entries(self, room: RoomId) -> list[Kept]:
        return await self.journal.after(room, 0, 1000)

    async def rebuilt(self) -> list[Rebuilt]:
        rebuilding = Rebuild(self.journal, self.store, self.projection)
        return [done async for done in rebuilding.run()]


@asynccontextmanager
async def bench_of(settings: ChatSettings) -> AsyncIterator[Bench]:
    async with Process("chat", settings, serves=False) as process:
        client, database = await mongo.connect(settings, DOCUMENTS)
        process.exit.callback(client.close)
        journal = Journal(process.bus)
        await journal.start()
        process.exit.push_async_callback(journal.stop)
        store = Store(database)
        yield Bench(journal, store, Projection(store, journal), process, settings)


async def index_of(database: Any) -> dict[str, Any]:
    """Everything in the index, but how often it was rebuilt."""
    found: dict[str, Any] = {}
    for name in ("chat_messages", "chat_deeds", "chat_cursors"):
        documents = await database[name].find({}).to_list(None)
        for document in documents:
            document.pop("epoch", None)
        found[name] = sorted(documents, key=lambda document: document["_id"])
    return found


async def lively(asker: Asker, directory: Directory) -> tuple[RoomId, int]:
    """A room in which everything has happened, and its last seq."""
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice, other = Voice(asker, ann, room), Voice(asker, bob, room)
    seq = None
    for number in range(1, 21):
        seq = await voice.says(f"{number} <@{bob.user}>", reply_to=seq)
        await other.does(other.reacting(seq, "👍"))
        if number % 3 == 0:
            await voice.does(voice.editing(seq, f"{number}, better"))
        if number % 4 == 0:
            await other.does(other.unreacting(seq, "👍"))
        if number % 5 == 0:
            await voice.does(voice.deleting(seq))
    return room, (await voice.since(0)).head


async def test_a_rebuilt_index_equals_the_former_one(
    asker: Asker, directory: Directory, chat: Replica, database: Any
) -> None:
    rooms = [await lively(asker, directory) for _ in range(3)]
    for room, last in rooms:
        await until_indexed(database, room, last)
    before = await index_of(database)
    # Something that the log knows nothing of, and something that went astray.
    stray = {"seq": 3, "position": 3, "digest": "", "epoch": 0, "held": False, "ended": False}
    await database["chat_cursors"].insert_one({"_id": new_id(), **stray})
    await database["chat_messages"].delete_many({"room": rooms[0][0]})
    await database["chat_messages"].update_many({"room": rooms[1][0]}, {"$set": {"text": "?"}})
    told: list[str] = []
    async with Process("chat", chat.settings, serves=False) as process:
        assert await rebuild(process, chat.settings, told.append)
    assert await index_of(database) == before
    entries = sum(last for _, last in rooms)
    assert told == [f"3 rooms with {entries} entries rebuilt; 0 with a broken chain\n"]


async def test_rebuilding_while_people_talk_loses_nothing(
    asker: Asker, directory: Directory, chat: Replica, database: Any
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    enough = asyncio.Event()
    said: list[str] = []

    async def talk() -> None:
        while not enough.is_set():
            said.append(f"{len(said)}")
            await voice.says(said[-1])

    talking = asyncio.ensure_future(talk())
    async with bench_of(chat.settings) as bench:
        for _ in range(4):
            was = len(said)
            await wait_until(lambda was=was: len(said) > was + 20)
            (done,) = await bench.rebuilt()
            assert done.broken == ""
    enough.set()
    await talking
    await until_indexed(database, voice.room, len(said))
    found = await database["chat_messages"].find({}).sort("seq", 1).to_list(None)
    assert [document["text"] for document in found] == said


async def test_a_lost_or_altered_entry_shows(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    replica = await start_chat()
    (ann,) = people(1)
    lost, altered, whole = [Voice(asker, ann, await directory.room(ann)) for _ in range(3)]
    for voice in (lost, altered, whole):
        for number in range(1, 6):
            await voice.says(f"{number}")
    await replica.stop()
    async with bench_of(replica.settings) as bench:
        gone = (await bench.entries(lost.room))[2]
        await asker.bus.js.delete_msg(timeline_of(lost.room).name, gone.position)
        kept = await bench.entries(altered.room)
        await bench.journal.purge(altered.room)
        for number, entry in enumerate(kept):
            data = entry.data.replace(b'"text":"3"', b'"text":"9"') if number == 2 else entry.data
            await asker.bus.js.publish(subjects.log(altered.room), data)
        broken = {done.room: done.broken for done in await bench.rebuilt()}
    assert broken == {
        lost.room: "entry 3 is missing: 4 follows 2",
        altered.room: "entry 4 does not follow from what is stored as 3",
        whole.room: "",
    }


async def test_any_split_and_repetition_gives_the_same_index(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    replica = await start_chat()
    room, last = await lively(asker, directory)
    await until_indexed(database, room, last)
    await replica.stop()
    before = await index_of(database)
    async with bench_of(replica.settings) as bench:
        kept = await bench.entries(room)
        splits = (
            [kept],
            [[one] for one in kept],
            [kept[:7], kept[3:20], kept[:9], kept[20:], kept],
            # Beginning in the middle: what lies before is read from the log.
            [kept[30:], kept[:10]],
        )
        for batches in splits:
            await bench.projection.clear(room)
            await database["chat_cursors"].delete_many({})
            for batch in batches:
                await bench.projection.project({room: batch})
            assert await index_of(database) == before


async def test_two_projectors_at_once_do_the_work_of_one(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    replica = await start_chat()
    room, last = await lively(asker, directory)
    await until_indexed(database, room, last)
    await replica.stop()
    before = await index_of(database)
    async with bench_of(replica.settings) as one, bench_of(replica.settings) as two:
        kept = await one.entries(room)
        await one.projection.clear(room)
        await database["chat_cursors"].delete_many({})

        async def project(bench: Bench, step: int) -> None:
            for begin in range(0, len(kept), step):
                await bench.projection.project({room: kept[begin : begin + step]})

        await asyncio.gather(project(one, 3), project(two, 5), project(one, 7))
        assert await index_of(database) == before


async def test_a_projector_that_dies_halfway_is_taken_over(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    replica = await start_chat()
    room, last = await lively(asker, directory)
    await until_indexed(database, room, last)
    await replica.stop()
    before = await index_of(database)
    async with bench_of(replica.settings) as bench:
        kept = await bench.entries(room)
        for step in range(1, 12):
            await bench.projection.clear(room)
            await database["chat_cursors"].delete_many({})
            call, calls = bench.store.call, 0

            async def die_at_step(*work: Any, call: Any = call, step: int = step) -> Any:
                nonlocal calls
                calls += 1
                if calls == step:
                    raise asyncio.CancelledError
                return await call(*work)

            bench.store.call = die_at_step
            dying = asyncio.ensure_future(bench.projection.project({room: kept}))
            await asyncio.wait({dying})
            bench.store.call = call
            await bench.projection.project({room: kept})
            assert await index_of(database) == before
        assert calls > 2


async def test_what_was_left_undone_is_found_at_the_start(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    """As after a kill, in rooms where nobody says anything again."""
    replica = await start_chat()
    (ann,) = people(1)
    voices = [Voice(asker, ann, await directory.room(ann)) for _ in range(10)]
    await asyncio.gather(*(voice.says("once") for voice in voices))
    await replica.stop()
    for name in ("chat_messages", "chat_cursors"):
        await database[name].delete_many({})
    # Its next look is an hour away: the one at the start has to find them.
    await start_chat(chat_audit_seconds=3600)
    for voice in voices:
        await until_indexed(database, voice.room, 1)


async def test_what_a_dead_replica_appended_is_projected_by_another(
    asker: Asker, directory: Directory, chat: Replica, database: Any
) -> None:
    (ann,) = people(1)
    room = await directory.room(ann)
    async with bench_of(chat.settings) as dying:
        index, backlog = Index(dying.store), Backlog()
        timeline = Timeline(room, dying.journal, index, backlog)

        async def compose(tail: Tail) -> MessagePosted:
            return MessagePosted(
                room=room,
                seq=tail.head.seq + 1,
                at=tail.head.at + 1,
                author=ann.user,
                client_id=ClientId(f"client-{tail.head.seq}"),
                prev=tail.head.digest,
                text="last words",
                mentions=[],
            )

        for number in range(3):
            await timeline.append(ann.user, ClientId(f"client-{number}"), 0, compose)
        assert len(backlog) == 3
    await until_indexed(database, room, 3)
    assert texts(await Voice(asker, ann, room).sees()) == ["last words"] * 3


async def test_a_room_that_is_over_takes_its_timeline_with_it(
    asker: Asker, directory: Directory, chat: Replica, database: Any
) -> None:
    room, last = await lively(asker, directory)
    stays, last_of_stays = await lively(asker, directory)
    await until_indexed(database, room, last)
    await until_indexed(database, stays, last_of_stays)
    await database["chat_markers"].insert_one({"_id": f"{room}.x", "room": room, "seq": 1})
    late = await _last_of(asker, room)
    await directory.end(room)
    await asker.bus.record(RoomEnded(room=room, at=1), key=f"ended.{room}")

    async def is_gone() -> bool:
        for name in ("chat_messages", "chat_deeds", "chat_markers"):
            assert await database[name].count_documents({"room": room}) == 0, name
        info = await asker.bus.js.stream_info(
            timeline_of(room).name, subjects_filter=subjects.log(room)
        )
        return not info.state.subjects

    await wait_until(is_gone, 20)
    assert await database["chat_messages"].count_documents({"room": stays}) == 20
    # An entry that was under way when the room ended comes in behind.
    await asker.bus.js.publish(subjects.log(room), late)
    await wait_until(is_gone, 20)
    (ann,) = people(1)
    assert await asker.refused(ann, ReadHistory(room=room)) is Code.ROOM_UNKNOWN


async def _last_of(asker: Asker, room: RoomId) -> bytes:
    message = await asker.bus.js.get_last_msg(timeline_of(room).name, subjects.log(room))
    assert message.data is not None
    assert msgspec.json.decode(message.data)["room"] == room
    return message.data


async def test_a_room_that_is_held_is_away_and_then_back(
    asker: Asker, directory: Directory, chat: Replica, database: Any
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    await voice.says("before")
    await until_indexed(database, voice.room, 1)
    async with bench_of(chat.settings) as bench:
        await bench.projection.hold(voice.room)
        assert await voice.refused(ReadHistory(room=voice.room)) is Code.UNAVAILABLE
        await voice.says("meanwhile")
        done = await Rebuild(bench.journal, bench.store, bench.projection).room(voice.room)
        assert done == Rebuilt(voice.room, 2)
    assert texts(await voice.sees()) == ["before", "meanwhile"]


async def test_only_what_the_log_makes_again_does_not_wait_for_the_journal(
    chat: Replica, database: Any
) -> None:
    journaled = database.with_options(write_concern=WriteConcern(j=True))
    careful, quick = Store(journaled), Store(journaled, index_journaled=False)
    for store, collections in (
        (careful, (careful.messages, careful.deeds, careful.cursors)),
        (quick, (quick.messages, quick.deeds, quick.cursors)),
    ):
        concerns = {store.for_projector(c).write_concern.document.get("j") for c in collections}
        assert concerns == {store is careful}
    # Markers are in no log; and a room that is over has none to be cleared by once more.
    for collection in (quick.markers, quick.messages, quick.deeds, quick.cursors):
        assert collection.write_concern.document == {"j": True}
