"""Two people and a whole system: register, make a room, be invited, talk, go, come back."""

from pathlib import Path

from contracts.notices import RoomAdded
from contracts.presence import GetPresence
from contracts.rooms import CreateInvite, CreateRoom, JoinRoom, MemberJoined
from tests.support.clients import Client, register
from tests.support.system import running_system
from tests.support.waiting import wait_until


async def test_two_people_talk_and_nothing_is_missing(tmp_path: Path) -> None:
    async with running_system(tmp_path / "data", "--port", "0", "--gateways", "2") as system:
        ann, bob = await register(system.url), await register(system.gateways[1])
        async with (
            Client(ann, system.gateways, first=0) as hers,
            Client(bob, system.gateways, first=1) as his,
        ):
            room = (await hers.ask(CreateRoom(name="Kitchen", private=True))).info.room
            await hers.follow(room)
            invite = (await hers.ask(CreateInvite(room=room))).invite
            await his.ask(JoinRoom(room=room, invite=invite.code))
            await his.follow(room)
            await wait_until(lambda: hers.heard(MemberJoined), missing="Bob's coming in")
            await wait_until(lambda: his.heard(RoomAdded), missing="Bob's notice")

            async def both_online() -> bool:
                return (await hers.ask(GetPresence(room=room))).online == 2

            await wait_until(both_online, missing="both online")

            await hers.say(room, "Are you there?")
            await his.say(room, "Yes.")
            await wait_until(lambda: hers.views[room].head == 2)
            await wait_until(lambda: his.views[room].head == 2)

            session = his.session
            await his.drop(then=0)
            assert his.resumed == [False, True]
            assert his.session == session

            texts = [f"While you come back: {n}" for n in range(10)]
            for n, text in enumerate(texts):
                if n == 3:
                    await his.drop(then=1)
                await hers.say(room, text)
            await wait_until(lambda: his.views[room].head == 12, missing="ten more in Bob's view")
            for client in (hers, his):
                view = client.views[room]
                view.assert_sound()
                assert [entry["text"] for entry in view.decoded()][2:] == texts
            assert his.views[room].entries == hers.views[room].entries
            assert [shown.text for shown in await his.history(room)][2:] == texts
