"""One order, each message once: under races, over replicas, and when the broker goes away."""

import asyncio
from typing import Any

import pytest

from contracts import subjects
from contracts.chat import Appended
from contracts.errors import Code, Refusal
from contracts.ids import RoomId
from contracts.streams import timeline_of
from runtime.bus import Bus
from runtime.ids import new_id
from runtime.settings import ProcessSettings
from services.chat.domain.tail import KEPT_DEEDS
from tests.integration.chat.conftest import Replica, StartChat
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice
from tests.integration.chat.wire import StartWire
from tests.support.asking import Asker
from tests.support.servers import FreshNats
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


async def test_one_client_id_at_once_over_two_replicas_lands_once(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    await start_chat()
    await start_chat()
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice = Voice(asker, ann, room)
    for round_ in range(5):
        command = voice.saying(f"round {round_}")
        answers = await asker.together(*[(ann, command)] * 20)
        assert {answer.seq for answer in answers} == {round_ + 1}
        assert sum(not answer.repeated for answer in answers) == 1
    assert len(await voice.entries()) == 5


async def test_two_replicas_append_to_one_room_in_one_order(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    await start_chat()
    await start_chat()
    members = people(20)
    room = await directory.room(*members)
    voices = [Voice(asker, member, room) for member in members]
    heard = await asker.hear(subjects.timeline(room))

    async def talk(voice: Voice) -> list[int]:
        seqs = []
        for number in range(10):
            said = voice.saying(str(number))
            # Where too many meet at once, a person's client asks again.
            answer = await wait_until(lambda said=said: _asked(voice, said))
            seqs.append(answer.seq)
        return seqs

    told = await asyncio.gather(*(talk(voice) for voice in voices))
    assert sorted(seq for seqs in told for seq in seqs) == list(range(1, 201))
    assert all(seqs == sorted(seqs) for seqs in told)
    entries = await voices[0].entries()
    assert len(entries) == 200
    await wait_until(lambda: len(heard.told) == 200)
    assert heard.told == entries


async def test_a_repeat_is_known_to_a_replica_that_was_not_there(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    (ann,) = people(1)
    room = await directory.room(ann)
    voice = Voice(asker, ann, room)
    first = await start_chat()
    said = voice.saying("said", as_id="said-once")
    reacted = voice.reacting(1, "👍", as_id="reacted-once")
    before = [await voice.does(said), await voice.does(reacted)]
    for number in range(30):
        await voice.says(f"{number}")
    await first.stop()
    await start_chat()
    after = [await voice.does(said), await voice.does(reacted)]
    assert all(answer.repeated for answer in after)
    assert [answer.seq for answer in after] == [answer.seq for answer in before]
    assert await voice.refused(voice.saying("other", as_id="said-once")) is Code.CLIENT_ID_REUSED
    assert len(await voice.entries()) == 32


async def test_a_repeat_past_what_chat_remembers_is_known_to_the_broker(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    said = voice.saying("first")
    first = await voice.does(said)
    for number in range(KEPT_DEEDS + 1):
        await voice.says(f"{number}")
    again = await voice.does(said)
    assert again.repeated
    assert (again.seq, again.at) == (first.seq, first.at)
    reused = voice.saying("something else", as_id=said.client_id)
    assert await voice.refused(reused) is Code.CLIENT_ID_REUSED
    assert len(await voice.entries()) == KEPT_DEEDS + 2


async def test_a_repeat_is_known_when_the_broker_has_forgotten_its_id(
    asker: Asker, directory: Directory, start_chat: StartChat, database: Any
) -> None:
    """The broker remembers message ids for two minutes; the index for as long as it takes."""
    (ann,) = people(1)
    room = await directory.room(ann)
    voice = Voice(asker, ann, room)
    first = await start_chat()
    said = voice.saying("long ago")
    await voice.does(said)
    last = await voice.says("later")
    await wait_until(lambda: database["chat_cursors"].find_one({"_id": room, "seq": last}))
    await first.stop()
    await start_chat()
    config = (await asker.bus.js.stream_info(timeline_of(room).name)).config
    config.duplicate_window = 0.1
    await asker.bus.js.update_stream(config)

    async def has_forgotten() -> bool:
        # The id that the message was stored under, on a room where nobody looks.
        key = {"Nats-Msg-Id": f"{room}.{ann.user}.{said.client_id}"}
        unused = subjects.log(RoomId(new_id()))
        return not (await asker.bus.js.publish(unused, b"{}", headers=key)).duplicate

    await wait_until(has_forgotten)
    again = await voice.does(said)
    assert again.repeated
    assert again.seq == 1
    assert len(await voice.entries()) == 2


async def test_an_append_whose_acknowledgement_was_lost_lands_once(
    fresh_nats: FreshNats,
    start_wire: StartWire,
    start_chat: StartChat,
) -> None:
    server = await fresh_nats()
    bus = Bus("gateway", ProcessSettings(NATS_URL=server.url))
    await bus.connect()
    try:
        asker, directory = Asker(bus), Directory(bus)
        await directory.open()
        (ann,) = people(1)
        room = await directory.room(ann)
        voice = Voice(asker, ann, room)
        wire = await start_wire(server.port)
        await start_chat(NATS_URL=f"nats://127.0.0.1:{wire.port}")
        await voice.says("before")

        # The request arrives; the broker's acknowledgement of the append does not.
        wire.deaf_after = b"svc.chat.post"
        said = voice.saying("was that heard?")
        # For which chat waits for some seconds.
        assert await asker.refused(ann, said, timeout=20) is Code.UNAVAILABLE
        assert wire.lost > 0
        assert (await asker.bus.js.stream_info(timeline_of(room).name)).state.messages == 2
        await wire.break_off()

        again = await wait_until(lambda: _asked(voice, said), 20)
        assert again.repeated
        assert again.seq == 2
        assert len(await voice.entries()) == 2
    finally:
        await bus.close()


async def test_the_broker_is_killed_while_people_talk(
    fresh_nats: FreshNats, start_chat: StartChat, database: Any
) -> None:
    server = await fresh_nats()
    bus = Bus("gateway", ProcessSettings(NATS_URL=server.url))
    await bus.connect()
    try:
        asker, directory = Asker(bus), Directory(bus)
        await directory.open()
        members = people(8)
        room = await directory.room(*members)
        voices = [Voice(asker, member, room) for member in members]
        await start_chat(NATS_URL=server.url)
        acknowledged: dict[str, int] = {}
        enough = asyncio.Event()

        async def talk(voice: Voice) -> None:
            number = 0
            while not enough.is_set():
                number += 1
                said = voice.saying(f"{voice.person.user} {number}")
                answer = await wait_until(lambda said=said: _asked(voice, said), 30)
                acknowledged[said.text] = answer.seq

        talking = [asyncio.ensure_future(talk(voice)) for voice in voices]
        await wait_until(lambda: len(acknowledged) > 100)
        await server.kill()
        await server.start()
        before = len(acknowledged)
        await wait_until(lambda: len(acknowledged) > before + 100, 30)
        enough.set()
        await asyncio.gather(*talking)

        entries = await voices[0].entries()
        assert {entry.text: entry.seq for entry in entries} == acknowledged
        assert len(entries) == len(acknowledged)
        # The projector found its consumer again, and new members are heard of.
        last = entries[-1].seq
        await wait_until(lambda: database["chat_cursors"].find_one({"_id": room, "seq": last}), 20)
        (late,) = people(1)
        await directory.let_in(room, late)
        await Voice(asker, late, room).says("what did I miss?")
    finally:
        await bus.close()


async def _asked(voice: Voice, said: Any) -> Appended | None:
    try:
        return await voice.does(said)
    except Refusal as refusal:
        if refusal.code not in {Code.UNAVAILABLE, Code.TIMEOUT, Code.CONFLICT}:
            raise
        return None
