"""Calls: what `services/signaling` is asked. Media goes from peer to peer; here peers meet.

A participant is a session, so one person may be in a call from two devices. Descriptions and
candidates (JSEP, RFC 8829) are relayed between two sessions of one call; they are never stored and
never logged.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.base import Command, Event, Millis, Reply, Revision, Value
from contracts.chat import Emoji
from contracts.ids import ULID_PATTERN, Device, Room, Session, User

MAX_SDP_BYTES = 60 * 1024
"""A description of a mesh peer is 4–12 KiB; this leaves room inside a 64 KiB frame."""

MAX_CANDIDATE_BYTES = 2 * 1024

MESH_LIMIT = 6
"""Each participant sends to each other one: past six, uplinks and processors of ordinary laptops
give in. An operator may set another limit."""

LISTENER_LIMIT = 12
"""A listener costs each speaker a voice, about 40 kbit/s: twelve are half a Mbit/s of uplink."""

Call = Annotated[str, Meta(pattern=ULID_PATTERN, description="Id of one call.")]
Sdp = Annotated[str, Meta(min_length=1, max_length=MAX_SDP_BYTES)]


class IceServer(Value, frozen=True, kw_only=True):
    """One entry of `RTCConfiguration.iceServers` (W3C WebRTC §4.2.2).

    STUN servers carry no credentials; TURN servers carry short-lived ones.
    """

    urls: Annotated[list[str], Meta(description="`stun:`, `turn:` or `turns:` URIs (RFC 7064/65).")]
    username: str | None = None
    credential: str | None = None


class GetIceServers(Command, frozen=True, kw_only=True, tag="signaling.ice_servers"):
    """Asks by which servers peers may find and reach each other, in a room or before any call.

    Without a `room` it is for checking the way to those servers: anybody who is signed in may ask,
    as anybody with an account could make a room and ask there. A guest's own room stands in.
    """

    room: Room | None = None


class IceServers(Reply, frozen=True, kw_only=True, tag="signaling.ice_servers_found"):
    """The servers, and until when their credentials open a new allocation.

    `relay_only` tells the client to use no other candidates than relayed ones.
    """

    servers: list[IceServer]
    expires_at: Millis
    relay_only: bool = False


class Media(Value, frozen=True, kw_only=True):
    """What a participant sends and shows right now.

    `screen_stream` is the id of the MediaStream (RFC 8830 msid) that carries the screen; tracks of
    any other stream are the microphone and the camera.
    """

    microphone: bool = False
    camera: bool = False
    screen: bool = False
    screen_stream: Annotated[str, Meta(max_length=64)] = ""
    hand: bool = False
    recording: bool = False
    recording_paused: Annotated[
        bool, Meta(description="With `recording`: nothing is taken down at this moment.")
    ] = False


class Participant(Value, frozen=True, kw_only=True):
    """A session in a call. `since` orders the roster; the lower session id is the polite peer.

    Who is `listening` sends nothing and is sent sound only; of its `media` only `hand` and whether
    it records are ever set.
    Two listeners need no connection between them.
    """

    session: Session
    user: User
    device: Device
    since: Millis
    media: Media
    listening: bool = False


class Roster(Value, frozen=True, kw_only=True):
    """Who is in a room's call. `call` is none while nobody is.

    `limit` counts those who take part in full, `listener_limit` those who listen: 0 is none.
    """

    room: Room
    call: Call | None
    revision: Revision
    started_at: Millis | None
    participants: list[Participant]
    limit: int
    listener_limit: int = 0


class GetRoster(Command, frozen=True, kw_only=True, tag="signaling.roster"):
    """Asks who is in a room's call, before joining or after missing something."""

    room: Room


class RosterFound(Reply, frozen=True, kw_only=True, tag="signaling.roster_found"):
    """The roster as of its revision."""

    roster: Roster


class GetRunning(Command, frozen=True, kw_only=True, tag="signaling.running"):
    """Asks which of one's rooms have a call now: the list of rooms shows it."""


class RunningFound(Reply, frozen=True, kw_only=True, tag="signaling.running_found"):
    """The rosters of running calls, and how many people a call can have.

    A room whose call began or ended in this very moment may be missed or still be there; its
    events, and `signaling.roster`, have the last word.
    """

    rosters: list[Roster]
    limit: int
    listener_limit: int = 0


class JoinCall(Command, frozen=True, kw_only=True, tag="signaling.join"):
    """Joins the room's call, or starts it. Joining a call one is in changes nothing but `media`.

    With `listen` one comes to listen, in a place of the listeners; a call is not started by that.
    Who is in the call already changes from one to the other, if there is a place, and keeps the
    former one where there is none.

    `former` is the session that the same page was in the call with before it crashed or was away
    for too long: its seat is taken over, if its connection is lost.
    """

    room: Room
    media: Media = Media()
    listen: bool = False
    former: Session | None = None


class LeaveCall(Command, frozen=True, kw_only=True, tag="signaling.leave"):
    """Leaves; a call that nobody is in any more is over. Not being in it is no error."""

    room: Room


class SetMedia(Command, frozen=True, kw_only=True, tag="signaling.set_media"):
    """Tells the others what one sends now."""

    room: Room
    media: Media


class ReactInCall(Command, frozen=True, kw_only=True, tag="signaling.react"):
    """Shows an emoji to everybody in the call one is in, for a moment. It is stored nowhere."""

    room: Room
    emoji: Emoji


