"""Who follows what: one subscription for however many followers, none for nobody."""

import asyncio
from collections import Counter

import pytest
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError

from contracts.ids import SessionId, UserId
from gateway import metrics
from gateway.burst import FEW
from gateway.fanout import text_frame
from gateway.held import Held
from gateway.hub import Hub, room_key, session_key, subjects_of, user_key
from runtime.ids import new_id
from runtime.tap import Tap
from tests.unit.gateway.sessions import room

pytestmark = [pytest.mark.unit, pytest.mark.gateway]


class Follower:
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)


class Leaving(Follower):
    """Whose transport closed a moment ago."""

    def write(self, frame: bytes) -> None:
        raise RuntimeError("the handler is closed")


class Broker:
    """What the hub sees of a broker: who subscribed to what, and what is told to them."""

    def __init__(self) -> None:
        self.taps: dict[str, list[Tap]] = {}
        self.asked: Counter[str] = Counter()
        self.hold = asyncio.Event()
        self.hold.set()
        self.away = False
        self.broken = False

    async def subscribe(self, subject: str, tap: Tap):
        self.asked[subject] += 1
        await self.hold.wait()
        if self.away:
            raise ConnectionClosedError
        if self.broken:
            raise ValueError("a bug of ours")
        self.taps.setdefault(subject, []).append(tap)
        return Subscription(self, subject, tap)

    def tell(self, subject: str, data: bytes) -> None:
        for tap in self.taps.get(subject, ()):
            assert not tap.cancelled()
            tap.set_result(Msg(_client=None, subject=subject, data=data))


class Subscription:
    def __init__(self, broker: Broker, subject: str, tap: Tap) -> None:
        self.broker, self.subject, self.tap = broker, subject, tap

    async def unsubscribe(self) -> None:
        taps = self.broker.taps[self.subject]
        taps.remove(self.tap)
        if not taps:
            del self.broker.taps[self.subject]


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def overheard() -> list[tuple[object, bytes]]:
    return []


@pytest.fixture
def hub(broker: Broker, overheard: list) -> Hub:
    return Hub(broker.subscribe, lambda key, data: overheard.append((key, data)))


async def test_the_first_follower_subscribes_and_the_last_one_unsubscribes(hub, broker):
    key = room_key(room())
    ann, bob = Follower(), Follower()
    await hub.join(key, ann)
    await hub.join(key, bob)
    await hub.join(key, bob)
    assert broker.asked == dict.fromkeys(subjects_of(key), 1)
    hub.leave(key, ann)
    await hub.settled()
    assert set(broker.taps) == set(subjects_of(key))
    hub.leave(key, bob)
    hub.leave(key, bob)
    await hub.settled()
    assert (broker.taps, len(hub)) == ({}, 0)


async def test_everyone_gets_the_same_bytes_and_nobody_elses(hub, broker, overheard):
    key, other = room_key(room()), room_key(room())
    ann, bob, eve = Follower(), Follower(), Follower()
    await hub.join(key, ann)
    await hub.join(key, bob)
    await hub.join(other, eve)
    for subject in subjects_of(key):
        broker.tell(subject, b"news")
    assert ann.frames == bob.frames == [text_frame(b"news")] * 2
    assert ann.frames[0] is bob.frames[0]
    assert eve.frames == []
    assert overheard == []


async def test_one_who_is_just_leaving_takes_nothing_from_the_others(hub, broker):
    key = room_key(room())
    gone, ann = Leaving(), Follower()
    await hub.join(key, gone)
    await hub.join(key, ann)
    broker.tell(subjects_of(key)[0], b"news")
    assert ann.frames == [text_frame(b"news")]


async def test_who_leaves_amid_a_burst_still_gets_what_came_before(hub, broker):
    key = room_key(room())
    ann, *others = [Follower() for _ in range(FEW + 1)]
    for one in (ann, *others):
        await hub.join(key, one)
    broker.tell(subjects_of(key)[0], b"news")
    broker.tell(subjects_of(key)[0], b"more")
    hub.leave(key, ann)
    broker.tell(subjects_of(key)[0], b"later")
    sent = [text_frame(b"news"), text_frame(b"more")]
    assert ann.frames == sent
    assert b"".join(others[0].frames).startswith(b"".join(sent))


@pytest.mark.parametrize(
    "key", [user_key(UserId(new_id())), session_key(SessionId(new_id()))], ids=["user", "session"]
)
async def test_what_is_told_to_a_person_is_overheard_after_it_went_out(hub, broker, overheard, key):
    ann = Follower()
    await hub.join(key, ann)
    broker.tell(subjects_of(key)[0], b"notice")
    assert ann.frames == [text_frame(b"notice")]
    assert overheard == [(key, b"notice")]


async def test_what_goes_wrong_with_a_message_stays_with_it(broker):
    hub = Hub(broker.subscribe, lambda key, data: 1 / 0)
    key = user_key(UserId(new_id()))
    ann = Follower()
    await hub.join(key, ann)
    broker.tell(subjects_of(key)[0], b"one")
    broker.tell(subjects_of(key)[0], b"two")
    assert ann.frames == [text_frame(b"one"), text_frame(b"two")]


async def test_joining_beside_the_first_waits_for_the_same_subscription(hub, broker):
    key = room_key(room())
    broker.hold.clear()
    ann, bob = Follower(), Follower()
    joining = [asyncio.create_task(hub.join(key, one)) for one in (ann, bob)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in joining)
    broker.hold.set()
    await asyncio.gather(*joining)
    assert broker.asked == dict.fromkeys(subjects_of(key), 1)


