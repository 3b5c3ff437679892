"""How far the one who asks may reach."""

from contracts.callers import Guest
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from runtime.serve import Call


def reach(call: Call, room: RoomId) -> UserId:
    """The person who asks about a room.

    Raises:
        Refusal: nobody has signed in, or a guest reaches beyond their room.
    """
    person = call.person
    if isinstance(person, Guest) and person.room != room:
        raise Refusal(Code.GUEST_FORBIDDEN)
    return person.user


def is_guest(call: Call) -> bool:
    """Whether the one who asks has no account."""
    return isinstance(call.caller, Guest)
