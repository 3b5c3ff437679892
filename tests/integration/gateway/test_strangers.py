"""Who is not in a room hears nothing of it, whatever they ask for beside it."""

import pytest

from contracts.frames import Follow, Place
from gateway.app import Gateway
from gateway.hub import room_key
from runtime.ids import new_id
from tests.integration.gateway.town import greeted, person, room_of

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


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