async def test_leaving_while_it_opens_leaves_no_subscription_behind(hub, broker):
    key = room_key(room())
    broker.hold.clear()
    ann = Follower()
    joining = asyncio.create_task(hub.join(key, ann))
    await asyncio.sleep(0)
    hub.leave(key, ann)
    broker.hold.set()
    await joining
    await hub.settled()
    assert (broker.taps, len(hub)) == ({}, 0)


async def test_a_channel_that_cannot_be_opened_fails_for_all_and_can_be_tried_again(hub, broker):
    key = room_key(room())
    counted = metrics.CHANNELS.labels("room")._value
    before = counted.get()
    broker.hold.clear()
    broker.away = True
    ann, bob = Follower(), Follower()
    joining = [asyncio.create_task(hub.join(key, one)) for one in (ann, bob)]
    await asyncio.sleep(0)
    broker.hold.set()
    ends = await asyncio.gather(*joining, return_exceptions=True)
    assert [type(end) for end in ends] == [ConnectionClosedError] * 2
    assert (len(hub), counted.get()) == (0, before)
    broker.away = False
    await hub.join(key, ann)
    assert set(broker.taps) == set(subjects_of(key))
    assert counted.get() == before + 1


async def test_a_channel_that_fails_by_a_bug_leaves_nobody_waiting_or_listening(hub, broker):
    key = room_key(room())
    broker.hold.clear()
    broker.broken = True
    ann, bob = Follower(), Follower()
    joining = [asyncio.create_task(hub.join(key, one)) for one in (ann, bob)]
    await asyncio.sleep(0)
    broker.hold.set()
    async with asyncio.timeout(1):
        ends = await asyncio.gather(*joining, return_exceptions=True)
    assert [type(end) for end in ends] == [ValueError] * 2
    assert (len(hub), hub.count(key)) == (0, 0)


async def test_who_waits_beside_a_cancelled_opener_is_told(hub, broker):
    key = room_key(room())
    broker.hold.clear()
    opening, beside = [asyncio.create_task(hub.join(key, Follower())) for _ in range(2)]
    await asyncio.sleep(0)
    opening.cancel()
    async with asyncio.timeout(1):
        ends = await asyncio.gather(opening, beside, return_exceptions=True)
    assert [type(end) for end in ends] == [asyncio.CancelledError, ConnectionClosedError]
    assert len(hub) == 0


async def test_what_is_held_is_written_once_let_in_and_in_its_order(hub, broker):
    key = room_key(room())
    ann, held = Follower(), Held()
    await hub.join(key, ann, held)
    broker.tell(subjects_of(key)[0], b"one")
    broker.tell(subjects_of(key)[1], b"two")
    assert ann.frames == []
    assert hub.admit(key, ann, held)
    broker.tell(subjects_of(key)[0], b"three")
    assert b"".join(ann.frames) == b"".join(map(text_frame, (b"one", b"two", b"three")))


async def test_who_is_let_in_amid_a_burst_gets_all_of_it_in_order(hub, broker):
    key = room_key(room())
    ann, held = Follower(), Held()
    for _ in range(FEW + 1):
        await hub.join(key, Follower())
    await hub.join(key, ann, held)
    numbers = [str(number).encode() for number in range(6)]
    for number in numbers[:3]:
        broker.tell(subjects_of(key)[0], number)
    assert hub.admit(key, ann, held)
    for number in numbers[3:]:
        broker.tell(subjects_of(key)[0], number)
    hub.leave(key, ann)
    assert b"".join(ann.frames) == b"".join(map(text_frame, numbers))


async def test_who_is_held_and_leaves_hears_nothing_and_is_not_let_in(hub, broker):
    key = room_key(room())
    ann, held = Follower(), Held()
    await hub.join(key, ann, held)
    broker.tell(subjects_of(key)[0], b"news")
    hub.leave(key, ann)
    assert not hub.admit(key, ann, held)
    assert (ann.frames, hub.count(key)) == ([], 0)


async def test_asking_again_neither_holds_who_is_in_nor_lets_in_who_is_held(hub, broker):
    key = room_key(room())
    ann, bob, first = Follower(), Follower(), Held()
    await hub.join(key, ann)
    await hub.join(key, ann, Held())
    await hub.join(key, bob, first)
    await hub.join(key, bob, Held())
    await hub.join(key, bob)
    broker.tell(subjects_of(key)[0], b"news")
    assert (ann.frames, bob.frames) == ([text_frame(b"news")], [])
    assert hub.admit(key, bob, Held())
    assert bob.frames == []
    assert hub.admit(key, bob, first)
    assert bob.frames == [text_frame(b"news")]


async def test_what_does_not_fit_is_dropped_as_a_whole_and_told(hub, broker, monkeypatch):
    monkeypatch.setattr("gateway.held.HELD_BYTES", 10)
    key = room_key(room())
    ann, held = Follower(), Held()
    await hub.join(key, ann, held)
    for text in (b"one", b"two more", b"3"):
        broker.tell(subjects_of(key)[0], text)
    assert held.overflowed
    assert hub.admit(key, ann, held)
    broker.tell(subjects_of(key)[0], b"four")
    assert ann.frames == [text_frame(b"four")]