class Ring(Command, frozen=True, kw_only=True, tag="signaling.ring"):
    """Asks members of the room to come to the call one is in."""

    room: Room
    users: Annotated[list[User], Meta(min_length=1, max_length=16)]


class DeclineCall(Command, frozen=True, kw_only=True, tag="signaling.decline"):
    """Answers a ringing with no; it stops on all of one's devices."""

    room: Room
    call: Call


class Proof(Value, frozen=True, kw_only=True):
    """Ties a description to the device that made it: a signature over its DTLS fingerprints.

    The key is an ECDSA P-256 public key in raw form and the signature is over
    `<call> <from> <to> <fingerprint>…`, both base64url. The server passes it on unread.
    """

    key: Annotated[str, Meta(max_length=128)]
    signature: Annotated[str, Meta(max_length=128)]


class SendOffer(Command, frozen=True, kw_only=True, tag="signaling.offer"):
    """Sends an offer to another session of the call."""

    room: Room
    to: Session
    sdp: Sdp
    proof: Proof | None = None


class SendAnswer(Command, frozen=True, kw_only=True, tag="signaling.answer"):
    """Answers an offer."""

    room: Room
    to: Session
    sdp: Sdp
    proof: Proof | None = None


class SendCandidate(Command, frozen=True, kw_only=True, tag="signaling.candidate"):
    """Sends one ICE candidate as it is found (trickle, RFC 8838)."""

    room: Room
    to: Session
    candidate: Annotated[str, Meta(min_length=1, max_length=MAX_CANDIDATE_BYTES)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=256)] | None = None
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class EndCandidates(Command, frozen=True, kw_only=True, tag="signaling.end_of_candidates"):
    """Tells that no more candidates of this generation will come (RFC 8838 §14)."""

    room: Room
    to: Session
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class AskRestart(Command, frozen=True, kw_only=True, tag="signaling.restart_ice"):
    """Asks the other side to restart ICE, where one can't do so oneself."""

    room: Room
    to: Session


class Relayed(Reply, frozen=True, kw_only=True, tag="signaling.relayed"):
    """The message was handed to the gateway that holds the other session."""


class Signal(Event, frozen=True, kw_only=True):
    """What every relayed message has; `sender` comes from the sender's session."""

    room: Room
    sender: Session


class OfferReceived(Signal, frozen=True, kw_only=True, tag="signal.offer"):
    """A peer made an offer."""

    sdp: str
    proof: Proof | None = None


class AnswerReceived(Signal, frozen=True, kw_only=True, tag="signal.answer"):
    """A peer answered."""

    sdp: str
    proof: Proof | None = None


class CandidateReceived(Signal, frozen=True, kw_only=True, tag="signal.candidate"):
    """A peer found a candidate."""

    candidate: str
    sdp_mid: str | None = None
    sdp_m_line_index: int | None = None
    username_fragment: str | None = None


class CandidatesEnded(Signal, frozen=True, kw_only=True, tag="signal.end_of_candidates"):
    """A peer has no more candidates."""

    username_fragment: str | None = None


class RestartAsked(Signal, frozen=True, kw_only=True, tag="signal.restart_ice"):
    """A peer wants ICE restarted."""


class CallStarted(Event, frozen=True, kw_only=True, tag="call.started"):
    """A call began in the room."""

    room: Room
    call: Call
    revision: Revision
    started_at: Millis


class CallEnded(Event, frozen=True, kw_only=True, tag="call.ended"):
    """Nobody is in the call any more."""

    room: Room
    call: Call
    revision: Revision


class ParticipantJoined(Event, frozen=True, kw_only=True, tag="call.joined"):
    """A session came into the call."""

    room: Room
    call: Call
    revision: Revision
    participant: Participant


class ParticipantLeft(Event, frozen=True, kw_only=True, tag="call.left"):
    """A session is not in the call any more."""

    room: Room
    call: Call
    revision: Revision
    session: Session
    why: Literal["left", "lost", "removed"]


class ParticipantChanged(Event, frozen=True, kw_only=True, tag="call.changed"):
    """A participant sends something else now."""

    room: Room
    call: Call
    revision: Revision
    participant: Participant


class ReactedInCall(Event, frozen=True, kw_only=True, tag="stage.reacted"):
    """A participant shows an emoji. It belongs to no revision: who misses it has missed it."""

    room: Room
    call: Call
    session: Session
    emoji: str


class Ringing(Event, frozen=True, kw_only=True, tag="notice.ringing"):
    """Someone asks you to come to a call. Stop after `until`: then it was missed."""

    room: Room
    call: Call
    by: User
    until: Millis


class RingingStopped(Event, frozen=True, kw_only=True, tag="notice.ringing_stopped"):
    """A ringing is over: you came or declined on some device, or nobody is there any more."""

    room: Room
    call: Call
    why: Literal["joined", "declined", "ended"]


class CallDeclined(Event, frozen=True, kw_only=True, tag="notice.declined"):
    """Someone you rang declined."""

    room: Room
    call: Call
    user: User


class Bell(Value, frozen=True, kw_only=True):
    """A ringing under way: who is rung by whom, and until when."""

    user: User
    by: User
    until: Millis


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `CALLS` under the room's id. Replicas of signaling keep nothing else.

    Between calls it stays, without a `call`, so that the revision never goes back.
    """

    revision: Revision
    call: Call | None = None
    started_at: Millis = 0
    participants: tuple[Participant, ...] = ()
    bells: tuple[Bell, ...] = ()
