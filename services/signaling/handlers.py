"""Commands of `services/signaling`."""

from contracts.errors import Code, Refusal
from contracts.rooms import MemberView
from contracts.signaling import GetIceServers, IceServers
from runtime.readmodel import ReadModel
from runtime.serve import Call, Table
from services.signaling.ice import ice_servers
from services.signaling.settings import SignalingSettings


class Handlers:
    """Answers from the read model of memberships and the operator's settings; keeps no state."""

    def __init__(self, members: ReadModel[MemberView], settings: SignalingSettings) -> None:
        self._members = members
        self._settings = settings

    def table(self) -> Table:
        """Which command each handler answers."""
        return {GetIceServers: self.ice_servers}

    async def ice_servers(self, call: Call, command: GetIceServers) -> IceServers:
        """Credentials are for members only: a TURN server is a relay that others would abuse."""
        key = f"{command.room}.{call.person.user}"
        member = self._members.get(key) or await self._members.fetch(key)
        if member is None or member.role is None:
            raise Refusal(Code.NOT_MEMBER)
        settings = self._settings
        expires = call.at // 1000 + settings.turn_lifetime
        return IceServers(
            servers=ice_servers(
                settings.stun_urls,
                settings.turn_urls,
                settings.turn_secret,
                call.person.user,
                expires,
            ),
            expires_at=expires * 1000,
            relay_only=settings.turn_relay_only,
        )
