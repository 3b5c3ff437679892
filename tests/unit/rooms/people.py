"""Ids, and rooms as they begin, for tests of the domain."""

from contracts.ids import DeviceId, GatewayId, RoomId, SessionId, UserId
from contracts.presence import SessionLease
from contracts.rooms import CreateRoom
from services.rooms.domain import shape
from services.rooms.domain.state import Decision

ANN, BOB, CID, DAN = (UserId(f"01jd00000000000000000000{n:02d}") for n in range(1, 5))
KITCHEN, CELLAR = (RoomId(f"01jd00000000000000000001{n:02d}") for n in range(1, 3))
EAST, WEST = (GatewayId(f"01jd00000000000000000002{n:02d}") for n in range(1, 3))
DEVICE = DeviceId("01jd0000000000000000000301")


def session(number: int) -> SessionId:
    return SessionId(f"01jd00000000000000000004{number:02d}")


def lease(
    user: UserId, gateway: GatewayId = EAST, *, dropped_at: int | None = None
) -> SessionLease:
    return SessionLease(user=user, device=DEVICE, gateway=gateway, since=0, dropped_at=dropped_at)


def kitchen(**wishes: object) -> Decision:
    """A room that ann has just made."""
    wish = CreateRoom(**{"name": "Kitchen", **wishes})
    return shape.create(wish, KITCHEN, ANN, 1_000)
