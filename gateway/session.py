"""One client's session, without a socket, a clock or a bus: a frame or a tick in, effects out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from contracts import frames
from contracts.auth import AccessClaims
from contracts.base import Command, Done, Event, Reply
from contracts.callers import Account, Guest, Person
from contracts.chat import MESSAGE_CHARS
from contracts.closing import Closing
from contracts.contract import Contract
from contracts.errors import Code, Error, Refusal
from contracts.frames import FollowedRoom
from contracts.ids import GatewayId, RequestId, RoomId, SessionId
from contracts.notices import RoomRemoved, SignedOut
from contracts.presence import SESSION_GRACE_SECONDS
from gateway.buckets import LOOSE, REFUSED, Bucket, Buckets
from gateway.effects import (
    Ask,
    Claim,
    Effect,
    FollowRooms,
    LeaveRooms,
    Probe,
    Renewed,
    Send,
    Shut,
)
from gateway.reading import read_command, read_frame, request_id
from runtime.codec import encode

EXPIRY_LEEWAY_MS = 30_000
"""Past its token's end a session may live so long: a page that wakes up renews first."""

PATIENT_WEIGHT = 0.25
"""What a frame that came too soon counts for, among those refused for good reason."""

SILENT_HEARTBEATS = 2.5
"""One may be late and the probe after it may be lost; more is a dead connection."""

Verify = Callable[[str], AccessClaims]
Effects = list[Effect]


@dataclass(frozen=True, slots=True)
class Rules:
    """What all sessions of a gateway share."""

    gateway: GatewayId
    hello_ms: int
    heartbeat_ms: int
    requests: int
    rate_factor: float
    mesh_limit: int
    listener_limit: int


