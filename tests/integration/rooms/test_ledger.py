"""Changes of one room that wait for each other in a process, while another one changes it too."""

import asyncio

import pytest

from contracts.errors import Code, Refusal
from contracts.ids import RoomId
from contracts.rooms import CreateRoom, JoinRoom, MemberJoined, UpdateRoom
from runtime.ids import now_ms
from runtime.process import Process
from services.rooms.domain import coming, order, shape
from services.rooms.domain.state import Room, Verdict
from services.rooms.ledger import Ledger, People
from services.rooms.outbox import Outbox
from services.rooms.store import MembershipStore, RoomStore
from services.rooms.views import Views
from tests.support.asking import Asker, account
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid = account(), account(), account()


@pytest.fixture
async def room(asker: Asker, rooms: Process) -> RoomId:
    """Ann's, with two seats, and bob on the second."""
    made = await asker.ask(ann, CreateRoom(name="Two seats", capacity=2))
    await asker.ask(bob, JoinRoom(room=made.info.room))
    return made.info.room


@pytest.fixture
def ledger(rooms: Process) -> Ledger:
    """What changes rooms in a replica of its own."""
    memberships = MembershipStore()
    outbox = Outbox(rooms.bus, memberships, Views(rooms.bus), lambda _: 0)
    return Ledger(RoomStore(), memberships, outbox)


def muting(seconds: int) -> object:
    def decide(before: Room, people: People) -> Verdict:
        return order.mute(before, people[ann.user], people[bob.user], seconds, now_ms())

    return decide


def cid_comes(before: Room, people: People) -> Verdict:
    return coming.join(before, people.get(cid.user), cid.user, now_ms())


async def queued(ledger: Ledger, room: RoomId, first: object, then: object) -> list[object]:
    """Two changes, the second of which waits for the first to end."""
    in_line = asyncio.Event()

    async def until_in_line(_: Room) -> People:
        await in_line.wait()
        return {}

    one = asyncio.create_task(
        ledger.change(room, [ann.user, bob.user], first, until_in_line), name="first"
    )
    other = asyncio.create_task(then, name="second")
    await asyncio.sleep(0)
    in_line.set()
    return await asyncio.gather(one, other, return_exceptions=True)


async def test_a_refusal_rests_on_the_room_as_it_is(
    asker: Asker, ledger: Ledger, room: RoomId
) -> None:
    """The next in line goes on from what the last one left, unless that would refuse it."""
    looks: list[int] = []

    async def widened_meanwhile(before: Room) -> People:
        looks.append(before.capacity)
        if len(looks) == 1:
            await asker.ask(ann, UpdateRoom(room=room, capacity=3))
        return {}

    joining = ledger.change(room, [cid.user], cid_comes, widened_meanwhile)
    _, joined = await queued(ledger, room, muting(60), joining)
    assert joined.room.members == 3
    assert looks == [2, 3]


async def test_a_refusal_stands_where_nothing_has_changed(
    asker: Asker, ledger: Ledger, room: RoomId
) -> None:
    joining = ledger.change(room, [cid.user], cid_comes)
    _, refused = await queued(ledger, room, muting(60), joining)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.ROOM_FULL
    assert (await RoomStore().get(room)).pending is None, "nothing is left to carry out"


async def test_the_last_in_line_settles_for_all(asker: Asker, ledger: Ledger, room: RoomId) -> None:
    told = await asker.hear_room(room)
    await asker.ask(ann, UpdateRoom(room=room, capacity=50))
    people = [account() for _ in range(30)]

    def comes(person: object) -> object:
        return lambda before, known: coming.join(
            before, known.get(person.user), person.user, now_ms()
        )

    await asyncio.gather(*(ledger.change(room, [p.user], comes(p)) for p in people))
    stored = await RoomStore().get(room)
    assert (stored.room.members, stored.pending) == (32, None)
    await wait_until(lambda: len(told.of(MemberJoined)) == 30)
    revisions = [event.revision for event in told.told]
    assert revisions == list(range(3, 34)), "each once, in order"


async def test_someone_who_gives_up_waiting_leaves_the_line_in_order(
    asker: Asker, ledger: Ledger, room: RoomId
) -> None:
    impatient = asyncio.create_task(ledger.change(room, [cid.user], cid_comes))

    async def given_up() -> None:
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)

    await queued(ledger, room, muting(60), given_up())
    assert (await RoomStore().get(room)).pending is None
    renamed = shape.update
    outcome = await ledger.change(
        room,
        [ann.user],
        lambda before, known: renamed(
            before, known[ann.user], UpdateRoom(room=room, name="Still here"), now_ms()
        ),
    )
    assert outcome.room.name == "Still here"
