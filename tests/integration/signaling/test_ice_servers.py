"""Members of a room get servers for its calls; others get a named refusal."""

import pytest

from contracts.callers import Account
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, RoomId, UserId
from contracts.rooms import MemberView, Role
from contracts.signaling import GetIceServers, IceServers
from contracts.streams import MEMBERS
from runtime.bus import Bus
from runtime.codec import encode
from runtime.ids import new_id
from runtime.process import Process
from runtime.settings import ProcessSettings
from services.signaling.app import start
from services.signaling.settings import SignalingSettings

pytestmark = [pytest.mark.integration, pytest.mark.calls]

ROOM = RoomId(new_id())


def someone() -> Account:
    return Account(user=UserId(new_id()), device=DeviceId(new_id()))


async def test_members_get_credentials_and_strangers_do_not(nats_url: str):
    bus = Bus("gateway", ProcessSettings(nats_url=nats_url))
    await bus.connect()
    members = await bus.ensure_bucket(MEMBERS)
    settings = SignalingSettings(
        nats_url=nats_url, turn_urls=("turn:a",), turn_secret="north", turn_relay_only=True
    )
    async with Process("signaling", settings) as process:
        await start(process, settings)
        alice, banned = someone(), someone()
        # Written after the service began to mirror, and asked for at once.
        view = MemberView(role=Role.MEMBER, muted_until=0, banned=False, revision=1)
        await members.put(f"{ROOM}.{alice.user}", encode(view))
        found = await bus.ask(GetIceServers(room=ROOM), IceServers, caller=alice)
        assert found.relay_only
        assert found.servers[0].username == f"{found.expires_at // 1000}:{alice.user}"

        view = MemberView(role=None, muted_until=0, banned=True, revision=1)
        await members.put(f"{ROOM}.{banned.user}", encode(view))
        for outsider in (banned, someone()):
            with pytest.raises(Refusal) as caught:
                await bus.ask(GetIceServers(room=ROOM), IceServers, caller=outsider)
            assert caught.value.code is Code.NOT_MEMBER
        await bus.close()
