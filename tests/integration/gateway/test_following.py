"""Following rooms: live entries, what was missed, and the end of it."""

import asyncio

import pytest

from contracts.chat import Type
from contracts.frames import Follow, Place, Unfollow
from contracts.ids import RoomId
from contracts.rooms import KickMember
from gateway.app import Gateway
from gateway.hub import room_key
from runtime.ids import new_id
from tests.integration.gateway.town import Town, greeted, person, room_of
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


async def test_what_is_said_reaches_every_follower_on_every_gateway(town: Town, gateway: Gateway):
    other = await town.gateway()
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(other, bob) as his:
        room = await room_of(hers, his)
        for wire in (hers, his):
            assert (await wire.follow(room))["recovered"] is True
        said = await hers.say(room, "Hello")
        assert said["t"] == "chat.appended"
        entries = [await wire.event("message.posted") for wire in (hers, his)]
        assert entries[0] == entries[1]
        assert (entries[0]["seq"], entries[0]["text"]) == (said["seq"], "Hello")
        await hers.ask(Type(room=room))
        assert (await his.event("typing"))["user"] == ann.user
        assert len(gateway.exchange.hub.followers(room_key(room))) == 1


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers:
        async with greeted(gateway, bob) as his:
            room = await room_of(hers, his)
            head = (await his.follow(room))["head"]
        for text in ("one", "two", "three"):
            await hers.say(room, text)
        async with greeted(gateway, bob) as his:
            missed = await his.follow(room, head)
            assert missed["recovered"] is True
            assert [entry["text"] for entry in missed["entries"]] == ["one", "two", "three"]
            assert missed["head"] == missed["entries"][-1]["seq"]


async def test_too_much_at_once_is_told_instead_of_sent(gateway: Gateway, monkeypatch):
    monkeypatch.setattr("gateway.following.REPLY_BYTES", 3_000)
    ann = await person(gateway)
    async with greeted(gateway, ann) as hers:
        room = await room_of(hers)
        await hers.say(room, "x" * 2_000)
        await hers.say(room, "y" * 2_000)
        followed = await hers.follow(room)
        assert (followed["recovered"], followed["entries"]) == (False, [])
        assert followed["head"] == 2


async def test_nothing_is_missed_between_the_past_and_the_present(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:
        room = await room_of(hers, his)

        async def talk() -> None:
            for number in range(40):
                assert (await hers.say(room, str(number)))["t"] == "chat.appended"

        talking = asyncio.create_task(talk())
        followed = await his.follow(room)
        seen = {entry["seq"] for entry in followed["entries"]}
        await talking
        head = (await hers.say(room, "the last"))["seq"]
        while head not in seen:
            seen.add((await his.event("message.posted"))["seq"])
        assert seen == set(range(1, head + 1))


async def test_only_members_follow_and_one_refusal_does_not_touch_the_rest(gateway: Gateway):
    ann, eve = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, eve) as stranger:
        room, own = await room_of(hers), await room_of(stranger)
        nowhere = RoomId(new_id())
        places = [Place(room=place, after=0) for place in (room, own, nowhere)]
        followed = await stranger.ask(Follow(places=places))
        errors = [(answer["room"], answer["error"]) for answer in followed["rooms"]]
        assert errors == [
            (room, "rooms.not_member"), (own, None), (nowhere, "rooms.unknown")
        ]  # fmt: skip
        assert gateway.exchange.hub.count(room_key(room)) == 0
        assert gateway.exchange.hub.count(room_key(own)) == 1


async def test_unfollowing_ends_the_events(gateway: Gateway):
    ann = await person(gateway)
    async with greeted(gateway, ann) as hers:
        room = await room_of(hers)
        await hers.follow(room)
        assert (await hers.ask(Unfollow(rooms=[room])))["t"] == "done"
        assert gateway.exchange.hub.count(room_key(room)) == 0
        assert (await hers.say(room, "Hello"))["t"] == "chat.appended"
        assert [e for e in hers.events if e["t"] == "message.posted"] == []


async def test_who_is_sent_out_hears_the_room_no_more(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:
        room = await room_of(hers, his)
        await his.follow(room)
        await hers.ask(KickMember(room=room, user=bob.user))
        assert (await his.event("notice.room_removed"))["room"] == room
        await wait_until(lambda: gateway.exchange.hub.count(room_key(room)) == 0)

        async def refused() -> bool:
            return (await his.follow(room))["error"] == "rooms.not_member"

        # The word is out before every copy of who is in the room has it.
        await wait_until(refused)
        await wait_until(lambda: gateway.exchange.hub.count(room_key(room)) == 0)
