import time

import pytest

from contracts import subjects
from contracts.base import Done
from contracts.chat import MessagePosted, PostMessage, Type, Typing
from contracts.errors import Code, Error, Refusal
from contracts.ids import RoomId
from contracts.notices import Mentioned
from contracts.rooms import Role
from runtime.ids import new_id
from services.chat.projection import Held, Projection
from tests.integration.chat.conftest import Replica, StartChat
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice, client_id, texts
from tests.support.asking import Asker, guest
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


async def test_a_message_is_acknowledged_told_and_kept(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    heard = await asker.hear(subjects.timeline(room))
    voice = Voice(asker, ann, room)
    for number in range(1, 6):
        assert await voice.says(f"hello {number}") == number
    said = [f"hello {number}" for number in range(1, 6)]
    await wait_until(lambda: [told.text for told in heard.of(MessagePosted)] == said)
    assert texts(await Voice(asker, bob, room).sees()) == said
    # What was told live is what is stored, and the chain holds.
    assert heard.of(MessagePosted) == await voice.entries()


async def test_a_repeat_answers_as_the_first_did(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    command = voice.saying("once")
    first = await voice.does(command)
    await voice.says("in between")
    again = await voice.does(command)
    assert not first.repeated
    assert again.repeated
    assert (again.seq, again.at) == (first.seq, first.at)
    assert texts(await voice.sees()) == ["once", "in between"]


async def test_a_client_id_stands_for_one_deed(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice, other = Voice(asker, ann, room), Voice(asker, bob, room)
    elsewhere = Voice(asker, ann, await directory.room(ann))
    command = voice.saying("mine", as_id="the-same-id")
    await voice.does(command)
    assert await voice.refused(voice.saying("else", as_id="the-same-id")) is Code.CLIENT_ID_REUSED
    assert await voice.refused(voice.deleting(1, as_id="the-same-id")) is Code.CLIENT_ID_REUSED
    # It is the author's own, and the room's.
    assert (await other.does(other.saying("hers", as_id="the-same-id"))).seq == 2
    assert (await elsewhere.does(elsewhere.saying("there", as_id="the-same-id"))).seq == 1


async def test_who_may_not_post_is_told_why(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob, cat, dan, eve = people(5)
    room = await directory.room(ann)
    soon = time.time_ns() // 1_000_000 + 60_000
    await directory.let_in(room, bob, muted_until=soon)
    await directory.let_in(room, cat, role=None, banned=True)
    await directory.let_in(room, dan, muted_until=1)
    nowhere = RoomId(new_id())
    assert (
        await Voice(asker, eve, room).refused(
            PostMessage(room=room, client_id=client_id(), text="hi")
        )
        is Code.NOT_MEMBER
    )
    assert (
        await Voice(asker, ann, nowhere).refused(
            PostMessage(room=nowhere, client_id=client_id(), text="hi")
        )
        is Code.ROOM_UNKNOWN
    )
    muted = Voice(asker, bob, room)
    with pytest.raises(Refusal) as told:
        await muted.says("hi")
    assert told.value.code is Code.MUTED
    assert 50 < (told.value.retry_after or 0) <= 60
    assert (
        await Voice(asker, cat, room).refused(Voice(asker, cat, room).saying("hi")) is Code.BANNED
    )
    stranger = Voice(asker, guest(new_id()), room)
    assert await stranger.refused(stranger.saying("hi")) is Code.GUEST_FORBIDDEN
    # A mute that is over is none.
    assert await Voice(asker, dan, room).says("hi") == 1


async def test_who_joined_just_now_may_post_at_once_and_who_left_may_not(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    room = await directory.room(ann)
    for person in people(20):
        await directory.let_in(room, person)
        voice = Voice(asker, person, room)
        await voice.says("I am here")
        await directory.send_out(room, person)

        async def is_out(voice: Voice = voice) -> bool:
            try:
                await voice.says("still here")
            except Refusal as refusal:
                return refusal.code is Code.NOT_MEMBER
            return False

        await wait_until(is_out)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "chat.empty"),
        (" \\n\\t ", "chat.empty"),
        ("\\u200b\\u2060\\ufeff", "chat.empty"),
        ("\\u0000\\u0007", "chat.empty"),
        ("x" * 4001, "chat.too_long"),
        ("\\ud800", "request.malformed"),
    ],
)
async def test_a_bad_text_is_refused_by_name(
    text: str, code: str, asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    room = await directory.room(ann)
    body = f'{{"t":"chat.post","room":"{room}","client_id":"{client_id()}","text":"{text}"}}'
    answer = await asker.ask_bytes(ann, "chat.post", body.encode())
    assert isinstance(answer, Error)
    assert answer.code == code
    assert await Voice(asker, ann, room).says("and life goes on") == 1


async def test_bytes_that_are_no_text_are_refused(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    room = await directory.room(ann)
    body = f'{{"t":"chat.post","room":"{room}","client_id":"{client_id()}","text":"'.encode()
    answer = await asker.ask_bytes(ann, "chat.post", body + b'\xff\xfe"}')
    assert answer.code == Code.MALFORMED.code


async def test_the_longest_text_fits(asker: Asker, directory: Directory, chat: Replica) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    await voice.says("😀" * 4000)
    assert texts(await voice.sees()) == ["😀" * 4000]


async def test_control_characters_go_and_line_feeds_stay(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    await voice.says("  a\x00b\x1b[31m\r\nc\td  ")
    assert texts(await voice.sees()) == ["  ab[31m\nc\td  "]


async def test_members_who_are_named_or_answered_are_told(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob, cat, eve = people(4)
    room = await directory.room(ann, bob, cat)
    first = await Voice(asker, bob, room).says("who comes along?")
    heard = {who.user: await asker.hear_user(who.user) for who in (ann, bob, cat, eve)}
    voice = Voice(asker, ann, room)
    text = f"<@{cat.user}> and <@{eve.user}> and <@{ann.user}> and <@{cat.user}>"
    seq = await voice.says(text, reply_to=first)
    for who in (bob, cat):
        (notice,) = await wait_until(lambda who=who: heard[who.user].of(Mentioned))
        assert (notice.room, notice.seq, notice.author) == (room, seq, ann.user)
        assert notice.excerpt == text
    shown = (await voice.sees())[-1]
    # Someone who is not a member is plain text.
    assert shown.mentions == [cat.user, ann.user, bob.user]
    assert shown.reply is not None
    assert (shown.reply.seq, shown.reply.author) == (first, bob.user)
    assert shown.reply.text == "who comes along?"
    assert not heard[eve.user].told
    assert not heard[ann.user].told


async def test_an_answer_needs_a_message_to_answer(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    first = await voice.says("a message")
    reaction = await voice.does(voice.reacting(first, "👍"))
    assert await voice.refused(voice.saying("?", reply_to=99)) is Code.ENTRY_UNKNOWN
    assert await voice.refused(voice.saying("?", reply_to=reaction.seq)) is Code.ENTRY_UNKNOWN
    await voice.does(voice.deleting(first))
    await voice.says("what was that?", reply_to=first)
    quote = (await voice.sees())[-1].reply
    assert quote is not None
    assert quote.deleted
    assert quote.text == ""


async def test_slow_mode_holds_members_and_lets_moderators_pass(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    for _ in range(2):
        await start_chat()
    ann, bob, mod = people(3)
    room = await directory.room(ann, bob, slow_mode=60)
    await directory.let_in(room, mod, Role.MODERATOR)
    for who in (ann, mod):
        voice = Voice(asker, who, room)
        for _ in range(4):
            await voice.says("order!")
    slow = Voice(asker, bob, room)
    first = await slow.says("once a minute")
    # Whichever replica is asked: the timeline itself is what they judge by.
    for _ in range(8):
        with pytest.raises(Refusal) as told:
            await slow.says("and again")
        assert told.value.code is Code.SLOW_MODE
        assert 50 < (told.value.retry_after or 0) <= 60
    # It is about new messages.
    await slow.does(slow.editing(first, "twice a minute"))


async def test_slow_mode_holds_where_the_index_is_behind(
    asker: Asker, directory: Directory, start_chat: StartChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica that has just begun knows of the last post from the log alone."""

    async def held(*_: object) -> None:
        raise Held

    monkeypatch.setattr(Projection, "project", held)
    first = await start_chat()
    ann, bob = people(2)
    room = await directory.room(ann, bob, slow_mode=60)
    voice = Voice(asker, bob, room)
    await voice.says("once a minute")
    await first.stop()
    await start_chat()
    assert await voice.refused(voice.saying("and again")) is Code.SLOW_MODE


async def test_going_too_fast_is_refused_with_a_time(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    await start_chat(chat_person_rate=0.5, chat_person_burst=3)
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice = Voice(asker, ann, room)
    repeated = voice.saying("1")
    await voice.does(repeated)
    await voice.says("2")
    await voice.says("3")
    with pytest.raises(Refusal) as told:
        await voice.says("4")
    assert told.value.code is Code.RATE_LIMITED
    assert 0 < (told.value.retry_after or 0) <= 2
    # A repeat costs nothing, and others are not held up.
    assert (await voice.does(repeated)).repeated
    await Voice(asker, bob, room).says("hello")


async def test_a_room_has_a_limit_of_its_own(
    asker: Asker, directory: Directory, start_chat: StartChat
) -> None:
    await start_chat(chat_room_rate=0.5, chat_room_burst=5)
    members = people(6)
    room = await directory.room(*members)
    voices = [Voice(asker, member, room) for member in members]
    for voice in voices[:5]:
        await voice.says("hello")
    assert await voices[5].refused(voices[5].saying("too many")) is Code.RATE_LIMITED


async def test_typing_is_told_and_never_stored(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob, eve = people(3)
    room = await directory.room(ann)
    await directory.let_in(room, bob, muted_until=time.time_ns() // 1_000_000 + 60_000)
    heard = await asker.hear_room(room)
    assert await asker.ask(ann, Type(room=room)) == Done()
    await asker.ask(ann, Type(room=room, writing=False))
    await wait_until(lambda: [told.writing for told in heard.of(Typing)] == [True, False])
    assert await asker.refused(bob, Type(room=room)) is Code.MUTED
    assert await asker.refused(eve, Type(room=room)) is Code.NOT_MEMBER
    assert await Voice(asker, ann, room).entries() == []
