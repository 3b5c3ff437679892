"""Rooms, memberships, roles and invites: what `services/rooms` is asked and what it tells."""

from enum import Enum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.base import Command, Cursor, Event, Fact, Millis, Reply, Revision, Value
from contracts.ids import Invite, InviteCode, Room, User

RoomName = Annotated[str, Meta(max_length=256, description="1–80 characters once trimmed.")]
Description = Annotated[str, Meta(max_length=500)]
Capacity = Annotated[int, Meta(ge=1, le=100_000)]
SlowMode = Annotated[int, Meta(ge=0, le=21_600, description="Seconds between posts; 0 is off.")]
PageSize = Annotated[int, Meta(ge=1, le=100)]

DEFAULT_CAPACITY = 5_000


class Role(Enum):
    """What a member may do. Moderators keep order; the owner also shapes and ends the room."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"


class Member(Value, frozen=True, kw_only=True):
    """A person in a room. `muted_until` is a time, 0 for not muted."""

    user: User
    role: Role
    joined_at: Millis
    muted_until: Millis = 0


class RoomInfo(Value, frozen=True, kw_only=True):
    """A room as its members and, where it is public, everyone may see it."""

    room: Room
    name: str
    description: str
    private: bool
    owner: User
    capacity: int
    slow_mode: int
    members: int
    created_at: Millis
    revision: Revision


class RoomCard(Value, frozen=True, kw_only=True):
    """A room in a list. `online` counts people, not devices."""

    info: RoomInfo
    online: int


class MyRoom(Value, frozen=True, kw_only=True):
    """A room one is in, and what one is in it."""

    info: RoomInfo
    me: Member
    online: int


class CreateRoom(Command, frozen=True, kw_only=True, tag="rooms.create"):
    """Makes a room and joins it as its owner."""

    name: RoomName
    description: Description = ""
    private: bool = False
    capacity: Capacity = DEFAULT_CAPACITY
    slow_mode: SlowMode = 0


class GetRoom(Command, frozen=True, kw_only=True, tag="rooms.get"):
    """Asks for a room; a private one only answers its members."""

    room: Room


class RoomFound(Reply, frozen=True, kw_only=True, tag="rooms.found"):
    """A room, and what the asker is in it (`me` is none for someone outside)."""

    info: RoomInfo
    me: Member | None
    online: int


class BrowseRooms(Command, frozen=True, kw_only=True, tag="rooms.browse"):
    """Lists public rooms, a page at a time; `query` searches names and descriptions."""

    query: Annotated[str, Meta(max_length=80)] = ""
    sort: Literal["members", "newest", "name"] = "members"
    cursor: Cursor | None = None
    limit: PageSize = 30


class RoomsPage(Reply, frozen=True, kw_only=True, tag="rooms.page"):
    """A page of rooms; `next` is none on the last."""

    rooms: list[RoomCard]
    next: Cursor | None


class ListMyRooms(Command, frozen=True, kw_only=True, tag="rooms.mine"):
    """Asks for the rooms one is in."""


class MyRooms(Reply, frozen=True, kw_only=True, tag="rooms.mine_found"):
    """The rooms one is in, the longest joined first."""

    rooms: list[MyRoom]


class JoinRoom(Command, frozen=True, kw_only=True, tag="rooms.join"):
    """Joins; a private room wants an invite. Joining a room one is in changes nothing."""

    room: Room
    invite: Invite | None = None


class LeaveRoom(Command, frozen=True, kw_only=True, tag="rooms.leave"):
    """Leaves. The owner of a room with others in it hands it over first."""

    room: Room


class UpdateRoom(Command, frozen=True, kw_only=True, tag="rooms.update"):
    """Changes what is given and leaves the rest.

    `revision` is the one the change was made upon; if the room has moved on since, the answer is
    `request.conflict`. Without it, the last writer wins.
    """

    room: Room
    name: RoomName | None = None
    description: Description | None = None
    private: bool | None = None
    capacity: Capacity | None = None
    slow_mode: SlowMode | None = None
    revision: Revision | None = None


class DeleteRoom(Command, frozen=True, kw_only=True, tag="rooms.delete"):
    """Ends a room for everyone; its owner only."""

    room: Room


class TransferRoom(Command, frozen=True, kw_only=True, tag="rooms.transfer"):
    """Hands the room over; the former owner stays as a moderator."""

    room: Room
    to: User


class SetRole(Command, frozen=True, kw_only=True, tag="rooms.set_role"):
    """Makes someone a moderator, or a member again."""

    room: Room
    user: User
    role: Literal["moderator", "member"]


class KickMember(Command, frozen=True, kw_only=True, tag="rooms.kick"):
    """Removes someone, who may come back."""

    room: Room
    user: User


class BanMember(Command, frozen=True, kw_only=True, tag="rooms.ban"):
    """Removes someone, who may not come back. People who are outside can be banned too."""

    room: Room
    user: User
    reason: Annotated[str, Meta(max_length=200)] = ""


class UnbanMember(Command, frozen=True, kw_only=True, tag="rooms.unban"):
    """Lets someone come back."""

    room: Room
    user: User


class MuteMember(Command, frozen=True, kw_only=True, tag="rooms.mute"):
    """Keeps someone from posting for a while; 0 seconds lifts it."""

    room: Room
    user: User
    seconds: Annotated[int, Meta(ge=0, le=31_536_000)]


class RoomChanged(Reply, frozen=True, kw_only=True, tag="rooms.changed"):
    """The room as it is after a command, at the revision of its event."""

    info: RoomInfo
    me: Member | None


class ListMembers(Command, frozen=True, kw_only=True, tag="rooms.members"):
    """Lists a room's members by role, then by time of joining.

    With a `prefix`, those whose name or a word of it begins so, who is online first: at most
    `limit` of them, and no further page.
    """

    room: Room
    cursor: Cursor | None = None
    limit: PageSize = 100
    prefix: Annotated[str, Meta(max_length=32)] = ""


class MembersPage(Reply, frozen=True, kw_only=True, tag="rooms.members_page"):
    """A page of members, as of `revision`; events with a later one are to be applied to it."""

    members: list[Member]
    revision: Revision
    next: Cursor | None


class Ban(Value, frozen=True, kw_only=True):
    """Someone who may not come back, by whom and why."""

    user: User
    by: User
    at: Millis
    reason: str


class ListBans(Command, frozen=True, kw_only=True, tag="rooms.bans"):
    """Lists who is banned; moderators only."""

    room: Room


class Bans(Reply, frozen=True, kw_only=True, tag="rooms.bans_found"):
    """Who is banned, the latest first."""

    bans: list[Ban]


class InviteInfo(Value, frozen=True, kw_only=True):
    """A link into a room. `uses_left` is none for no limit."""

    code: InviteCode
    room: Room
    by: User
    created_at: Millis
    expires_at: Millis | None
    uses_left: int | None
    guests: bool


class CreateInvite(Command, frozen=True, kw_only=True, tag="rooms.create_invite"):
    """Makes a link into the room; `guests` lets people in without an account."""

    room: Room
    expires_in: Annotated[int, Meta(ge=60, le=31_536_000, description="Seconds.")] | None = 604_800
    uses: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    guests: bool = False


class InviteCreated(Reply, frozen=True, kw_only=True, tag="rooms.invite_created"):
    """The new link."""

    invite: InviteInfo


class ListInvites(Command, frozen=True, kw_only=True, tag="rooms.invites"):
    """Lists the room's links that still work; moderators only."""

    room: Room


