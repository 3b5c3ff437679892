"""Feeds presence from the broker: who holds a lease, and who is a member of what."""

from collections.abc import Callable

from contracts.ids import GatewayId, RoomId, SessionId, UserId
from contracts.presence import GatewayLease, SessionLease
from contracts.rooms import MemberView
from contracts.streams import LEASES, MEMBERS
from runtime import ids
from runtime.bus import Bus
from runtime.readmodel import ReadModel
from services.rooms.domain.presence import Presence

_GATEWAY, _SESSION = "gateway.", "session."


class Watch:
    """Mirrors memberships and leases into `presence`; `on_change` is called after each change."""

    def __init__(self, bus: Bus, presence: Presence, on_change: Callable[[], None]) -> None:
        self._presence = presence
        self._on_change = on_change
        self.members = ReadModel(bus, MEMBERS, MemberView, on_change=self._member)
        self._gateways = ReadModel(
            bus,
            LEASES,
            GatewayLease,
            keys=f"{_GATEWAY}*",
            on_change=self._gateway,
            on_missed=lambda key: self._gateway(key, None, 0),
        )
        self._sessions = ReadModel(
            bus,
            LEASES,
            SessionLease,
            keys=f"{_SESSION}*",
            on_change=self._session,
            on_missed=self._session_missed,
        )

    async def start_members(self) -> None:
        """Mirrors memberships; returns once all are known."""
        await self.members.start()

    async def start_leases(self) -> None:
        """Mirrors leases; returns once all are known, which may wait for a first gateway."""
        await self._gateways.start()
        await self._sessions.start()

    async def stop(self) -> None:
        """Ends the mirroring."""
        for model in (self._sessions, self._gateways, self.members):
            await model.stop()

    def _member(self, key: str, view: MemberView | None, _: int) -> None:
        room, user = key.split(".")
        inside = view is not None and view.role is not None
        self._presence.member(RoomId(room), UserId(user), inside)
        self._on_change()

    def _gateway(self, key: str, lease: GatewayLease | None, _: int) -> None:
        gateway = GatewayId(key.removeprefix(_GATEWAY))
        self._presence.gateway(gateway, lease is not None, ids.now_ms())
        self._on_change()

    def _session(self, key: str, lease: SessionLease | None, _: int) -> None:
        self._presence.session(SessionId(key.removeprefix(_SESSION)), lease, ids.now_ms())
        self._on_change()

    def _session_missed(self, key: str) -> None:
        self._presence.session_missed(SessionId(key.removeprefix(_SESSION)), ids.now_ms())
        self._on_change()
