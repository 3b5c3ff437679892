"""Identifiers. Each kind is a type of its own, so that a user never stands where a room belongs.

All but `ClientId` are ULIDs in lower case: 26 characters of Crockford's base 32, sortable by time
of making, and safe as one token of a NATS subject.
"""

import re
from typing import Annotated, NewType

from msgspec import Meta

# Python's `$` also stands before a newline that ends the text, and decoders search for a pattern:
# without `(?!\n)` an id could end with one. To ECMAScript, the dialect of JSON Schema, it adds
# nothing, and it knows no `\Z`.
ULID_PATTERN = r"^[0-7][0-9a-hjkmnp-tv-z]{25}$(?!\n)"
CLIENT_ID_PATTERN = r"^[A-Za-z0-9_-]{8,64}$(?!\n)"
CODE_PATTERN = r"^[A-Za-z0-9_-]{16,64}$(?!\n)"
REQUEST_ID_PATTERN = r"^[A-Za-z0-9_-]{1,32}$(?!\n)"

_ulid = Meta(pattern=ULID_PATTERN)

UserId = NewType("UserId", str)
RoomId = NewType("RoomId", str)
SessionId = NewType("SessionId", str)
DeviceId = NewType("DeviceId", str)
GatewayId = NewType("GatewayId", str)
ClientId = NewType("ClientId", str)
InviteCode = NewType("InviteCode", str)
RequestId = NewType("RequestId", str)

# What messages declare: the id's type for the checker, its pattern for the decoder.
User = Annotated[UserId, _ulid]
Room = Annotated[RoomId, _ulid]
Session = Annotated[SessionId, _ulid]
Device = Annotated[DeviceId, _ulid]
Gateway = Annotated[GatewayId, _ulid]
Client = Annotated[
    ClientId,
    Meta(
        pattern=CLIENT_ID_PATTERN,
        description="Chosen by the client, once per deed: a repeat answers as the first did.",
    ),
]
Invite = Annotated[InviteCode, Meta(pattern=CODE_PATTERN)]
Attempt = Annotated[
    str,
    Meta(
        pattern=CODE_PATTERN,
        description="Random, chosen by the client, kept to itself; the same for each repeat.",
    ),
]
Request = Annotated[RequestId, Meta(pattern=REQUEST_ID_PATTERN)]

_ULID = re.compile(ULID_PATTERN)


def is_ulid(text: str) -> bool:
    """Whether `text` has the form of an id, and so may stand in a subject."""
    return _ULID.fullmatch(text) is not None
