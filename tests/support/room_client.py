"""A client's copy of a room: a snapshot, and the events that followed, applied by the contract."""

from dataclasses import dataclass, field

import msgspec

from contracts.base import Event
from contracts.ids import UserId
from contracts.rooms import (
    Member,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    RoomDeleted,
    RoomInfo,
    RoomUpdated,
)


@dataclass
class RoomCopy:
    """What a client holds of a room. `apply` raises where an event is missing."""

    info: RoomInfo
    members: dict[UserId, Member] = field(default_factory=dict)
    over: bool = False

    def apply(self, event: Event) -> None:
        if not isinstance(
            event, RoomUpdated | RoomDeleted | MemberJoined | MemberLeft | MemberChanged
        ):
            return
        if event.revision <= self.info.revision:
            return
        assert event.revision == self.info.revision + 1, "an event is missing"
        match event:
            case RoomUpdated(info=info):
                self.info = info
            case RoomDeleted():
                self.over = True
            case MemberJoined(member=member, members=members):
                self.members[member.user] = member
                self.info = msgspec.structs.replace(self.info, members=members)
            case MemberLeft(user=user, members=members):
                del self.members[user]
                self.info = msgspec.structs.replace(self.info, members=members)
            case MemberChanged(member=member):
                self.members[member.user] = member
        self.info = msgspec.structs.replace(self.info, revision=event.revision)
