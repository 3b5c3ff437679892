from typing import Any

import msgspec
import pytest

from contracts.chat import ReadHistory, ReadSince
from contracts.errors import Code, Refusal
from contracts.ids import RoomId
from contracts.streams import timeline_of
from runtime.ids import new_id
from runtime.readmodel import ReadModel
from services.chat.domain.message import Message
from services.chat.domain.tail import KEPT_ENTRIES
from services.chat.index import Index
from services.chat.journal import Journal
from tests.integration.chat.conftest import Replica, StartChat
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice, texts
from tests.support.asking import Asker, guest
from tests.support.servers import FreshStore
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


async def spoken(voice: Voice, count: int) -> list[str]:
    said = [f"line {number}" for number in range(1, count + 1)]
    for text in said:
        await voice.says(text)
    return said


@pytest.mark.parametrize("projected", [True, False])
async def test_pages_both_ways_and_around(
    projected: bool, asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    replica = await start_chat()
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    said = await spoken(voice, 25)
    if projected:
        await until_indexed(database, voice.room, 25)
        # A replica that has nothing of it in memory.
        await replica.stop()
        await start_chat()
    newest = await voice.page(limit=10)
    assert texts(newest.messages) == said[15:]
    assert (newest.more_before, newest.more_after, newest.head) == (True, False, 25)
    before = await voice.page(before=16, limit=10)
    assert texts(before.messages) == said[5:15]
    assert (before.more_before, before.more_after) == (True, True)
    first = await voice.page(before=6, limit=10)
    assert texts(first.messages) == said[:5]
    assert (first.more_before, first.more_after) == (False, True)
    after = await voice.page(after=20, limit=10)
    assert texts(after.messages) == said[20:]
    assert (after.more_before, after.more_after) == (True, False)
    start = await voice.page(after=0, limit=10)
    assert texts(start.messages) == said[:10]
    assert (start.more_before, start.more_after) == (False, True)
    around = await voice.page(around=12, limit=5)
    assert texts(around.messages) == said[9:14]
    assert (around.more_before, around.more_after) == (True, True)
    edge = await voice.page(around=25, limit=100)
    assert texts(edge.messages) == said
    assert (edge.more_before, edge.more_after) == (False, False)
    nothing = await voice.page(before=1)
    assert nothing.messages == []
    assert (nothing.more_before, nothing.more_after) == (False, True)


async def until_indexed(database: Any, room: RoomId, seq: int) -> None:
    await wait_until(
        lambda: database["chat_cursors"].find_one({"_id": room, "seq": seq}),
        missing=f"entry {seq} in the index",
    )


async def test_what_was_acknowledged_is_in_history_at_once(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    """Over two replicas, neither of which may have projected it, whoever is asked."""
    for _ in range(2):
        await start_chat()
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    for number in range(1, 30):
        seq = await voice.says(f"{number}")
        shown = (await voice.sees(limit=1))[-1]
        assert shown.seq == seq
        if number % 5 == 0:
            await voice.does(voice.editing(seq, f"{number}!"))
            assert texts(await voice.sees(limit=1)) == [f"{number}!"]


async def test_later_entries_show_in_old_messages_before_they_are_projected(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice, other = Voice(asker, ann, room), Voice(asker, bob, room)
    first = await start_chat()
    await spoken(voice, 5)
    await voice.says("an answer", reply_to=1)
    await until_indexed(database, room, 6)
    await first.stop()
    await start_chat()
    await voice.does(voice.editing(1, "edited"))
    await voice.does(voice.deleting(2))
    await other.does(other.reacting(3, "👍"))
    shown = {message.seq: message for message in await voice.sees()}
    assert (shown[1].text, shown[2].deleted, shown[2].text) == ("edited", True, "")
    assert shown[3].reactions[0].users == [bob.user]
    assert shown[6].reply is not None
    assert shown[6].reply.text == "edited"
    # And so for what is decided by them.
    assert await voice.refused(voice.editing(2, "?")) is Code.ENTRY_DELETED


async def test_an_answer_quotes_a_message_far_from_the_page(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    await spoken(voice, 12)
    await voice.says("back to the beginning", reply_to=1)
    (shown,) = await voice.sees(limit=1)
    assert shown.reply is not None
    assert shown.reply.text == "line 1"


async def test_reading_is_refused_by_name(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, banned, outsider = people(3)
    room = await directory.room(ann)
    await directory.let_in(room, banned, None, banned=True)
    nowhere = RoomId(new_id())
    for kind in (ReadHistory(room=room), ReadSince(room=room, after=0)):
        assert await asker.refused(outsider, kind) is Code.NOT_MEMBER
        assert await asker.refused(banned, kind) is Code.NOT_MEMBER
        assert await asker.refused(guest(new_id()), kind) is Code.GUEST_FORBIDDEN
    assert await asker.refused(ann, ReadHistory(room=nowhere)) is Code.ROOM_UNKNOWN
    voice = Voice(asker, ann, room)
    assert (await voice.page()).messages == []
    await voice.says("one")
    await voice.does(voice.reacting(1, "👍"))
    for place in (2, 99):
        both = ReadHistory(room=room, around=place)
        assert await asker.refused(ann, both) is Code.ENTRY_UNKNOWN
    assert await asker.refused(ann, ReadHistory(room=room, before=1, after=1)) is Code.INVALID


async def test_a_page_is_as_large_as_one_answer_may_be(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    for _ in range(70):
        await voice.says("😀" * 4000)
    newest = await voice.page(limit=100)
    assert 30 < len(newest.messages) < 70
    assert newest.messages[-1].seq == 70
    assert newest.more_before
    seen = [message.seq for message in newest.messages]
    while newest.more_before:
        newest = await voice.page(limit=100, before=seen[0])
        seen = [message.seq for message in newest.messages] + seen
    assert seen == list(range(1, 71))
    around = await voice.page(around=35, limit=100)
    assert 35 in {message.seq for message in around.messages}
    assert around.more_before
    # Too much for one answer: a client takes a new page instead.
    assert not (await voice.since(0)).recovered


async def test_since_gives_the_stored_bytes_and_says_when_it_can_not(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    replica = await start_chat()
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    empty = await voice.since(0)
    assert (empty.recovered, empty.head, empty.entries) == (True, 0, [])
    await spoken(voice, 30)
    whole = await voice.since(0)
    assert (whole.recovered, whole.head, len(whole.entries)) == (True, 30, 30)
    assert [bytes(raw) for raw in (await voice.since(20)).entries] == [
        bytes(raw) for raw in whole.entries[20:]
    ]
    none = await voice.since(30)
    assert (none.recovered, none.entries) == (True, [])
    many = await voice.since(9, limit=20)
    assert (many.recovered, many.head, many.entries) == (False, 30, [])
    assert (await voice.since(10, limit=20)).recovered
    # Ahead of the log: whatever the client holds, it is not this timeline.
    assert not (await voice.since(31)).recovered
    await replica.stop()
    await start_chat()
    assert (await voice.since(0)).entries == whole.entries


async def test_since_finds_its_place_among_other_rooms(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    """Longer than what is kept in memory, uneven, and by a replica that saw none of it."""
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    others = [Voice(asker, ann, await directory.room(ann)) for _ in range(3)]
    first = await start_chat()
    total = KEPT_ENTRIES + 150
    for number in range(1, total + 1):
        await voice.says(f"{number}")
        if number % 97 < 5:
            for other in others:
                await other.says("noise")
    kept = [bytes(raw) for raw in (await voice.since(0)).entries]
    assert len(kept) == total
    await first.stop()
    await start_chat()
    for after in (total - 1, total - 500, 77, 1, total - KEPT_ENTRIES):
        since = await voice.since(after)
        assert since.recovered
        assert [bytes(raw) for raw in since.entries] == kept[after:]


async def test_posting_goes_on_without_the_store_and_history_says_it_is_away(
    asker: Asker, directory: Directory, start_chat: StartChat, fresh_store: FreshStore
) -> None:
    store = await fresh_store()
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice = Voice(asker, ann, room)
    first = await start_chat(MONGODB_URL=store.url)
    await voice.says("before")
    said = voice.saying("twice?")
    await voice.does(said)
    await store.kill()
    for number in range(5):
        await voice.says(f"{number}")
    # Someone whose past would have to be looked up, and a repeat. Whoever asks the store gives it
    # three seconds.
    await asker.ask(bob, Voice(asker, bob, room).saying("me too"), timeout=20)
    assert (await asker.ask(ann, said, timeout=20)).repeated
    assert await asker.refused(ann, ReadHistory(room=room), timeout=20) is Code.UNAVAILABLE
    assert len((await voice.since(0)).entries) == 8
    await store.start()
    shown = await wait_until(lambda: _seen(voice), 20)
    assert texts(shown) == ["before", "twice?", *map(str, range(5)), "me too"]
    await first.stop()


async def _seen(voice: Voice) -> list[object]:
    try:
        return list(await voice.sees())
    except Refusal:
        return []


async def test_who_was_sent_out_follows_no_more_though_the_mirror_lags(
    asker: Asker, directory: Directory, start_chat: StartChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the answer to `chat.since` a gateway lets somebody hear a room from then on."""
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    await start_chat()
    voice = Voice(asker, bob, room)
    assert (await voice.since(0)).recovered
    monkeypatch.setattr(ReadModel, "_apply", lambda *_: None)
    await directory.send_out(room, bob)
    assert await voice.refused(ReadSince(room=room, after=0, limit=10)) is Code.NOT_MEMBER


async def test_an_entry_that_the_log_has_lost_is_not_recovered(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    first = await start_chat()
    await spoken(voice, 10)
    await first.stop()
    replica = await start_chat()
    journal = Journal(replica.process.bus)
    third = (await journal_after(journal, voice.room))[2]
    await asker.bus.js.delete_msg(timeline_of(voice.room).name, third)
    assert not (await voice.since(0)).recovered
    assert (await voice.since(5)).recovered


async def journal_after(journal: Journal, room: RoomId) -> list[int]:
    await journal.start()
    try:
        return [kept.position for kept in await journal.after(room, 0)]
    finally:
        await journal.stop()


async def test_a_page_names_the_head_that_it_is_of(
    asker: Asker,
    directory: Directory,
    start_chat: StartChat,
    database: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody posts while a quote is looked up: with a later head a client would pass it over."""
    replica = await start_chat()
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    await spoken(voice, 30)
    answered = await voice.says("you said that before", reply_to=2)
    await until_indexed(database, voice.room, answered)
    # A replica that remembers nothing of it.
    await replica.stop()
    await start_chat()
    posted: list[int] = []
    some = Index.some

    async def meanwhile(index: Index, *arguments: Any) -> dict[int, Message]:
        if not posted:
            posted.append(await voice.says("meanwhile"))
        return await some(index, *arguments)

    monkeypatch.setattr(Index, "some", meanwhile)
    page = await voice.page(limit=5)
    assert posted == [answered + 1]
    assert page.messages[-1].reply is not None
    assert page.messages[-1].seq == page.head == answered
    assert [entry["seq"] for entry in map(_plain, (await voice.since(page.head)).entries)] == posted


def _plain(entry: bytes) -> Any:
    return msgspec.json.decode(entry)
