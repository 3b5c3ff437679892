import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.chat import (
    DeleteMessage,
    EditMessage,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PostMessage,
    React,
    ReactionAdded,
    ReactionRemoved,
    Unreact,
)
from contracts.errors import Code, Refusal
from contracts.ids import ClientId
from services.chat.domain.bounds import ANSWER_BYTES, newest, oldest
from services.chat.domain.deeds import mark_of_command, mark_of_entry
from services.chat.domain.emoji import single
from tests.unit.chat.timelines import PEOPLE, ROOM

pytestmark = pytest.mark.chat

ENTRY = {"room": ROOM, "seq": 9, "at": 9, "author": PEOPLE[0], "prev": ""}
ID = ClientId("client-id")
PAIRS = [
    (PostMessage(room=ROOM, client_id=ID, text="a"), MessagePosted, {"text": "a", "mentions": []}),
    (
        PostMessage(room=ROOM, client_id=ID, text="a", reply_to=3),
        MessagePosted,
        {"text": "a", "mentions": [], "reply_to": 3},
    ),
    (
        EditMessage(room=ROOM, client_id=ID, target=3, text="a"),
        MessageEdited,
        {"target": 3, "text": "a", "mentions": []},
    ),
    (DeleteMessage(room=ROOM, client_id=ID, target=3), MessageDeleted, {"target": 3}),
    (
        React(room=ROOM, client_id=ID, target=3, emoji="👍"),
        ReactionAdded,
        {"target": 3, "emoji": "👍"},
    ),
    (
        Unreact(room=ROOM, client_id=ID, target=3, emoji="👍"),
        ReactionRemoved,
        {"target": 3, "emoji": "👍"},
    ),
    (DeleteMessage(room=ROOM, client_id=ID, target=4), MessageDeleted, {"target": 4}),
]


def test_a_command_and_its_entry_have_one_mark_and_no_two_deeds_share_it() -> None:
    marks = []
    for command, kind, fields in PAIRS:
        mark = mark_of_command(command, getattr(command, "text", ""))
        assert mark == mark_of_entry(kind(**ENTRY, client_id=ID, **fields))
        assert 0 <= mark < 1 << 63
        marks.append(mark)
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "🇸🇪", "❤️", "❤", "1️⃣", "👨‍👩‍👧‍👦", "🏴‍☠️", "🫨"])
def test_one_emoji_is_one(emoji: str) -> None:
    assert single(emoji) == emoji


@pytest.mark.parametrize("text", ["", "a", "1", "👍👍", "👍a", " 👍", "🇸", "\u200d", ":+1:"])
def test_what_is_not_one_emoji_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        single(text)
    assert refused.value.code is Code.REACTION_INVALID


@given(st.lists(st.integers(1, ANSWER_BYTES // 3), max_size=12), st.integers(0, 12))
def test_a_page_fits_an_answer_and_loses_nothing_it_need_not(sizes: list[int], limit: int) -> None:
    first, last = oldest(sizes, limit, int), newest(sizes, limit, int)
    assert list(first) == sizes[: len(first)]
    assert list(last) == sizes[len(sizes) - len(last) :]
    for part, rest in ((first, sizes[len(first) :]), (last, sizes[: len(sizes) - len(last)][::-1])):
        assert sum(part) <= ANSWER_BYTES
        assert len(part) <= limit
        if rest and len(part) < limit:
            assert sum(part) + rest[0] > ANSWER_BYTES


def test_one_item_fits_whatever_its_size() -> None:
    assert list(oldest([ANSWER_BYTES * 2, 1], 5, int)) == [ANSWER_BYTES * 2]
    assert list(oldest([ANSWER_BYTES * 2], 5, int, taken=1)) == []
