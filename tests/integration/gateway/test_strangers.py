"""Who is not in a room hears nothing of it, whatever they ask for; who is in it loses nothing."""

import asyncio

import pytest

from contracts.frames import Follow, Place, Unfollow
from contracts.ids import RoomId
from contracts.rooms import KickMember
from gateway.app import Gateway
from gateway.hub import room_key
from runtime.codec import encode
from runtime.ids import new_id
from tests.integration.gateway.town import Wire, greeted, person, room_of
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


class Slow:
    """Chat, whose answers about some rooms take until they are let through."""

    def __init__(self, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rooms: set[RoomId] = set()
        self.answered: list[str] = []
        """Bodies of questions that chat has answered, in that order."""
        self.through = asyncio.Event()
        services = gateway.exchange.services
        ask = services.ask

        async def slowly(caller: str, tag: str, body: bytes) -> bytes:
            answer = await ask(caller, tag, body)
            self.answered.append(body.decode())
            if any(room in body.decode() for room in self.rooms):
                await self.through.wait()
            return answer

        monkeypatch.setattr(services, "ask", slowly)

    def has_answered(self, room: RoomId) -> bool:
        return any(room in body for body in self.answered)


@pytest.fixture
def slow(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(gateway, monkeypatch)


def heard(wire: Wire, room: RoomId) -> list[str]:
    """What a room's entries and events were, of those that were not taken."""
    return [event["t"] for event in wire.events if event.get("room") == room]


def asking(wire: Wire, *rooms: RoomId) -> asyncio.Task:
    """The reply to a request to follow these rooms from their beginning, under way."""
    places = [Place(room=room, after=0) for room in rooms]
    return asyncio.create_task(wire.ask(Follow(places=places)))


async def test_a_stranger_hears_nothing_while_the_room_is_being_asked_about(
    gateway: Gateway, slow: Slow
):
    ann, eve = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, eve) as stranger:
        room = await room_of(hers)
        await hers.follow(room)
        slow.rooms.add(room)
        slow.answered.clear()
        following = asking(stranger, room)
        await wait_until(lambda: slow.has_answered(room))
        await hers.say(room, "Between us")
        await hers.event("message.posted")
        slow.through.set()
        assert (await following)["rooms"][0]["error"] == "rooms.not_member"
        assert heard(stranger, room) == []


async def test_a_stranger_hears_nothing_while_another_room_of_theirs_takes_its_time(
    gateway: Gateway, slow: Slow
):
    ann, eve = await person(gateway), await person(gateway)
    hub = gateway.exchange.hub
    async with greeted(gateway, ann) as hers, greeted(gateway, eve) as stranger:
        room, own = await room_of(hers), await room_of(stranger)
        slow.rooms.add(own)
        following = asking(stranger, room, own)
        await wait_until(lambda: slow.has_answered(room) and slow.has_answered(own))
        await wait_until(lambda: hub.count(room_key(room)) == 0)
        await hers.follow(room)
        await hers.say(room, "Between us")
        await hers.event("message.posted")
        slow.through.set()
        errors = [answer["error"] for answer in (await following)["rooms"]]
        assert errors == ["rooms.not_member", None]
        assert heard(stranger, room) == []


@pytest.mark.parametrize("held_bytes", [256 * 1024, 400], ids=["all fits", "it does not fit"])
async def test_a_member_gets_everything_once_though_others_talk_meanwhile(
    gateway: Gateway, slow: Slow, monkeypatch: pytest.MonkeyPatch, held_bytes: int
):
    monkeypatch.setattr("gateway.held.HELD_BYTES", held_bytes)
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:
        room = await room_of(hers, his)
        await hers.say(room, "before")
        slow.rooms.add(room)
        following = asking(his, room)
        await wait_until(lambda: slow.has_answered(room))
        for number in range(5):
            await hers.say(room, f"meanwhile {number}")
        slow.through.set()
        (answer,) = (await following)["rooms"]
        head = (await hers.say(room, "afterwards"))["seq"]
        live: list[int] = []
        while head not in live:
            live.append((await his.event("message.posted"))["seq"])
        past = [entry["seq"] for entry in answer["entries"]]
        assert (answer["recovered"], sorted({*past, *live})) == (True, list(range(1, head + 1)))
        assert live == sorted(set(live))
        assert set(past) & set(live) == set()


async def test_who_follows_already_goes_on_hearing_the_room_while_it_is_asked_about_again(
    gateway: Gateway, slow: Slow
):
    ann = await person(gateway)
    async with greeted(gateway, ann) as hers:
        room = await room_of(hers)
        await hers.follow(room)
        slow.rooms.add(room)
        slow.answered.clear()
        await hers.send(b'{"id":"again","request":%b}' % _follow(room))
        await wait_until(lambda: slow.has_answered(room))
        said = await hers.say(room, "Hello")
        assert (await hers.event("message.posted"))["seq"] == said["seq"]
        slow.through.set()
        assert (await hers.answer("again"))["rooms"][0]["error"] is None


@pytest.mark.parametrize("how", ["leaves", "is sent out"])
async def test_who_is_no_follower_any_more_when_the_answer_comes_is_not_let_in(
    gateway: Gateway, slow: Slow, how: str
):
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:
        room = await room_of(hers, his)
        slow.rooms.add(room)
        await his.send(b'{"id":"first","request":%b}' % _follow(room))
        await wait_until(lambda: slow.has_answered(room))
        if how == "leaves":
            assert (await his.ask(Unfollow(rooms=[room])))["t"] == "done"
        else:
            await hers.ask(KickMember(room=room, user=bob.user))
            await his.event("notice.room_removed")
        await hers.say(room, "Between us")
        slow.through.set()
        assert (await his.answer("first"))["rooms"][0]["error"] == "request.conflict"
        assert gateway.exchange.hub.count(room_key(room)) == 0
        assert heard(his, room) == []


def _follow(room: RoomId) -> bytes:
    return encode(Follow(places=[Place(room=room, after=0)]))


async def test_a_room_that_fails_by_a_bug_leaves_no_stranger_in_another(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
):
    ann, eve = await person(gateway), await person(gateway)
    hub = gateway.exchange.hub
    async with greeted(gateway, ann) as hers, greeted(gateway, eve) as stranger:
        room, own, broken = await room_of(hers), await room_of(stranger), await room_of(stranger)
        subscribe = hub._subscribe

        async def sometimes(subject, tap):
            if broken in subject:
                raise ValueError("a bug of ours")
            return await subscribe(subject, tap)

        monkeypatch.setattr(hub, "_subscribe", sometimes)
        places = [Place(room=place, after=0) for place in (room, broken, own)]
        followed = await stranger.ask(Follow(places=places))
        assert [answer["error"] for answer in followed["rooms"]] == [
            "rooms.not_member", "request.internal", None
        ]  # fmt: skip
        assert [hub.count(room_key(place)) for place in (room, broken, own)] == [0, 0, 1]


async def test_a_room_with_a_newline_is_no_room_and_nothing_is_followed(gateway: Gateway):
    ann, eve = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, eve) as stranger:
        room = await room_of(hers)
        places = [{"room": place, "after": 0} for place in (room, f"{new_id()}\n")]
        refused = await stranger.ask({"t": "session.follow", "places": places})
        assert (refused["code"], refused["field"]) == ("request.invalid", "$.places[1].room")
        assert gateway.exchange.hub.count(room_key(room)) == 0
