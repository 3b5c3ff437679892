import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.chat import (
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
)
from contracts.ids import ClientId
from services.chat.domain.counting import Tally
from services.chat.domain.message import Message, applied, begun, fold, shown, target_of
from services.chat.domain.tail import Kept
from tests.unit.chat.timelines import PEOPLE, ROOM, posted, timelines

pytestmark = pytest.mark.chat

ANN, BOB, _ = PEOPLE


def about(kind: type, seq: int, **more: object) -> object:
    fields = {"room": ROOM, "seq": seq, "at": seq, "author": ANN, "prev": "", "target": 1}
    return kind(**{**fields, "client_id": ClientId(f"client-{seq}"), **more})


def whole(entries: list[Kept]) -> dict[int, Message]:
    messages: dict[int, Message] = {}
    for kept in entries:
        fold(messages, kept.entry)
    return messages


@given(timelines(), st.data())
def test_any_split_into_batches_gives_the_same_messages(
    entries: list[Kept], data: st.DataObject
) -> None:
    """Each batch read from and written back to an index, with repeats, as the projector does."""
    index: dict[int, bytes] = {}
    done = 0
    while done < len(entries):
        # A batch may begin with what was applied already.
        begin = data.draw(st.integers(0, done))
        end = data.draw(st.integers(done + 1, len(entries)))
        batch = [kept.entry for kept in entries[begin:end]]
        touched = {
            target_of(entry): msgspec.json.decode(index[target_of(entry)], type=Message)
            for entry in batch
            if target_of(entry) in index
        }
        for entry in batch:
            fold(touched, entry)
        index |= {seq: msgspec.json.encode(message) for seq, message in touched.items()}
        done = end
    expected = {seq: msgspec.json.encode(message) for seq, message in whole(entries).items()}
    assert index == expected


@given(timelines())
def test_a_message_is_true_as_of_the_last_entry_about_it(entries: list[Kept]) -> None:
    messages = whole(entries)
    posts = [kept.entry.seq for kept in entries if isinstance(kept.entry, MessagePosted)]
    assert sorted(messages) == posts
    for message in messages.values():
        view = shown(message, None)
        users = [(reaction.emoji, user) for reaction in view.reactions for user in reaction.users]
        assert len(users) == len(set(users))
        if message.deleted:
            assert (view.text, view.mentions, view.reactions) == ("", [], [])


def test_a_post_then_its_edits_and_its_end() -> None:
    message = begun(posted(text="one", mentions=[BOB], at=5))
    edited = applied(message, about(MessageEdited, 2, text="two", mentions=[]))
    assert (edited.text, edited.mentions, edited.edited_at, edited.changed) == ("two", (), 2, 2)
    # Again, and then one from before: nothing.
    assert applied(edited, about(MessageEdited, 2, text="?", mentions=[])) == edited
    gone = applied(edited, about(MessageDeleted, 3))
    assert (gone.text, gone.deleted, gone.changed) == ("", True, 3)
    assert applied(gone, about(MessageEdited, 4, text="back", mentions=[])) == gone


def test_reactions_are_by_emoji_in_the_order_of_coming() -> None:
    message = begun(posted())
    for seq, (kind, author, emoji) in enumerate(
        [
            (ReactionAdded, ANN, "👍"),
            (ReactionAdded, BOB, "❤️"),
            (ReactionAdded, BOB, "👍"),
            (ReactionAdded, BOB, "👍"),
            (ReactionRemoved, ANN, "👍"),
            (ReactionRemoved, ANN, "❤️"),
            (ReactionAdded, ANN, "❤️"),
        ],
        start=2,
    ):
        message = applied(message, about(kind, seq, author=author, emoji=emoji))
    assert shown(message, None).reactions == [
        Reaction(emoji="❤️", users=[BOB, ANN]),
        Reaction(emoji="👍", users=[BOB]),
    ]
    assert message.changed == 8


def test_an_answer_quotes_shortly_and_a_deleted_message_by_name_only() -> None:
    message = begun(posted(2, reply_to=1))
    long = begun(posted(1, text="word " * 100))
    quote = shown(message, long).reply
    assert quote is not None
    assert len(quote.text) <= 140
    gone = shown(message, applied(long, about(MessageDeleted, 3))).reply
    assert gone is not None
    assert (gone.text, gone.deleted) == ("", True)


@given(timelines(), st.sampled_from(PEOPLE), st.integers(0, 40))
def test_a_tally_counts_others_messages_once_however_often_they_are_added(
    entries: list[Kept], user: str, marker: int
) -> None:
    final = whole(entries)
    expected = {
        seq
        for seq, message in final.items()
        if seq > marker and message.author != user and not message.deleted
    }
    tally = Tally(user, marker)
    messages: dict[int, Message] = {}
    for kept in entries:
        touched = fold(messages, kept.entry)
        tally.add([touched] if touched else [])
    assert tally.messages == expected
    assert tally.mentions == {seq for seq in expected if user in final[seq].mentions}
