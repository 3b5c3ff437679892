"""What rooms are told of presence, and that a client who follows the rules holds the truth."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import RoomId, UserId
from contracts.presence import PresenceChanged
from services.rooms.domain.announcing import COUNT_EVERY_MS, LISTED, LISTED_AGAIN, Announcer
from services.rooms.domain.presence import Delta
from tests.unit.rooms.people import ANN, BOB, KITCHEN

pytestmark = [pytest.mark.unit, pytest.mark.rooms]


class Hall:
    """A room with an announcer, and a client that keeps to the contract."""

    def __init__(self, online: int = 0) -> None:
        self.people = {UserId(f"u{n}") for n in range(online)}
        self.announcer = Announcer(lambda _: len(self.people))
        self.now = 1_000
        self.numbers = itertools.count()
        self.announcer.begin([KITCHEN], self.now)
        self.asked = 0
        self.ask()

    def ask(self) -> None:
        self.asked += 1
        self.revision = self.announcer.revision(KITCHEN)
        self.count = len(self.people)
        self.held = set(self.people) if len(self.people) <= LISTED else None

    def hear(self, event: PresenceChanged) -> None:
        if event.revision <= self.revision:
            return
        if event.after > self.revision:
            self.ask()
            return
        self.revision, self.count = event.revision, event.online
        if self.held is not None:
            self.held = (self.held | set(event.joined)) - set(event.left)
            if len(self.held) != event.online:
                self.held = None

    def change(self, *, joined: int = 0, left: int = 0) -> list[PresenceChanged]:
        came = {UserId(f"n{next(self.numbers)}") for _ in range(joined)}
        went = set(sorted(self.people)[:left])
        self.people = (self.people | came) - went
        events = self.announcer.announce({KITCHEN: Delta(joined=came, left=went)}, self.now)
        for event in events:
            self.hear(event)
        return events

    def wait(self, millis: int) -> list[PresenceChanged]:
        self.now += millis
        events = self.announcer.announce({}, self.now)
        for event in events:
            self.hear(event)
        return events


def test_events_of_a_room_form_a_chain() -> None:
    hall = Hall()
    first, second = hall.change(joined=2)[0], hall.change(left=1)[0]
    assert second.after == first.revision < second.revision
    assert (first.online, second.online) == (2, 1)
    assert hall.held == hall.people


def test_a_large_room_hears_counts_now_and_then() -> None:
    hall = Hall(LISTED)
    (count,) = hall.change(joined=1)
    assert (count.online, count.joined, count.left) == (LISTED + 1, [], [])
    assert hall.change(joined=5) == []
    assert hall.wait(COUNT_EVERY_MS - 1) == []
    (count,) = hall.wait(1)
    assert (count.online, count.joined) == (LISTED + 6, [])
    assert hall.wait(COUNT_EVERY_MS) == [], "nothing has changed since"
    assert hall.held is None


def test_a_room_that_has_shrunk_names_its_people_again() -> None:
    hall = Hall(LISTED + 10)
    hall.wait(COUNT_EVERY_MS)
    hall.change(left=20)
    assert hall.held is None, "not below the lower bound yet"
    hall.change(left=LISTED - 10 - LISTED_AGAIN)
    assert hall.held == hall.people
    assert len(hall.people) == LISTED_AGAIN


def test_a_new_speaker_has_everyone_ask_again() -> None:
    hall = Hall(3)
    hall.change(joined=1)
    held = hall.revision
    hall.now += 1
    hall.announcer = Announcer(lambda _: len(hall.people))
    (event,) = hall.announcer.begin([KITCHEN], hall.now)
    assert event.after > held
    hall.hear(event)
    assert hall.asked == 2
    assert hall.held == hall.people


def test_rooms_are_numbered_apart_but_never_alike() -> None:
    announcer = Announcer(lambda _: 1)
    cellar = RoomId("other")
    deltas = {KITCHEN: Delta(joined={ANN}), cellar: Delta(joined={BOB})}
    one, other = announcer.announce(deltas, 5)
    assert one.revision != other.revision
    assert announcer.revision(KITCHEN) == one.revision
    assert (one.after, other.after) == (0, 0)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 150), st.integers(0, 150), st.integers(0, 2_000)), max_size=20
    ),
    st.integers(0, LISTED + 50),
)
def test_a_client_always_ends_with_the_truth(
    history: list[tuple[int, int, int]], begins_with: int
) -> None:
    hall = Hall(begins_with)
    for joined, left, pause in history:
        hall.change(joined=joined, left=left)
        hall.wait(pause + 1)
    hall.wait(COUNT_EVERY_MS)
    assert hall.count == len(hall.people)
    if hall.held is not None:
        assert hall.held == hall.people
    if len(hall.people) <= LISTED_AGAIN:
        assert hall.held is not None
