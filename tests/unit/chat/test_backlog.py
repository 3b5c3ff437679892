import msgspec
import pytest

from contracts.ids import RoomId
from services.chat import backlog as backlogs
from services.chat.backlog import Backlog
from services.chat.domain.tail import Kept
from tests.unit.chat.timelines import posted

pytestmark = pytest.mark.chat

HERE, THERE = RoomId("01" + "a" * 24), RoomId("01" + "b" * 24)


def kept(seq: int) -> Kept:
    entry = posted(seq)
    return Kept(entry, seq, msgspec.json.encode(entry))


def seqs(taken: dict[RoomId, list[Kept]]) -> dict[RoomId, list[int]]:
    return {room: [one.entry.seq for one in run] for room, run in taken.items()}


def test_runs_are_taken_out_once_by_room() -> None:
    backlog = Backlog()
    assert not backlog.filled.is_set()
    for room, seq in [(HERE, 1), (THERE, 7), (HERE, 2)]:
        backlog.add(room, kept(seq))
    assert backlog.filled.is_set()
    assert seqs(backlog.take()) == {HERE: [1, 2], THERE: [7]}
    assert not backlog.filled.is_set()
    assert backlog.take() == {}


def test_a_run_has_no_gap() -> None:
    backlog = Backlog()
    for seq in (1, 2, 5, 6):
        backlog.add(HERE, kept(seq))
    assert len(backlog) == 2
    assert seqs(backlog.take()) == {HERE: [5, 6]}


def test_what_could_not_be_done_comes_again_by_its_end() -> None:
    backlog = Backlog()
    for seq in (1, 2, 3):
        backlog.add(HERE, kept(seq))
        backlog.add(THERE, kept(seq))
    taken = backlog.take()
    backlog.add(THERE, kept(4))
    backlog.put_back(taken)
    assert backlog.filled.is_set()
    assert len(backlog) == 2
    # The projection reads from the log what lies before.
    assert seqs(backlog.take()) == {HERE: [3], THERE: [4]}


def test_it_is_bounded_while_nobody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlogs, "MAX_ENTRIES", 10)
    backlog = Backlog()
    for seq in range(1, 100):
        backlog.add(HERE, kept(seq))
        backlog.add(THERE, kept(seq))
        assert len(backlog) <= 11
    ends = {room: run[-1] for room, run in seqs(backlog.take()).items()}
    assert ends == {HERE: 99, THERE: 99}
