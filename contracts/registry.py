"""Every contract there is, in one visible table.

The table feeds the gateway's routing, the services' dispatch, the broker's permissions, the
generated documents, the TypeScript types and the contract tests. What is not here can't be sent.
"""

from functools import partial

from contracts import auth, chat, frames, notices, presence, rooms, signaling
from contracts.base import Command, Done, Event, Fact, Reply
from contracts.callers import Anonymous, Peer
from contracts.contract import ANYONE, MEMBER, Contract, Rate, Via
from contracts.errors import Code, Error

_HTTP = (Via.HTTP,)
_BOTH = (Via.SOCKET, Via.HTTP)
_TEXT = {("$.text", "short"): Code.EMPTY, ("$.text", "long"): Code.TOO_LONG}
_EMOJI = {("$.emoji", "short"): Code.REACTION_INVALID, ("$.emoji", "long"): Code.REACTION_INVALID}
_INVITE = {("$.invite", "pattern"): Code.INVITE_INVALID, ("$.code", "pattern"): Code.INVITE_INVALID}
# Guests are in one room: whatever they ask about another one is forbidden.
_ROOM = (Code.ROOM_UNKNOWN, Code.NOT_MEMBER, Code.GUEST_FORBIDDEN)
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

_change = partial(Contract, rate=Rate.WRITE)
_manage = partial(_change, callers=MEMBER)
_enter = partial(Contract, callers=(Anonymous,), via=_HTTP, rate=Rate.WRITE)
_append = partial(Contract, reply=chat.Appended, rate=Rate.POST)

SESSION = (
    Contract(
        frames.SayHello,
        frames.Welcomed,
        callers=ANYONE,
        errors=(Code.TOKEN_INVALID, Code.TOKEN_EXPIRED, Code.REVOKED, Code.VERSION_UNSUPPORTED),
    ),
    Contract(frames.Renew, Done, errors=(Code.TOKEN_INVALID, Code.TOKEN_EXPIRED, Code.REVOKED)),
    Contract(frames.Ping, frames.Ponged),
    Contract(frames.Follow, frames.Followed, errors=(Code.TOO_MANY_FOLLOWED,)),
    Contract(frames.Unfollow, Done),
)
"""Commands that the gateway answers itself, from the session."""

