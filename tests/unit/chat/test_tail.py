import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import ClientId, UserId
from services.chat.domain import tail as tails
from services.chat.domain.chain import FIRST, Chain, digest
from services.chat.domain.deeds import Deed, mark_of_entry
from services.chat.domain.message import fold
from services.chat.domain.tail import KEPT_BYTES, KEPT_DEEDS, KEPT_ENTRIES, Head, Kept, Tail
from tests.unit.chat.timelines import PEOPLE, ROOM, posted, timelines

pytestmark = pytest.mark.chat


def kept(seq: int, **more: object) -> Kept:
    entry = posted(seq, **more)
    return Kept(entry, seq * 10, msgspec.json.encode(entry))


@given(timelines())
def test_a_chain_of_appended_entries_is_whole(entries: list[Kept]) -> None:
    chain = Chain(ROOM)
    for one in entries:
        chain.follow(one.entry, one.data)
    assert chain.broken == ""
    assert chain.entries == len(entries)


@given(timelines(), st.data())
def test_what_is_lost_altered_or_moved_breaks_the_chain(
    entries: list[Kept], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    harm = data.draw(st.sampled_from(["lose", "alter", "swap"]))
    harmed = list(entries)
    if harm == "lose":
        del harmed[index]
    elif harm == "alter":
        harmed[index] = Kept(entries[index].entry, 0, entries[index].data + b" ")
    else:
        harmed.insert(0, harmed.pop(index))
    chain = Chain(ROOM)
    for one in harmed:
        chain.follow(one.entry, one.data)
    last = index == len(entries) - 1
    # What is lost or altered at the very end has no successor to show it.
    assert bool(chain.broken) != ((last and harm != "swap") or (harm == "swap" and index == 0))


def test_a_digest_has_43_characters() -> None:
    assert len(digest(b"x")) == 43
    assert FIRST == ""


@given(timelines(), st.integers(0, 40))
def test_a_tail_knows_the_messages_that_began_in_it_as_they_are(
    entries: list[Kept], loaded: int
) -> None:
    before, after = entries[:loaded], entries[loaded:]
    tail = Tail(Tail.head_of(before[-1]) if before else Head())
    for one in after:
        assert tail.learn(one)
        assert tail.learn(one)
    whole = {}
    for one in entries:
        fold(whole, one.entry)
    assert tail.messages == {seq: m for seq, m in whole.items() if seq > len(before)}
    assert tail.head == Tail.head_of(entries[-1])
    assert tail.after(len(before)) == after
    assert tail.after(0) == (entries if not before else None)
    tail.extend_back(before)
    assert tail.messages == whole
    assert tail.after(0) == entries
    assert tail.floor == 1


def test_an_entry_that_skips_is_not_learnt() -> None:
    tail = Tail(Head())
    assert tail.learn(kept(1))
    assert not tail.learn(kept(3))
    assert tail.head.seq == 1


def test_a_tail_is_bounded_in_entries_and_in_bytes() -> None:
    tail = Tail(Head())
    for seq in range(1, KEPT_ENTRIES + 101):
        tail.learn(kept(seq))
    assert len(tail.entries) == KEPT_ENTRIES
    assert tail.floor == 101
    assert min(tail.messages) == 101
    assert tail.after(99) is None
    assert [one.entry.seq for one in tail.after(100) or []] == list(range(101, KEPT_ENTRIES + 101))
    large = Tail(Head())
    for seq in range(1, 101):
        large.learn(kept(seq, text="x" * 30_000))
    assert sum(len(one.data) for one in large.entries) <= KEPT_BYTES
    assert large.head.seq == 100


def test_older_entries_join_without_a_gap_or_not_at_all() -> None:
    tail = Tail(Tail.head_of(kept(10)))
    tail.learn(kept(11))
    tail.extend_back([kept(7), kept(8)])
    assert tail.floor == 11
    tail.extend_back([kept(7), kept(9), kept(10)])
    assert tail.floor == 9


def test_client_ids_are_known_from_the_first_entry_or_once_the_author_was_met() -> None:
    ann, bob, _ = PEOPLE
    fresh = Tail(Head())
    assert fresh.knows(ann)
    fresh.learn(kept(1))
    assert fresh.deed(ann, ClientId("client-1")) == Deed(1, 1001, mark_of_entry(posted(1)))
    assert fresh.deed(bob, ClientId("client-1")) is None

    late = Tail(Tail.head_of(kept(5)))
    late.learn(kept(6))
    assert not late.knows(ann)
    late.meet(ann, [(ClientId("client-2"), Deed(2, 2, 2))], 7)
    assert late.knows(ann)
    assert not late.knows(bob)
    # From the index, from the run, and from now on.
    late.learn(kept(7))
    for seq in (2, 6, 7):
        assert late.deed(ann, ClientId(f"client-{seq}")) is not None
    assert late.posted_at(ann) == 1007
    late.meet(bob, [], 0, sure=False)
    assert not late.knows(bob)


def test_deeds_and_authors_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    tail = Tail(Head())
    for seq in range(1, KEPT_DEEDS + 11):
        tail.learn(kept(seq))
    assert tail.deed(PEOPLE[0], ClientId("client-10")) is None
    assert tail.deed(PEOPLE[0], ClientId("client-11")) is not None
    monkeypatch.setattr(tails, "KEPT_AUTHORS", 5)
    crowd = Tail(Head())
    users = [UserId(f"01{number:024}") for number in range(8)]
    for seq, user in enumerate(users, start=1):
        crowd.learn(kept(seq, author=user))
    # Once one had to be forgotten, those who are new have to be met.
    assert [crowd.knows(user) for user in users] == [False] + [True] * 5 + [False] * 2
