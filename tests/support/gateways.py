"""Leases as gateways write them, for tests that need people online without a socket."""

from nats.js import api as js_api

from contracts.ids import DeviceId, GatewayId, RoomId, SessionId, UserId
from contracts.presence import GATEWAY_LEASE_SECONDS, GatewayLease, SessionLease
from contracts.streams import LEASES
from runtime.bus import Bus
from runtime.codec import encode
from runtime.ids import new_id, now_ms


class LeasedGateway:
    """A gateway as the bus sees it: its own lease, and one for each session.

    `await gateway.open()` first; its lease runs out by itself unless `beat()` renews it.
    """

    def __init__(self, bus: Bus) -> None:
        self.id = GatewayId(new_id())
        self._bus = bus

    async def open(self) -> None:
        await self._bus.ensure_bucket(LEASES)
        await self.beat()

    async def beat(self, seconds: int = GATEWAY_LEASE_SECONDS) -> None:
        """Lives for so long from now."""
        lease = GatewayLease(since=now_ms(), sessions=0)
        await self._bus.js.publish(
            f"$KV.{LEASES.name}.gateway.{self.id}", encode(lease), msg_ttl=seconds
        )

    async def close(self) -> None:
        """Gives its lease back."""
        await (await self._bus.bucket(LEASES)).delete(f"gateway.{self.id}")

    async def seat(
        self,
        user: str,
        session: SessionId | None = None,
        *,
        guest_room: str | None = None,
        dropped_at: int | None = None,
    ) -> SessionId:
        """A person connects; or, with `session`, comes back, or drops."""
        session = session or SessionId(new_id())
        lease = SessionLease(
            user=UserId(user),
            device=DeviceId(new_id()),
            gateway=self.id,
            since=now_ms(),
            guest_room=RoomId(guest_room) if guest_room else None,
            dropped_at=dropped_at,
        )
        headers = {js_api.Header.MSG_TTL.value: "1800"}
        await self._bus.js.publish(
            f"$KV.{LEASES.name}.session.{session}", encode(lease), headers=headers
        )
        return session

    async def end(self, session: SessionId) -> None:
        """The session is over."""
        await (await self._bus.bucket(LEASES)).delete(f"session.{session}")