AUTH = (
    _enter(
        auth.Register,
        auth.SignedIn,
        errors=(
            *_SIGN_IN,
            Code.NAME_TAKEN,
            Code.NAME_INVALID,
            Code.PASSWORD_WEAK,
            Code.PASSWORD_LENGTH,
        ),
    ),
    _enter(auth.LogIn, auth.SignedIn, errors=(*_SIGN_IN, Code.WRONG_CREDENTIALS, Code.CONFLICT)),
    _enter(
        auth.EnterAsGuest,
        auth.SignedIn,
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
    _enter(
        auth.Refresh,
        auth.SignedIn,
        errors=(
            Code.TOKEN_INVALID,
            Code.TOKEN_EXPIRED,
            Code.REFRESH_REUSED,
            Code.REVOKED,
            Code.CONFLICT,
        ),
    ),
    _change(auth.LogOut, Done, errors=_OWN, via=_BOTH),
    _manage(auth.LogOutEverywhere, Done, errors=_OWN, via=_BOTH),
    _manage(
        auth.ChangePassword,
        Done,
        errors=(
            *_OWN,
            Code.WRONG_CREDENTIALS,
            Code.PASSWORD_WEAK,
            Code.PASSWORD_LENGTH,
            Code.THROTTLED,
        ),
        via=_BOTH,
    ),
    _manage(
        auth.DeleteAccount, Done, errors=(*_OWN, Code.WRONG_CREDENTIALS, Code.THROTTLED), via=_BOTH
    ),
    _change(auth.UpdateProfile, auth.ProfileChanged, errors=(*_OWN, Code.NAME_INVALID), via=_BOTH),
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
    Contract(auth.FindAmong, auth.Profiles, callers=(Peer,), via=(Via.BUS,)),
    Contract(auth.ListDevices, auth.Devices, errors=(Code.REVOKED,), via=_BOTH),
    _manage(auth.RevokeDevice, Done, errors=(*_OWN, Code.DEVICE_UNKNOWN), via=_BOTH),
)

ROOMS = (
    _manage(
        rooms.CreateRoom,
        rooms.RoomChanged,
        errors=(Code.ROOM_NAME_INVALID, Code.TOO_MANY_ROOMS),
        via=_BOTH,
    ),
    Contract(
        rooms.GetRoom,
        rooms.RoomFound,
        errors=(Code.ROOM_UNKNOWN, Code.BANNED, Code.GUEST_FORBIDDEN),
        via=_BOTH,
    ),
    Contract(rooms.BrowseRooms, rooms.RoomsPage, callers=MEMBER, via=_BOTH),
    Contract(rooms.ListMyRooms, rooms.MyRooms),
    _change(
        rooms.JoinRoom,
        rooms.RoomChanged,
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
    _change(rooms.LeaveRoom, Done, errors=(*_ROOM, Code.OWNER_STAYS, Code.CONFLICT)),
    _manage(
        rooms.UpdateRoom,
        rooms.RoomChanged,
        errors=(*_MODERATE, Code.ROOM_NAME_INVALID, Code.CAPACITY_TOO_LOW),
        via=_BOTH,
    ),
    _manage(rooms.DeleteRoom, Done, errors=_MODERATE, via=_BOTH),
    _manage(
        rooms.TransferRoom,
        rooms.RoomChanged,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN),
    ),
    _manage(
        rooms.SetRole,
        rooms.RoomChanged,
        errors=(*_MODERATE, Code.MEMBER_UNKNOWN),
    ),
    _manage(rooms.KickMember, rooms.RoomChanged, errors=(*_MODERATE, Code.MEMBER_UNKNOWN)),
    _manage(rooms.BanMember, rooms.RoomChanged, errors=_MODERATE),
    _manage(rooms.UnbanMember, rooms.RoomChanged, errors=(*_MODERATE, Code.MEMBER_UNKNOWN)),
    _manage(rooms.MuteMember, rooms.RoomChanged, errors=(*_MODERATE, Code.MEMBER_UNKNOWN)),
    Contract(rooms.ListMembers, rooms.MembersPage, errors=_ROOM),
    Contract(
        rooms.ListBans,
        rooms.Bans,
        callers=MEMBER,
        errors=(*_ROOM, Code.ROLE_TOO_LOW),
    ),
    _manage(rooms.CreateInvite, rooms.InviteCreated, errors=(*_MODERATE, Code.TOO_MANY_INVITES)),
    Contract(
        rooms.ListInvites,
        rooms.Invites,
        callers=MEMBER,
        errors=(*_ROOM, Code.ROLE_TOO_LOW),
    ),
    _manage(
        rooms.RevokeInvite,
        Done,
        errors=(*_MODERATE, Code.INVITE_INVALID),
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
    Contract(presence.QueryPresence, presence.PresenceFound),
)

CHAT = (
    _append(
        chat.PostMessage,
        errors=(*_APPEND, Code.EMPTY, Code.TOO_LONG, Code.SLOW_MODE, Code.ENTRY_UNKNOWN),
        invalid=_TEXT,
    ),
    _append(
        chat.EditMessage,
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
    _append(
        chat.DeleteMessage,
        errors=(*_APPEND, Code.NOT_YOURS, Code.ENTRY_UNKNOWN, Code.ENTRY_DELETED),
    ),
    _append(
        chat.React,
        errors=(
            *_APPEND,
            Code.REACTION_INVALID,
            Code.TOO_MANY_REACTIONS,
            Code.ENTRY_UNKNOWN,
            Code.ENTRY_DELETED,
        ),
        invalid=_EMOJI,
    ),
    _append(
        chat.Unreact,
        errors=(*_APPEND, Code.REACTION_INVALID, Code.ENTRY_UNKNOWN, Code.ENTRY_DELETED),
        invalid=_EMOJI,
    ),
    Contract(chat.Type, Done, rate=Rate.TYPING, errors=(*_ROOM, Code.MUTED)),
    Contract(chat.MarkRead, chat.UnreadCounted, errors=(*_ROOM, Code.ENTRY_UNKNOWN)),
    Contract(chat.CountUnread, chat.UnreadCounted),
    Contract(chat.ReadHistory, chat.History, errors=(*_ROOM, Code.ENTRY_UNKNOWN), via=_BOTH),
    Contract(chat.ReadSince, chat.Since, errors=_ROOM),
)

_RELAY = (*_ROOM, Code.SESSION_REQUIRED, Code.NOT_IN_CALL, Code.PEER_GONE)
_SDP = {("$.sdp", "short"): Code.SDP_INVALID, ("$.sdp", "long"): Code.SDP_INVALID}
_CANDIDATE = {
    ("$.candidate", "short"): Code.CANDIDATE_INVALID,
    ("$.candidate", "long"): Code.CANDIDATE_INVALID,
}
_JOIN = (*_ROOM, Code.SESSION_REQUIRED, Code.CONFLICT)

SIGNALING = (
    Contract(signaling.GetIceServers, signaling.IceServers, errors=_ROOM),
    Contract(signaling.GetRoster, signaling.RosterFound, errors=_ROOM),
    Contract(signaling.GetRunning, signaling.RunningFound),
    Contract(
        signaling.JoinCall,
        signaling.RosterFound,
        rate=Rate.WRITE,
        errors=(*_JOIN, Code.CALL_FULL),
    ),
    Contract(signaling.LeaveCall, Done, rate=Rate.WRITE, errors=_JOIN),
    Contract(signaling.SetMedia, Done, rate=Rate.WRITE, errors=(*_JOIN, Code.NOT_IN_CALL)),
    Contract(
        signaling.ReactInCall,
        Done,
        rate=Rate.TYPING,
        errors=(*_ROOM, Code.SESSION_REQUIRED, Code.NOT_IN_CALL, Code.REACTION_INVALID),
        invalid=_EMOJI,
    ),
    Contract(signaling.Ring, Done, rate=Rate.WRITE, errors=(*_JOIN, Code.NOT_IN_CALL)),
    Contract(signaling.DeclineCall, Done, rate=Rate.WRITE, errors=(*_ROOM, Code.CALL_OVER)),
    Contract(
        signaling.SendOffer,
        signaling.Relayed,
        rate=Rate.SIGNAL,
        errors=(*_RELAY, Code.SDP_INVALID),
        invalid=_SDP,
    ),
    Contract(
        signaling.SendAnswer,
        signaling.Relayed,
        rate=Rate.SIGNAL,
        errors=(*_RELAY, Code.SDP_INVALID),
        invalid=_SDP,
    ),
    Contract(
        signaling.SendCandidate,
        signaling.Relayed,
        rate=Rate.SIGNAL,
        errors=(*_RELAY, Code.CANDIDATE_INVALID),
        invalid=_CANDIDATE,
    ),
    Contract(signaling.EndCandidates, signaling.Relayed, rate=Rate.SIGNAL, errors=_RELAY),
    Contract(signaling.AskRestart, signaling.Relayed, rate=Rate.SIGNAL, errors=_RELAY),
)

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
    signaling.CallStarted,
    signaling.CallEnded,
    signaling.ParticipantJoined,
    signaling.ParticipantLeft,
    signaling.ParticipantChanged,
    signaling.ReactedInCall,
)
USER_EVENTS: tuple[type[Event], ...] = (
    notices.RoomAdded,
    notices.RoomRemoved,
    notices.Mentioned,
    notices.ReadMoved,
    notices.SignedOut,
    signaling.Ringing,
    signaling.RingingStopped,
    signaling.CallDeclined,
)
SESSION_EVENTS: tuple[type[Event], ...] = (
    signaling.OfferReceived,
    signaling.AnswerReceived,
    signaling.CandidateReceived,
    signaling.CandidatesEnded,
    signaling.RestartAsked,
)
GATEWAY_EVENTS: tuple[type[Event], ...] = (frames.GoingAway,)
EVENTS: tuple[type[Event], ...] = (
    *TIMELINE_EVENTS,
    *STATE_EVENTS,
    *USER_EVENTS,
    *SESSION_EVENTS,
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
