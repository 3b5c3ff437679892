"""The judge of what clients saw must find every kind of loss, or its verdict means nothing."""

from collections.abc import Callable

import msgspec
import pytest

from contracts.chat import MessagePosted
from contracts.ids import ClientId, RoomId, UserId
from runtime.codec import encode
from runtime.ids import new_id
from services.chat.domain.chain import digest
from tests.support.view import View

ROOM, AUTHOR = RoomId(new_id()), UserId(new_id())


def timeline(length: int) -> list[bytes]:
    """A sound timeline, as chat would store it."""
    stored: list[bytes] = []
    for seq in range(1, length + 1):
        posted = MessagePosted(
            room=ROOM,
            seq=seq,
            at=seq,
            author=AUTHOR,
            client_id=ClientId(f"client-{seq:04}"),
            prev=digest(stored[-1]) if stored else "",
            text=f"message {seq}",
            mentions=[],
        )
        stored.append(encode(posted))
    return stored


def seen(entries: list[bytes]) -> View:
    view = View()
    view.take_all(entries)
    return view


def test_a_whole_timeline_is_sound_in_whatever_order_it_came() -> None:
    entries = timeline(5)
    view = seen([entries[3], entries[0], entries[4], *entries[:3], entries[1]])
    view.assert_sound()
    assert view.head == 5
    assert not view.has_gap


def lost_in_the_middle(entries: list[bytes]) -> list[bytes]:
    return [*entries[:2], *entries[3:]]


def lost_at_the_beginning(entries: list[bytes]) -> list[bytes]:
    return entries[1:]


def altered(entries: list[bytes]) -> list[bytes]:
    return [*entries[:2], entries[2].replace(b"message 3", b"massage 3"), *entries[3:]]


def stored_twice(entries: list[bytes]) -> list[bytes]:
    again = msgspec.json.decode(entries[1]) | {"seq": 6, "prev": digest(entries[4])}
    return [*entries, msgspec.json.encode(again)]


def two_in_one_place(entries: list[bytes]) -> list[bytes]:
    return [*entries, entries[4].replace(b"message 5", b"message X")]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lost_in_the_middle, "gaps"),
        (lost_at_the_beginning, "gaps"),
        (altered, "chain broken at 4"),
        (stored_twice, "stands at 2 and at 6"),
        (two_in_one_place, "two entries in one place"),
    ],
)
def test_each_kind_of_loss_is_found(
    spoil: Callable[[list[bytes]], list[bytes]], complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        seen(spoil(timeline(5))).assert_sound()


def test_a_gap_shows_at_once_and_closes() -> None:
    entries = timeline(3)
    view = seen([entries[0], entries[2]])
    assert view.has_gap
    assert view.head == 1
    view.take(2, entries[1])
    assert not view.has_gap
    assert view.head == 3


def test_what_the_server_could_not_tell_is_not_forgotten() -> None:
    entries = timeline(9)
    view = seen(entries[:2])
    view.begin_again(entries[5:], 9)
    assert view.head == 9
    assert not view.has_gap
    with pytest.raises(AssertionError, match="everything up to 5 was given up"):
        view.assert_sound()
