"""Takes those out of calls who are not there any more: no ghosts, ever."""

import asyncio
from functools import partial

from nats.errors import Error as NatsError

from contracts.errors import Refusal
from contracts.ids import GatewayId, RoomId, SessionId
from contracts.presence import GatewayLease, SessionLease
from contracts.signaling import CallView
from contracts.streams import LEASES
from runtime import log
from runtime.bus import Bus
from runtime.ids import now_ms
from runtime.readmodel import ReadModel
from services.signaling.calls import Why, remove
from services.signaling.membership import Membership
from services.signaling.seats import Seats
from services.signaling.switchboard import Switchboard

SWEEP_SECONDS = 1.0

_logger = log.get("sweeper")


class Sweeper:
    """Looks through running calls once a second, in each replica; compare-and-set does it once."""

    def __init__(
        self, bus: Bus, switchboard: Switchboard, members: Membership, seats: Seats
    ) -> None:
        self._switchboard = switchboard
        self._members = members
        self._seats = seats
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
            try:
                for room, view in self._switchboard.running():
                    await self.sweep(room, view, now_ms())
            except (NatsError, TimeoutError, Refusal) as error:
                # The broker is away, or others change the same call: the next look sees it anew.
                _logger.warning("call.sweep_failed", kind=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self, room: RoomId, view: CallView, now: int) -> None:
        """Removes from one call whoever lost their seat, or is no member any more."""
        lost = [p.session for p in view.participants if self._seats.lost(p.session, now)]
        removed = [
            p.session for p in view.participants if not await self._members.has(room, p.user)
        ]
        reasons: tuple[tuple[Why, list[SessionId]], ...] = (("lost", lost), ("removed", removed))
        for why, gone in reasons:
            if gone:
                _logger.info("call.swept", room=room, why=why, sessions=len(gone))
                await self._switchboard.apply(room, partial(remove, room, gone=gone, why=why))
                for session in gone:
                    self._seats.forget(session)

    def _session(self, key: str, lease: SessionLease | None, _: int) -> None:
        self._seats.session(SessionId(key.removeprefix("session.")), lease)

    def _gateway(self, key: str, lease: GatewayLease | None, _: int) -> None:
        self._seats.gateway(GatewayId(key.removeprefix("gateway.")), lease)
