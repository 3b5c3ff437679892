import time

import pytest

from contracts.chat import Reaction
from contracts.errors import Code
from contracts.notices import Mentioned
from contracts.rooms import Role
from tests.integration.chat.conftest import Replica
from tests.integration.chat.directory import Directory, people
from tests.integration.chat.talking import Voice, texts
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat

FACES = [chr(code) for code in range(0x1F600, 0x1F600 + 21)]


async def test_an_author_edits(asker: Asker, directory: Directory, chat: Replica) -> None:
    ann, bob, cat = people(3)
    room = await directory.room(ann, bob, cat)
    voice = Voice(asker, ann, room)
    seq = await voice.says(f"hello <@{bob.user}>")
    heard = {who.user: await asker.hear_user(who.user) for who in (bob, cat)}
    edited = await voice.does(voice.editing(seq, f"hello <@{bob.user}> <@{cat.user}>"))
    assert edited.seq == seq + 1
    (shown,) = await voice.sees()
    assert shown.text == f"hello <@{bob.user}> <@{cat.user}>"
    assert shown.mentions == [bob.user, cat.user]
    assert shown.edited_at == edited.at
    assert (shown.seq, shown.changed) == (seq, edited.seq)
    # Only who was not named before is told.
    (notice,) = await wait_until(lambda: heard[cat.user].of(Mentioned))
    assert notice.seq == seq
    assert not heard[bob.user].told


async def test_an_answer_that_is_edited_still_concerns_who_is_answered(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    first = await Voice(asker, bob, room).says("a question")
    voice = Voice(asker, ann, room)
    seq = await voice.says("an answer", reply_to=first)
    await voice.does(voice.editing(seq, "a better answer"))
    shown = (await voice.sees())[-1]
    assert shown.mentions == [bob.user]
    assert shown.reply is not None


async def test_changing_is_refused_by_name(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob, mute = people(3)
    room = await directory.room(ann, bob)
    voice, other = Voice(asker, ann, room), Voice(asker, bob, room)
    seq = await voice.says("mine")
    reaction = (await voice.does(voice.reacting(seq, "👍"))).seq
    assert await other.refused(other.editing(seq, "yours")) is Code.NOT_YOURS
    assert await other.refused(other.deleting(seq)) is Code.NOT_YOURS
    for target in (99, reaction):
        for command in (
            voice.editing(target, "?"),
            voice.deleting(target),
            voice.reacting(target, "👍"),
            voice.unreacting(target, "👍"),
        ):
            assert await voice.refused(command) is Code.ENTRY_UNKNOWN
    assert await voice.refused(voice.editing(seq, " \u200b ")) is Code.EMPTY
    await voice.does(voice.deleting(seq))
    for command in (
        voice.editing(seq, "?"),
        voice.deleting(seq),
        voice.reacting(seq, "👍"),
        voice.unreacting(seq, "👍"),
    ):
        assert await voice.refused(command) is Code.ENTRY_DELETED
    await directory.let_in(room, mute)
    muted = Voice(asker, mute, room)
    own = await muted.says("before")
    until = time.time_ns() // 1_000_000 + 60_000
    await directory.let_in(room, mute, muted_until=until)

    async def is_muted() -> bool:
        return await muted.refused(muted.reacting(own, "🤐")) is Code.MUTED

    await wait_until(is_muted)
    assert await muted.refused(muted.editing(own, "after")) is Code.MUTED
    await muted.does(muted.deleting(own))


async def test_authors_and_moderators_delete(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob, mod = people(3)
    room = await directory.room(ann, bob)
    await directory.let_in(room, mod, Role.MODERATOR)
    voice, keeper = Voice(asker, bob, room), Voice(asker, mod, room)
    first, second, third = [await voice.says(text) for text in ("one", "two", "three")]
    await voice.does(voice.reacting(second, "👍"))
    await voice.does(voice.deleting(first))
    gone = await keeper.does(keeper.deleting(second))
    shown = await voice.sees()
    assert texts(shown) == ["", "", "three"]
    assert [message.deleted for message in shown] == [True, True, False]
    assert shown[1].reactions == []
    assert shown[1].changed == gone.seq
    assert shown[2].seq == third
    assert (await voice.entries())[-1].author == mod.user


async def test_reactions_count_once_a_person_in_the_order_of_coming(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice, other = Voice(asker, ann, room), Voice(asker, bob, room)
    seq = await voice.says("vote!")
    first = await voice.does(voice.reacting(seq, "👍🏽"))
    await other.does(other.reacting(seq, "🇸🇪"))
    await other.does(other.reacting(seq, "👍🏽"))
    again = await voice.does(voice.reacting(seq, "👍🏽"))
    assert again.repeated
    assert (again.seq, again.at) == (first.seq, first.at)
    (shown,) = await voice.sees()
    assert shown.reactions == [
        Reaction(emoji="👍🏽", users=[ann.user, bob.user]),
        Reaction(emoji="🇸🇪", users=[bob.user]),
    ]
    removed = await voice.does(voice.unreacting(seq, "👍🏽"))
    nothing = await voice.does(voice.unreacting(seq, "👍🏽"))
    assert nothing.repeated
    assert nothing.seq == removed.seq
    (shown,) = await voice.sees()
    assert [reaction.users for reaction in shown.reactions] == [[bob.user], [bob.user]]
    assert len(await voice.entries()) == 5


async def test_a_repeated_reaction_is_repeated_even_after_it_was_taken_back(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    seq = await voice.says("hm")
    command = voice.reacting(seq, "👍")
    first = await voice.does(command)
    await voice.does(voice.unreacting(seq, "👍"))
    # The network brought it twice; the person took it back once.
    assert (await voice.does(command)).seq == first.seq
    (shown,) = await voice.sees()
    assert shown.reactions == []


@pytest.mark.parametrize("emoji", ["a", "1", "👍👍", "👍 ", "<b>", "🇸"])
async def test_a_reaction_is_one_emoji(
    emoji: str, asker: Asker, directory: Directory, chat: Replica
) -> None:
    (ann,) = people(1)
    voice = Voice(asker, ann, await directory.room(ann))
    seq = await voice.says("hm")
    assert await voice.refused(voice.reacting(seq, emoji)) is Code.REACTION_INVALID


async def test_a_message_has_twenty_kinds_of_reaction_at_most(
    asker: Asker, directory: Directory, chat: Replica
) -> None:
    ann, bob = people(2)
    room = await directory.room(ann, bob)
    voice, other = Voice(asker, ann, room), Voice(asker, bob, room)
    seq = await voice.says("all of them")
    for face in FACES[:20]:
        await voice.does(voice.reacting(seq, face))
    assert await voice.refused(voice.reacting(seq, FACES[20])) is Code.TOO_MANY_REACTIONS
    # Joining in on one that is there is not a new kind.
    await other.does(other.reacting(seq, FACES[0]))
    await voice.does(voice.unreacting(seq, FACES[1]))
    await voice.does(voice.reacting(seq, FACES[20]))
