"""Which sessions still hold their seat, judged from the leases that gateways write.

Pure: leases and the time come in as arguments. A session is lost when its gateway said so by
deleting its lease, or when its gateway is dead and its grace is over. A lease that is missing is
believed after a moment only: a broker that restarts forgets all leases until the gateways have
written them again.
"""

from contracts.ids import GatewayId, SessionId
from contracts.presence import SESSION_GRACE_SECONDS, GatewayLease, SessionLease

GRACE_MS = SESSION_GRACE_SECONDS * 1000
ABSENCE_MS = 5_000
"""Gateways write all leases again within a second or two of a broker's return."""


class Seats:
    """Leases as last heard of."""

    def __init__(self) -> None:
        self._sessions: dict[SessionId, SessionLease] = {}
        self._gateways: set[GatewayId] = set()
        self._absent: dict[SessionId, int] = {}
        self._orphaned: dict[GatewayId, int] = {}

    def session(self, session: SessionId, lease: SessionLease | None) -> None:
        """A session's lease was written, or is gone."""
        if lease is None:
            self._sessions.pop(session, None)
        else:
            self._sessions[session] = lease
            self._absent.pop(session, None)

    def gateway(self, gateway: GatewayId, lease: GatewayLease | None) -> None:
        """A gateway's lease was written, or has run out."""
        if lease is None:
            self._gateways.discard(gateway)
        else:
            self._gateways.add(gateway)
            self._orphaned.pop(gateway, None)

    def lost(self, session: SessionId, now: int) -> bool:
        """Whether the session has lost its seat by now. To be asked about once a second or so."""
        lease = self._sessions.get(session)
        if lease is None:
            return now - self._absent.setdefault(session, now) >= ABSENCE_MS
        if lease.dropped_at is not None and now - lease.dropped_at >= GRACE_MS + ABSENCE_MS:
            return True
        if lease.gateway in self._gateways:
            return False
        return now - self._orphaned.setdefault(lease.gateway, now) >= GRACE_MS

    def dropped(self, session: SessionId) -> bool:
        """Whether its gateway has lost the connection and keeps the seat for the grace only."""
        lease = self._sessions.get(session)
        return lease is not None and lease.dropped_at is not None

    def forget(self, session: SessionId) -> None:
        """Nobody will ask about this session again."""
        self._absent.pop(session, None)
