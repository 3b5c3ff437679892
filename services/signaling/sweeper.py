"""Takes those out of calls who are not there any more: no ghosts, ever."""

import asyncio
from functools import partial

from contracts.ids import GatewayId, RoomId, SessionId
from contracts.presence import GatewayLease, SessionLease
from contracts.rooms import MemberView
from contracts.signaling import CallView, Participant
from contracts.streams import LEASES
from runtime import log
from runtime.bus import Bus
from runtime.ids import now_ms
from runtime.readmodel import ReadModel
from services.signaling.calls import Why, remove
from services.signaling.seats import Seats
from services.signaling.switchboard import Switchboard

SWEEP_SECONDS = 1.0

_logger = log.get("sweeper")


class Sweeper:
    """Looks through running calls once a second, in each replica; compare-and-set does it once."""

    def __init__(self, bus: Bus, switchboard: Switchboard, members: ReadModel[MemberView]) -> None:
        self._switchboard = switchboard
        self._members = members
        self._seats = Seats()
        self._sessions = ReadModel(
            bus, LEASES, SessionLease, keys="session.>", on_change=self._session
        )
        self._gateways = ReadModel(
            bus, LEASES, GatewayLease, keys="gateway.>", on_change=self._gateway
        )

    async def stop(self) -> None:
        """Ends the following."""
        await self._sessions.stop()
        await self._gateways.stop()

    async def run(self) -> None:
        """Sweeps until cancelled, from when there are leases: the first gateway makes them."""
        await self._sessions.start()
        await self._gateways.start()
        while True:
            for room, view in self._switchboard.running():
                await self.sweep(room, view, now_ms())
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self, room: RoomId, view: CallView, now: int) -> None:
        """Removes from one call whoever lost their seat, or is no member any more."""
        lost = [p.session for p in view.participants if self._seats.lost(p.session, now)]
        removed = [p.session for p in view.participants if not await self._is_member(room, p)]
        reasons: tuple[tuple[Why, list[SessionId]], ...] = (("lost", lost), ("removed", removed))
        for why, gone in reasons:
            if gone:
                _logger.info("call.swept", room=room, why=why, sessions=len(gone))
                await self._switchboard.apply(room, partial(remove, room, gone=gone, why=why))
                for session in gone:
                    self._seats.forget(session)

    async def _is_member(self, room: RoomId, participant: Participant) -> bool:
        key = f"{room}.{participant.user}"
        view = self._members.get(key) or await self._members.fetch(key)
        return view is not None and view.role is not None

    def _session(self, key: str, lease: SessionLease | None, _: int) -> None:
        self._seats.session(SessionId(key.removeprefix("session.")), lease)

    def _gateway(self, key: str, lease: GatewayLease | None, _: int) -> None:
        self._seats.gateway(GatewayId(key.removeprefix("gateway.")), lease)
