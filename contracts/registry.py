"""Every contract there is, in one visible table.

The table feeds the gateway's routing, the services' dispatch, the broker's permissions, the
generated documents, the TypeScript types and the contract tests. What is not here can't be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from contracts import auth, chat, frames, notices, presence, rooms, signaling
from contracts.base import Command, Done, Event, Fact, Reply, tag_of
from contracts.callers import Account, Anonymous, Guest, Peer
from contracts.errors import Code, Error


class Via(Enum):
    """How a command reaches its service."""

    SOCKET = "websocket"
    HTTP = "http"
    BUS = "bus"


class Rate(Enum):
    """Kinds of frame, each with a token bucket of its own in the gateway."""

    READ = "read"
    WRITE = "write"
    POST = "post"
    TYPING = "typing"
    SIGNAL = "signal"


ANYONE = (Anonymous, Account, Guest)
PERSON = (Account, Guest)
MEMBER = (Account,)
SERVICE = (Peer,)


@dataclass(frozen=True)
class Contract:
    """A command, what answers it, who may ask, by which way, and how it can be refused.

    `invalid` names the refusal for a field whose value breaks its type's limits, where that is
    part of a person's life with the product and not just a client's bug: by (path, problem), the
    problem being "short", "long" or "pattern".
    """

    command: type[Command]
    reply: type[Reply]
    callers: tuple[type, ...] = PERSON
    via: tuple[Via, ...] = (Via.SOCKET,)
    rate: Rate = Rate.READ
    errors: tuple[Code, ...] = ()
    invalid: Mapping[tuple[str, str], Code] = field(default_factory=dict[tuple[str, str], Code])

    @property
    def tag(self) -> str:
        """`<service>.<verb>`."""
        return tag_of(self.command)

    @property
    def service(self) -> str:
        """Who answers."""
        return self.tag.partition(".")[0]


_HTTP = (Via.HTTP,)
_BOTH = (Via.SOCKET, Via.HTTP)
_BUS = (Via.BUS,)
_TEXT = {("$.text", "short"): Code.EMPTY, ("$.text", "long"): Code.TOO_LONG}
_EMOJI = {("$.emoji", "short"): Code.REACTION_INVALID, ("$.emoji", "long"): Code.REACTION_INVALID}
_INVITE = {("$.invite", "pattern"): Code.INVITE_INVALID, ("$.code", "pattern"): Code.INVITE_INVALID}
_ROOM = (Code.ROOM_UNKNOWN, Code.NOT_MEMBER)
_MODERATE = (*_ROOM, Code.ROLE_TOO_LOW, Code.CONFLICT)
_OWN = (Code.REVOKED, Code.CONFLICT)
_SIGN_IN = (Code.THROTTLED, Code.UNAVAILABLE)
_APPEND = (
    *_ROOM,
    Code.MUTED,
    Code.BANNED,
    Code.RATE_LIMITED,
    Code.CLIENT_ID_REUSED,
    Code.CONFLICT,
    Code.UNAVAILABLE,
)

SESSION = (
    Contract(
        frames.SayHello,
        frames.Welcomed,
        callers=ANYONE,
        errors=(
            Code.TOKEN_INVALID,
            Code.TOKEN_EXPIRED,
            Code.REVOKED,
            Code.VERSION_UNSUPPORTED,
        ),
    ),
    Contract(frames.Renew, Done, errors=(Code.TOKEN_INVALID, Code.TOKEN_EXPIRED, Code.REVOKED)),
    Contract(frames.Ping, frames.Ponged),
    Contract(frames.Follow, frames.Followed, errors=(Code.TOO_MANY_FOLLOWED,)),
    Contract(frames.Unfollow, Done),
)
"""Commands that the gateway answers itself, from the session."""

AUTH = (
    Contract(
        auth.Register,
        auth.SignedIn,
        callers=(Anonymous,),
        via=_HTTP,
        rate=Rate.WRITE,
        errors=(
            *_SIGN_IN,
            Code.NAME_TAKEN,
            Code.NAME_INVALID,
            Code.PASSWORD_WEAK,
            Code.PASSWORD_LENGTH,
        ),
    ),
    Contract(
        auth.LogIn,
        auth.SignedIn,
        callers=(Anonymous,),
        via=_HTTP,
        rate=Rate.WRITE,
        errors=(*_SIGN_IN, Code.WRONG_CREDENTIALS, Code.CONFLICT),
    ),
    Contract(
        auth.EnterAsGuest,
        auth.SignedIn,
        callers=(Anonymous,),
        via=_HTTP,
        rate=Rate.WRITE,
        errors=(
            *_SIGN_IN,
            Code.INVITE_INVALID,
            Code.INVITE_EXPIRED,
            Code.GUEST_FORBIDDEN,
            Code.NAME_INVALID,
            Code.ROOM_FULL,
        ),
        invalid=_INVITE,
    ),
    Contract(
        auth.Refresh,
        auth.SignedIn,
        callers=(Anonymous,),
        via=_HTTP,
        rate=Rate.WRITE,
        errors=(
            Code.TOKEN_INVALID,
            Code.TOKEN_EXPIRED,
            Code.REFRESH_REUSED,
            Code.REVOKED,
            Code.CONFLICT,
        ),
    ),
    Contract(auth.LogOut, Done, via=_BOTH, rate=Rate.WRITE, errors=_OWN),
    Contract(
        auth.LogOutEverywhere,
        Done,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=_OWN,
    ),
    Contract(
        auth.ChangePassword,
        Done,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(
            *_OWN,
            Code.WRONG_CREDENTIALS,
            Code.PASSWORD_WEAK,
            Code.PASSWORD_LENGTH,
            Code.THROTTLED,
        ),
    ),
    Contract(
        auth.DeleteAccount,
        Done,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_OWN, Code.WRONG_CREDENTIALS, Code.THROTTLED),
    ),
    Contract(
        auth.UpdateProfile,
        auth.ProfileChanged,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_OWN, Code.NAME_INVALID),
    ),
    Contract(
        auth.SetAvatar,
        auth.ProfileChanged,
        callers=MEMBER,
        via=_HTTP,
        rate=Rate.WRITE,
        errors=(*_OWN, Code.AVATAR_INVALID),
        invalid={("$.picture", "long"): Code.AVATAR_INVALID},
    ),
    Contract(auth.FetchAvatar, auth.Avatar, callers=ANYONE, via=_HTTP, errors=(Code.USER_UNKNOWN,)),
    Contract(auth.FetchProfiles, auth.Profiles, via=_BOTH),
    Contract(auth.FindPeople, auth.Profiles, callers=MEMBER, via=_BOTH),
    Contract(auth.ListDevices, auth.Devices, via=_BOTH, errors=(Code.REVOKED,)),
    Contract(
        auth.RevokeDevice,
        Done,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_OWN, Code.DEVICE_UNKNOWN),
    ),
)

ROOMS = (
    Contract(
        rooms.CreateRoom,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(Code.ROOM_NAME_INVALID, Code.TOO_MANY_ROOMS),
    ),
    Contract(rooms.GetRoom, rooms.RoomFound, via=_BOTH, errors=(Code.ROOM_UNKNOWN, Code.BANNED)),
    Contract(rooms.BrowseRooms, rooms.RoomsPage, callers=MEMBER, via=_BOTH),
    Contract(rooms.ListMyRooms, rooms.MyRooms, via=_BOTH),
    Contract(
        rooms.JoinRoom,
        rooms.RoomChanged,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(
            Code.ROOM_UNKNOWN,
            Code.ROOM_FULL,
            Code.ROOM_PRIVATE,
            Code.BANNED,
            Code.INVITE_INVALID,
            Code.INVITE_EXPIRED,
            Code.GUEST_FORBIDDEN,
            Code.TOO_MANY_ROOMS,
            Code.CONFLICT,
        ),
        invalid=_INVITE,
    ),
    Contract(
        rooms.LeaveRoom,
        Done,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_ROOM, Code.OWNER_STAYS, Code.CONFLICT),
    ),
    Contract(
        rooms.UpdateRoom,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_MODERATE, Code.ROOM_NAME_INVALID, Code.CAPACITY_TOO_LOW),
    ),
    Contract(rooms.DeleteRoom, Done, callers=MEMBER, via=_BOTH, rate=Rate.WRITE, errors=_MODERATE),
    Contract(
        rooms.TransferRoom,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN, Code.GUEST_FORBIDDEN),
    ),
    Contract(
        rooms.SetRole,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN, Code.GUEST_FORBIDDEN),
    ),
    Contract(
        rooms.KickMember,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN),
    ),
    Contract(
        rooms.BanMember,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=_MODERATE,
    ),
    Contract(
        rooms.UnbanMember,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN),
    ),
    Contract(
        rooms.MuteMember,
        rooms.RoomChanged,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN),
    ),
    Contract(rooms.ListMembers, rooms.MembersPage, via=_BOTH, errors=_ROOM),
    Contract(
        rooms.ListBans, rooms.Bans, callers=MEMBER, via=_BOTH, errors=(*_ROOM, Code.ROLE_TOO_LOW)
    ),
    Contract(
        rooms.CreateInvite,
        rooms.InviteCreated,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_ROOM, Code.ROLE_TOO_LOW),
    ),
    Contract(
        rooms.ListInvites,
        rooms.Invites,
        callers=MEMBER,
        via=_BOTH,
        errors=(*_ROOM, Code.ROLE_TOO_LOW),
    ),
    Contract(
        rooms.RevokeInvite,
        Done,
        callers=MEMBER,
        via=_BOTH,
        rate=Rate.WRITE,
        errors=(*_ROOM, Code.ROLE_TOO_LOW, Code.INVITE_INVALID),
        invalid=_INVITE,
    ),
    Contract(
        rooms.LookUpInvite,
        rooms.InviteFound,
        callers=(*ANYONE, Peer),
        via=(*_BOTH, Via.BUS),
        errors=(Code.INVITE_INVALID, Code.INVITE_EXPIRED),
        invalid=_INVITE,
    ),
    Contract(presence.GetPresence, presence.RoomPresence, errors=_ROOM),
    Contract(presence.QueryPresence, presence.PresenceFound, via=_BOTH),
)

CHAT = (
    Contract(
        chat.PostMessage,
        chat.Appended,
        via=_BOTH,
        rate=Rate.POST,
        errors=(*_APPEND, Code.EMPTY, Code.TOO_LONG, Code.SLOW_MODE, Code.ENTRY_UNKNOWN),
        invalid=_TEXT,
    ),
    Contract(
        chat.EditMessage,
        chat.Appended,
        rate=Rate.POST,
        errors=(
            *_APPEND,
            Code.EMPTY,
            Code.TOO_LONG,
            Code.NOT_YOURS,
            Code.ENTRY_UNKNOWN,
            Code.ENTRY_DELETED,
        ),
        invalid=_TEXT,
    ),
    Contract(
        chat.DeleteMessage,
        chat.Appended,
        rate=Rate.POST,
        errors=(*_APPEND, Code.NOT_YOURS, Code.ENTRY_UNKNOWN, Code.ENTRY_DELETED),
    ),
    Contract(
        chat.React,
        chat.Appended,
        rate=Rate.POST,
        errors=(
            *_APPEND,
            Code.REACTION_INVALID,
            Code.TOO_MANY_REACTIONS,
            Code.ENTRY_UNKNOWN,
            Code.ENTRY_DELETED,
        ),
        invalid=_EMOJI,
    ),
    Contract(
        chat.Unreact,
        chat.Appended,
        rate=Rate.POST,
        errors=(*_APPEND, Code.REACTION_INVALID, Code.ENTRY_UNKNOWN, Code.ENTRY_DELETED),
        invalid=_EMOJI,
    ),
    Contract(chat.Type, Done, rate=Rate.TYPING, errors=(*_ROOM, Code.MUTED)),
    Contract(chat.MarkRead, chat.UnreadCounted, errors=(*_ROOM, Code.ENTRY_UNKNOWN)),
    Contract(chat.CountUnread, chat.UnreadCounted),
    Contract(chat.ReadHistory, chat.History, via=_BOTH, errors=(*_ROOM, Code.ENTRY_UNKNOWN)),
    Contract(chat.ReadSince, chat.Since, errors=_ROOM),
)

SIGNALING = (Contract(signaling.GetIceServers, signaling.IceServers, errors=_ROOM),)

CONTRACTS: tuple[Contract, ...] = (*AUTH, *ROOMS, *CHAT, *SIGNALING)
"""Every command that a service answers on `svc.<tag>`."""

ALWAYS = (
    Code.MALFORMED,
    Code.INVALID,
    Code.FORBIDDEN,
    Code.SIGN_IN_REQUIRED,
    Code.RATE_LIMITED,
    Code.TIMEOUT,
    Code.UNAVAILABLE,
    Code.INTERNAL,
)
"""Refusals that any command may meet, besides its own."""

TIMELINE_EVENTS: tuple[type[Event], ...] = (
    chat.MessagePosted,
    chat.MessageEdited,
    chat.MessageDeleted,
    chat.ReactionAdded,
    chat.ReactionRemoved,
)
STATE_EVENTS: tuple[type[Event], ...] = (
    rooms.RoomUpdated,
    rooms.RoomDeleted,
    rooms.MemberJoined,
    rooms.MemberLeft,
    rooms.MemberChanged,
    rooms.MemberProfileChanged,
    presence.PresenceChanged,
    chat.Typing,
)
USER_EVENTS: tuple[type[Event], ...] = (
    notices.RoomAdded,
    notices.RoomRemoved,
    notices.Mentioned,
    notices.ReadMoved,
    notices.SignedOut,
)
GATEWAY_EVENTS: tuple[type[Event], ...] = (frames.GoingAway,)
EVENTS: tuple[type[Event], ...] = (
    *TIMELINE_EVENTS,
    *STATE_EVENTS,
    *USER_EVENTS,
    *GATEWAY_EVENTS,
)
"""Every event that a browser can receive."""

FACTS: tuple[type[Fact], ...] = (
    auth.AccountCreated,
    auth.AccountDeleted,
    auth.ProfileUpdated,
    rooms.RoomEnded,
    presence.UserCameOnline,
    presence.UserWentOffline,
)
"""Every fact on the `EVENTS` stream; its tag begins with the service that alone says it."""

BY_TAG: dict[str, Contract] = {contract.tag: contract for contract in (*SESSION, *CONTRACTS)}
BY_COMMAND: dict[type[Command], Contract] = {c.command: c for c in (*SESSION, *CONTRACTS)}

REPLIES: tuple[type[Reply] | type[Error], ...] = (
    Error,
    *dict.fromkeys(contract.reply for contract in (*SESSION, *CONTRACTS)),
)
"""Every reply, and the error, once each."""
