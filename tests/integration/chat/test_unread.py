import asyncio
import time
from typing import Any

import pytest

from contracts.chat import CountUnread, MarkRead, Unread
from contracts.errors import Code
from contracts.ids import RoomId
from contracts.notices import ReadMoved
from runtime.ids import new_id
from services.chat.domain.message import Message
from services.chat.domain.tail import KEPT_ENTRIES
from services.chat.index import Index
from tests.integration.chat.conftest import Replica, StartChat
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice
from tests.support.asking import Asker, guest
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


class Reader(Voice):
    """Somebody who reads."""

    async def unread(self) -> Unread:
        (unread,) = (await self.asker.ask(self.person, CountUnread(rooms=[self.room]))).rooms
        return unread

    async def counts(self) -> tuple[int, int]:
        unread = await self.unread()
        return unread.messages, unread.mentions

    async def reads(self, seq: int) -> Unread:
        command = MarkRead(room=self.room, seq=seq)
        (unread,) = (await self.asker.ask(self.person, command)).rooms
        return unread


async def test_counts_follow_what_others_say_and_take_back(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    reader, voice = Reader(asker, bob, room), Voice(asker, ann, room)
    assert await reader.counts() == (0, 0)
    first = await voice.says("one")
    named = await voice.says(f"two, <@{bob.user}>")
    own = await reader.says("mine does not count")
    answered = await voice.says("three", reply_to=own)
    assert await reader.counts() == (3, 2)
    await voice.does(voice.reacting(own, "👍"))
    assert await reader.counts() == (3, 2)
    await voice.does(voice.deleting(answered))
    assert await reader.counts() == (2, 1)
    await voice.does(voice.editing(named, "two"))
    assert await reader.counts() == (2, 0)
    await voice.does(voice.editing(first, f"one <@{bob.user}>"))
    unread = await reader.unread()
    assert (unread.messages, unread.mentions, unread.marker, unread.head) == (2, 1, 0, 8)
    # What oneself wrote is nothing to read; what it answered to it is gone.
    assert await Reader(asker, ann, room).counts() == (1, 0)


async def test_a_marker_moves_forward_only_and_other_devices_hear_of_it(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    reader, voice = Reader(asker, bob, room), Voice(asker, ann, room)
    for number in range(1, 6):
        await voice.says(f"{number}")
    heard = await asker.hear_user(bob.user)
    assert (await reader.reads(3)).messages == 2
    assert (await reader.reads(2)).marker == 3
    assert (await reader.reads(3)).marker == 3
    assert (await reader.reads(5)).messages == 0
    await wait_until(lambda: [told.unread.marker for told in heard.of(ReadMoved)] == [3, 5])
    command = MarkRead(room=room, seq=6)
    assert await asker.refused(bob, command) is Code.ENTRY_UNKNOWN


async def test_devices_that_read_at_once_agree_on_the_furthest(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    for _ in range(2):
        await start_chat()
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    reader, voice = Reader(asker, bob, room), Voice(asker, ann, room)
    for number in range(1, 11):
        await voice.says(f"{number}")
    heard = await asker.hear_user(bob.user)
    await asyncio.gather(*(reader.reads(seq) for seq in (3, 9, 1, 10, 5, 7, 2, 8)))
    unread = await reader.unread()
    assert (unread.marker, unread.messages) == (10, 0)
    await wait_until(lambda: 10 in [told.unread.marker for told in heard.of(ReadMoved)])


async def test_rooms_one_is_not_in_are_left_out(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    mine, theirs = await directory.room(ann), await directory.room(bob)
    asked = CountUnread(rooms=[theirs, mine, RoomId(new_id()), mine])
    assert [unread.room for unread in (await asker.ask(ann, asked)).rooms] == [mine]
    elsewhere = guest(new_id())
    assert (await asker.ask(elsewhere, asked)).rooms == []
    assert await asker.refused(ann, MarkRead(room=theirs, seq=1)) is Code.NOT_MEMBER


@pytest.mark.parametrize("cold", [False, True])
async def test_counts_of_long_absence_come_from_the_index_and_stop_at_a_thousand(
    cold: bool, asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    replica = await start_chat()
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    reader, voice = Reader(asker, bob, room), Voice(asker, ann, room)
    total = 1100
    for number in range(1, total + 1):
        await voice.says(f"<@{bob.user}>" if number % 10 == 0 else "hm")
    if cold:
        await wait_until(lambda: database["chat_cursors"].find_one({"_id": room, "seq": total}))
        await replica.stop()
        await start_chat()
    assert await reader.counts() == (1000, 110)
    # Past what memory holds, with entries that are not projected yet on top.
    marker = total - KEPT_ENTRIES - 100
    assert (await reader.reads(marker)).messages == KEPT_ENTRIES + 100
    before = await reader.counts()
    await voice.does(voice.deleting(marker + 1))
    await voice.does(voice.editing(marker + 3, f"<@{bob.user}>"))
    await voice.says("and one more")
    assert await reader.counts() == (before[0], before[1] + 1)


async def test_what_was_said_before_one_joined_is_not_unread(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann)
    voice = Voice(asker, ann, room)
    for number in range(5):
        await voice.says(f"{number}")
    joined = max(message.at for message in await voice.sees()) + 1
    await wait_until(lambda: time.time_ns() // 1_000_000 > joined)
    await directory.let_in(room, bob, joined_at=joined)
    await voice.says("welcome!")
    reader = Reader(asker, bob, room)
    unread = await reader.unread()
    assert (unread.messages, unread.marker, unread.head) == (1, 5, 6)
    await voice.says("how are you?")
    assert (await reader.counts())[0] == 2


async def test_what_was_said_while_one_was_out_of_the_room_is_not_unread(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    reader, voice = Reader(asker, bob, room), Voice(asker, ann, room)
    for number in range(3):
        await voice.says(f"{number}")
    assert (await reader.counts())[0] == 3
    await reader.reads(1)
    assert (await reader.counts())[0] == 2
    await directory.send_out(room, bob)
    for number in range(4):
        await voice.says(f"{number}, <@{bob.user}>")
    back = max(message.at for message in await voice.sees()) + 1
    await wait_until(lambda: time.time_ns() // 1_000_000 > back)
    await directory.let_in(room, bob, joined_at=back)
    await voice.says("welcome back!")

    async def knows() -> bool:
        return (await reader.unread()).marker == 7

    # Chat's own copy of who is in the room is a hop behind.
    await wait_until(knows)
    assert await reader.counts() == (1, 0)
    await reader.reads(8)
    await voice.says("how are you?")
    assert await reader.counts() == (1, 0)


async def test_a_count_is_of_the_head_that_it_names(
    asker: Asker, directory: Directory, start_chat: StartChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody posts while it is counted: whoever hears of that post counts it on their own."""
    replica = await start_chat()
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    reader, voice = Reader(asker, bob, room), Voice(asker, ann, room)
    total = KEPT_ENTRIES + 10
    for number in range(total):
        await voice.says(f"{number}")
    await replica.stop()
    await start_chat()
    posted: list[int] = []
    some = Index.some

    async def meanwhile(index: Index, *arguments: Any) -> dict[int, Message]:
        if not posted:
            posted.append(await voice.says("meanwhile"))
        return await some(index, *arguments)

    monkeypatch.setattr(Index, "some", meanwhile)
    unread = await reader.unread()
    assert posted == [total + 1]
    assert (unread.head, unread.messages) == (total, total)