class Invites(Reply, frozen=True, kw_only=True, tag="rooms.invites_found"):
    """The links that still work, the latest first."""

    invites: list[InviteInfo]


class RevokeInvite(Command, frozen=True, kw_only=True, tag="rooms.revoke_invite"):
    """Ends a link. Those who came by it stay."""

    room: Room
    code: Invite


class LookUpInvite(Command, frozen=True, kw_only=True, tag="rooms.look_up_invite"):
    """Asks, signed in or not, where a link leads."""

    code: Invite


class InviteFound(Reply, frozen=True, kw_only=True, tag="rooms.invite_found"):
    """Where a link leads, before it is used."""

    room: Room
    name: str
    description: str
    members: int
    online: int
    guests: bool
    expires_at: Millis | None


class RoomUpdated(Event, frozen=True, kw_only=True, tag="room.updated"):
    """The room's name, words, limits or owner changed."""

    room: Room
    revision: Revision
    info: RoomInfo


class RoomDeleted(Event, frozen=True, kw_only=True, tag="room.deleted"):
    """The room is over."""

    room: Room
    revision: Revision


class MemberJoined(Event, frozen=True, kw_only=True, tag="member.joined"):
    """Someone came in."""

    room: Room
    revision: Revision
    member: Member
    members: int


class Leaving(Enum):
    """Why someone is not in a room any more."""

    LEFT = "left"
    KICKED = "kicked"
    BANNED = "banned"
    ACCOUNT_DELETED = "account_deleted"
    ROOM_DELETED = "room_deleted"


class MemberLeft(Event, frozen=True, kw_only=True, tag="member.left"):
    """Someone went, or was sent."""

    room: Room
    revision: Revision
    user: User
    why: Leaving
    members: int


class MemberChanged(Event, frozen=True, kw_only=True, tag="member.changed"):
    """A member's role or mute changed."""

    room: Room
    revision: Revision
    member: Member


class MemberProfileChanged(Event, frozen=True, kw_only=True, tag="member.profile_changed"):
    """A member has a new name or picture: ask for the profile again."""

    room: Room
    user: User


class RoomEnded(Fact, frozen=True, kw_only=True, tag="rooms.ended"):
    """A room was deleted: forget what belongs to it."""

    room: Room
    at: Millis


class RoomView(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `ROOMS` under the room's id: what other services must know of it."""

    name: str
    private: bool
    slow_mode: int
    owner: User
    members: int
    revision: Revision


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `MEMBERS` under `<room>.<user>`; there while the person is in, or banned."""

    role: Role | None
    muted_until: Millis
    banned: bool
    revision: Revision
    joined_at: Millis = 0