class Session:
    """Decides what a frame, an answer or the passing of time means for one connection.

    Promise: each request that can be read is answered exactly once, by a reply or an `Error`, as
    long as the connection lives. `now` is milliseconds of a clock that never goes back and that
    nobody sets: silence and pace are told by it. `wall` is the time of day, as tokens and clients
    know it.
    """

    __slots__ = (
        "_address",
        "_agent",
        "_asked",
        "_began",
        "_buckets",
        "_claiming",
        "_heard",
        "_loose",
        "_probed",
        "_refusals",
        "_rules",
        "_verify",
        "claims",
        "followed",
        "id",
        "shut",
    )

    def __init__(self, rules: Rules, verify: Verify, now: int, address: str, agent: str) -> None:
        self._rules = rules
        self._verify = verify
        self._address = address
        self._agent = agent
        self._began = now
        self._heard = now
        self._probed = False
        self._claiming = False
        self._asked = 0
        self._refusals: Bucket | None = None
        self._loose: Bucket | None = None
        self._buckets = Buckets(rules.rate_factor)
        self.claims: AccessClaims | None = None
        self.id: SessionId | None = None
        self.followed: set[RoomId] = set()
        self.shut: Closing | None = None

    # ---- what comes in -----------------------------------------------------------------------

    def received(self, data: bytes, now: int, wall: int) -> Effects:
        """A frame arrived."""
        if self.shut:
            return []
        self._hear(now)
        try:
            frame = read_frame(data)
        except Refusal as refusal:
            # Without an id that can be read the answer carries an empty one, so that a client's
            # author sees the refusal instead of waiting for it.
            return self._refused(request_id(data) or RequestId(""), refusal, now)
        try:
            contract, command = read_command(frame.request)
            return self._take(frame, contract, command, now, wall)
        except Refusal as refusal:
            return self._refused(frame.id, refusal, now)

    def alive(self, now: int) -> Effects:
        """A ping or a pong came: a sign of life, unless it is a flood."""
        self._hear(now)
        return self.part(now)

    def part(self, now: int) -> Effects:
        """A part of a message came that had begun before; too many are a flood."""
        if self.shut:
            return []
        if self._loose is None:
            self._loose = Bucket(LOOSE, now)
        return self.ended(Closing.FLOODING) if self._loose.take(now) else []

    def seated(self, request: RequestId, session: SessionId, resumed: bool, wall: int) -> Effects:
        """The claim was granted: the connection is up."""
        self._claiming = False
        if self.shut or self.claims is None:
            return []
        self.id = session
        welcome = frames.Welcomed(
            version=frames.PROTOCOL_VERSIONS[0],
            session=session,
            resumed=resumed,
            user=self.claims.sub,
            guest_room=self.claims.room,
            gateway=self._rules.gateway,
            now=wall,
            heartbeat_ms=self._rules.heartbeat_ms,
            grace_ms=SESSION_GRACE_SECONDS * 1000,
            limits=frames.Limits(
                frame_bytes=frames.MAX_FRAME_BYTES,
                message_chars=MESSAGE_CHARS,
                followed_rooms=frames.MAX_FOLLOWED,
                call_participants=self._rules.mesh_limit,
                call_listeners=self._rules.listener_limit,
            ),
        )
        return [_reply(request, welcome)]

    def unseated(self, request: RequestId, refusal: Refusal, closing: Closing) -> Effects:
        """The claim failed."""
        return [_reply(request, refusal.error()), *self.ended(closing)]

    def answered(self, request: RequestId, data: bytes) -> Effects:
        """A service's reply or error came, as bytes that are passed on as they are."""
        self._asked -= 1
        return [] if self.shut else [Send(_spliced(request, data))]

    def followed_rooms(self, request: RequestId, rooms: list[FollowedRoom]) -> Effects:
        """What came of `FollowRooms`; a room with an error is not followed."""
        self._asked -= 1
        lost = tuple(room.room for room in rooms if room.error and room.room in self.followed)
        self.followed.difference_update(lost)
        answer: Effects = [_reply(request, frames.Followed(rooms=rooms))]
        return [LeaveRooms(lost), *answer] if lost else answer

    def told(self, notice: Event) -> Effects:
        """A notice to this person that also means something for the connection."""
        if isinstance(notice, RoomRemoved) and notice.room in self.followed:
            self.followed.discard(notice.room)
            return [LeaveRooms((notice.room,))]
        if isinstance(notice, SignedOut) and self.claims is not None:
            device = self.claims.dev
            named = notice.device in (None, device) and notice.except_device != device
            # It may be told late, or twice: a sign-in since then is none of its business.
            if named and (notice.before is None or self.claims.iat <= notice.before):
                return self.ended(Closing.REVOKED)
        return []

    def revoked(self, before: int) -> Effects:
        """Tokens issued up to `before` (seconds) have ended."""
        if self.claims is not None and self.claims.iat <= before:
            return self.ended(Closing.REVOKED)
        return []

    def ticked(self, now: int, wall: int) -> Effects:
        """Some time has passed."""
        if self.shut:
            return []
        if self.id is None:
            # A hello whose claim is with the broker came in time; that has a limit of its own.
            late = not self._claiming and now - self._began >= self._rules.hello_ms
            return self.ended(Closing.HELLO_LATE) if late else []
        if self.claims is not None and wall >= self.claims.exp * 1000 + EXPIRY_LEEWAY_MS:
            return self.ended(Closing.TOKEN_EXPIRED)
        silent = now - self._heard
        if silent >= self._rules.heartbeat_ms * SILENT_HEARTBEATS:
            return self.ended(Closing.HEARTBEAT_MISSED)
        if silent >= self._rules.heartbeat_ms and not self._probed:
            self._probed = True
            return [Probe()]
        return []

    def going_away(self, delay_ms: int) -> Effects:
        """The gateway is about to stop."""
        return [] if self.shut else [Send(encode(frames.GoingAway(delay_ms=delay_ms)))]

    def ended(self, closing: Closing) -> Effects:
        """The connection ends, by whoever's decision; only the first counts."""
        if self.shut:
            return []
        self.shut = closing
        return [Shut(closing)]

    @property
    def caller(self) -> Person:
        """Who asks, as services are told.

        Raises:
            Refusal: nobody has said hello.
        """
        if self.id is None or self.claims is None:
            raise Refusal(Code.NOT_GREETED)
        claims = self.claims
        if claims.room is None:
            return Account(
                user=claims.sub,
                device=claims.dev,
                session=self.id,
                address=self._address,
                agent=self._agent,
            )
        return Guest(
            user=claims.sub,
            device=claims.dev,
            room=claims.room,
            session=self.id,
            address=self._address,
            agent=self._agent,
        )

    def _hear(self, now: int) -> None:
        self._heard = now
        self._probed = False

    # ---- what a request means ----------------------------------------------------------------

    def _take(
        self,
        frame: frames.RequestFrame,
        contract: Contract,
        command: Command,
        now: int,
        wall: int,
    ) -> Effects:
        if isinstance(command, frames.SayHello):
            return self._hello(frame.id, command)
        if self.id is None:
            raise Refusal(Code.NOT_GREETED)
        wait = self._buckets.take(contract.rate, now, _cost(command))
        if wait:
            raise Refusal(Code.RATE_LIMITED, retry_after=round(wait, 3))
        if isinstance(command, frames.Ping):
            return [_reply(frame.id, frames.Ponged(now=wall))]
        if isinstance(command, frames.Renew):
            return self._renew(frame.id, command)
        if isinstance(command, frames.Unfollow):
            rooms = tuple(room for room in dict.fromkeys(command.rooms) if room in self.followed)
            self.followed.difference_update(rooms)
            return [LeaveRooms(rooms), _reply(frame.id, Done())]
        if self._asked >= self._rules.requests:
            raise Refusal(Code.RATE_LIMITED, retry_after=0.2)
        if isinstance(command, frames.Follow):
            return self._follow(frame.id, command)
        self._asked += 1
        return [Ask(frame.id, contract.tag, bytes(frame.request))]

    def _hello(self, request: RequestId, hello: frames.SayHello) -> Effects:
        if self.id is not None or self._claiming:
            raise Refusal(Code.INVALID, "This connection has said hello before.")
        if not set(hello.versions) & set(frames.PROTOCOL_VERSIONS):
            refusal = Refusal(Code.VERSION_UNSUPPORTED)
            return self.unseated(request, refusal, Closing.VERSION_UNSUPPORTED)
        try:
            self.claims = self._verify(hello.token)
        except Refusal as refusal:
            closing = _HELLO_ENDS.get(refusal.code, Closing.HELLO_REFUSED)
            return self.unseated(request, refusal, closing)
        self._claiming = True
        return [Claim(request, hello.session, self.claims)]

    def _renew(self, request: RequestId, renew: frames.Renew) -> Effects:
        fresh = self._verify(renew.token)
        known = cast("AccessClaims", self.claims)
        if (fresh.sub, fresh.dev, fresh.room) != (known.sub, known.dev, known.room):
            raise Refusal(Code.TOKEN_INVALID)
        if fresh.exp >= known.exp:
            self.claims = fresh
        return [Renewed(), _reply(request, Done())]

    def _follow(self, request: RequestId, follow: frames.Follow) -> Effects:
        places = tuple({place.room: place for place in follow.places}.values())
        wanted = self.followed.union(place.room for place in places)
        if len(wanted) > frames.MAX_FOLLOWED:
            raise Refusal(Code.TOO_MANY_FOLLOWED)
        self.followed = wanted
        self._asked += 1
        return [FollowRooms(request, places)]

    def _refused(self, request: RequestId, refusal: Refusal, now: int) -> Effects:
        answer = _reply(request, refusal.error())
        if self._refusals is None:
            self._refusals = Bucket(REFUSED, now)
        # Being too fast is forgiven more often than being wrong: the answer says how long to wait.
        weight = PATIENT_WEIGHT if refusal.code is Code.RATE_LIMITED else 1.0
        if self._refusals.take(now, weight):
            return [answer, *self.ended(Closing.FLOODING)]
        return [answer]


_HELLO_ENDS = {
    Code.TOKEN_EXPIRED: Closing.TOKEN_EXPIRED,
    Code.REVOKED: Closing.REVOKED,
}


def _cost(command: Command) -> float:
    # Following asks chat once for each room.
    return 1 + len(command.places) / 8 if isinstance(command, frames.Follow) else 1.0


def _reply(request: RequestId, reply: Reply | Error) -> Send:
    return Send(_spliced(request, encode(reply)))


def _spliced(request: RequestId, reply: bytes) -> bytes:
    # An id has no character that JSON would escape: its pattern says so.
    return b'{"id":"%b","reply":%b}' % (request.encode(), reply)
