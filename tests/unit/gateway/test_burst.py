"""Frames go out at once; where many follow and frames come thick, several in one write."""

from collections.abc import Callable

import pytest

from gateway.burst import FEW, LONGEST_REST_SECONDS, MOST_BYTES, REST_EACH_SECONDS, Burst

pytestmark = [pytest.mark.unit, pytest.mark.gateway]

MANY = FEW + 50
REST = MANY * REST_EACH_SECONDS


class Planned:
    def __init__(self, when: float, callback: Callable[[], object]) -> None:
        self.when, self.callback, self.cancelled = when, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """A loop whose time passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1.0
        self.planned: list[Planned] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object], /) -> Planned:
        self.planned.append(Planned(when, callback))
        return self.planned[-1]

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        due = [call for call in self.planned if call.when <= self.now]
        self.planned = [call for call in self.planned if call.when > self.now]
        for call in due:
            if not call.cancelled:
                call.callback()


class Room:
    """So many followers, and what the first of them was written."""

    def __init__(self, followers: int) -> None:
        self.written: list[bytes] = []
        self.others = 0
        self.clock = Clock()
        self.writers = [self.written.append, *[self._count] * (followers - 1)]
        self.burst = Burst(self.writers, self.clock)

    def _count(self, _frame: bytes) -> None:
        self.others += 1

    def says(self, *frames: bytes) -> None:
        for frame in frames:
            self.burst.send(frame)


def test_few_followers_wait_for_nothing() -> None:
    room = Room(FEW)
    room.says(b"a", b"b", b"c")
    assert room.written == [b"a", b"b", b"c"]
    assert not room.clock.planned


def test_many_followers_get_what_comes_thick_in_one_write() -> None:
    room = Room(MANY)
    room.says(b"a", b"b", b"c")
    assert room.written == [b"a"]
    room.clock.pass_by(REST)
    assert room.written == [b"a", b"bc"]
    assert room.others == 2 * (MANY - 1)


def test_a_room_that_has_rested_waits_for_nothing() -> None:
    room = Room(MANY)
    for frame in (b"a", b"b", b"c"):
        room.says(frame)
        room.clock.pass_by(REST)
    assert room.written == [b"a", b"b", b"c"]


def test_after_a_joint_write_it_rests_again() -> None:
    room = Room(MANY)
    room.says(b"a", b"b")
    room.clock.pass_by(REST)
    room.says(b"c")
    assert room.written == [b"a", b"b"]
    room.clock.pass_by(REST)
    assert room.written == [b"a", b"b", b"c"]


@pytest.mark.parametrize("followers", [MANY, 1_000, 20_000])
def test_nothing_waits_longer_than_it_may(followers: int) -> None:
    room = Room(followers)
    room.says(b"a", b"b")
    room.clock.pass_by(LONGEST_REST_SECONDS)
    assert room.written == [b"a", b"b"]


def test_what_is_large_does_not_pile_up() -> None:
    room = Room(MANY)
    large = b"x" * (MOST_BYTES // 2 + 1)
    room.says(b"a", large, large, b"b")
    assert room.written == [b"a", large * 2]
    room.clock.pass_by(LONGEST_REST_SECONDS)
    assert room.written == [b"a", large * 2, b"b"]


def test_flushing_writes_what_waits_once() -> None:
    room = Room(MANY)
    room.says(b"a", b"b")
    room.burst.flush()
    room.burst.flush()
    assert room.written == [b"a", b"b"]
    room.clock.pass_by(LONGEST_REST_SECONDS)
    assert room.written == [b"a", b"b"]


def test_frames_keep_their_order_when_followers_become_few() -> None:
    room = Room(MANY)
    room.says(b"a", b"b")
    del room.writers[FEW:]
    room.says(b"c")
    room.clock.pass_by(LONGEST_REST_SECONDS)
    assert b"".join(room.written) == b"abc"
