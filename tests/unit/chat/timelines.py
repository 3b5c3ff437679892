"""Timelines made up by hypothesis: entries that could have been appended, in order."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from contracts.chat import (
    Entry,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    TimelineEntry,
)
from contracts.ids import ClientId, RoomId, UserId
from services.chat.domain.chain import FIRST, digest
from services.chat.domain.tail import Kept

ROOM = RoomId("01" + "a" * 24)
PEOPLE = [UserId("01" + letter * 24) for letter in "bcd"]
EMOJI = ["👍", "🇸🇪", "❤️"]


def user(number: int) -> UserId:
    return PEOPLE[number % len(PEOPLE)]


def posted(seq: int = 1, **more: Any) -> MessagePosted:
    fields = {"author": PEOPLE[0], "at": 1000 + seq, "prev": "", "text": "hello", "mentions": []}
    fields |= {"room": ROOM, "seq": seq, "client_id": ClientId(f"client-{seq}")}
    return MessagePosted(**fields | more)


@st.composite
def timelines(draw: st.DrawFn, max_size: int = 25) -> list[Kept]:
    """The entries of one room from the first, with their bytes and places."""
    kept: list[Kept] = []
    posts: list[int] = []
    prev, position = FIRST, 0
    for seq in range(1, draw(st.integers(1, max_size)) + 1):
        common = {
            "room": ROOM,
            "seq": seq,
            "at": 1_000 * seq,
            "author": draw(st.sampled_from(PEOPLE)),
            "client_id": ClientId(f"client-{seq}"),
            "prev": prev,
        }
        entry = draw(_entry(common, posts))
        if isinstance(entry, MessagePosted):
            posts.append(seq)
        data = msgspec.json.encode(entry)
        prev = digest(data)
        position += draw(st.integers(1, 5))
        kept.append(Kept(entry, position, data))
    return kept


@st.composite
def _entry(draw: st.DrawFn, common: dict[str, Any], posts: list[int]) -> TimelineEntry:
    kinds: list[type[Entry]] = [MessagePosted]
    if posts:
        kinds += [MessagePosted, MessageEdited, MessageDeleted, ReactionAdded, ReactionRemoved]
    kind = draw(st.sampled_from(kinds))
    about = {} if kind is MessagePosted else {"target": draw(st.sampled_from(posts))}
    if kind in (MessagePosted, MessageEdited):
        about |= {"text": draw(st.text(min_size=1, max_size=5))}
        about |= {"mentions": draw(st.lists(st.sampled_from(PEOPLE), unique=True))}
    if kind in (ReactionAdded, ReactionRemoved):
        about |= {"emoji": draw(st.sampled_from(EMOJI))}
    return kind(**common, **about)
