"""Someone without an account, in the one room an invite leads to."""

import pytest

from contracts.chat import PostMessage
from contracts.ids import ClientId
from contracts.rooms import CreateInvite, CreateRoom, JoinRoom
from gateway.app import Gateway
from runtime.ids import new_id
from tests.integration.gateway.town import browser, greeted, person, room_of, wire

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


async def test_a_guest_comes_by_an_invite_and_stays_in_its_room(gateway: Gateway):
    ann = await person(gateway)
    async with greeted(gateway, ann) as hers, browser(gateway) as http:
        room, other = await room_of(hers), await room_of(hers)
        made = await hers.ask(CreateInvite(room=room, guests=True))
        code = made["invite"]["code"]
        shown = (await http.get(f"/api/invites/{code}")).json()
        assert (shown["room"], shown["guests"]) == (room, True)
        entered = await http.post("/api/auth/guest", json={"invite": code, "display_name": "Gus"})
        assert entered.status_code == 201
        signed_in = entered.json()
        assert signed_in["guest_room"] == room

        async with wire(gateway) as his:
            hello = {"t": "session.hello", "token": signed_in["access_token"], "versions": [1]}
            assert (await his.ask(hello))["guest_room"] == room
            await hers.follow(room)
            assert (await his.follow(room))["error"] == "rooms.not_member"
            joined = await his.ask(JoinRoom(room=room, invite=code))
            assert joined["t"] == "rooms.changed"
            assert (await his.follow(room))["error"] is None
            assert (await his.follow(other))["error"] == "auth.guest_forbidden"
            said = await his.say(room, "Hello from a guest")
            assert said["t"] == "chat.appended"
            assert (await hers.event("message.posted"))["author"] == signed_in["profile"]["user"]
            elsewhere = PostMessage(room=other, client_id=ClientId(new_id()), text="No")
            refused = await his.ask(elsewhere)
            assert refused["code"] in ("auth.guest_forbidden", "rooms.not_member")
            assert (await his.ask(CreateRoom(name="Mine")))["code"] == "auth.guest_forbidden"
