"""One websocket: carries out what its session decides, and decides nothing itself."""

from typing import TYPE_CHECKING

from contracts.base import Event
from contracts.closing import Closing
from contracts.errors import Refusal
from contracts.registry import BY_TAG
from gateway import metrics
from gateway.asking import header_of
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
from gateway.fanout import Writer, text_frame
from gateway.hub import room_key
from gateway.protocol import Wire
from gateway.session import Effects, Session
from runtime import ids

if TYPE_CHECKING:
    from gateway.exchange import Exchange


class Socket:
    """The shell around a `Session`: bytes from a wire in, effects out to the bus and the wire."""

    __slots__ = ("_exchange", "_wire", "address", "caller", "session", "write")

    def __init__(self, exchange: "Exchange", wire: Wire, session: Session, address: str) -> None:
        self._exchange = exchange
        self._wire = wire
        self.session = session
        self.address = address
        self.caller = ""
        """The header that says who asks; empty before the hello."""
        self.write: Writer = wire.attach(self, exchange.settings.outbox_bytes).write

    # ---- told by the wire --------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """A message came."""
        effects = self.session.received(data, ids.steady_ms(), ids.now_ms())
        metrics.frames_in(_kind(effects)).inc()
        self.perform(effects)

    def alive(self) -> None:
        """A ping or a pong came."""
        self.perform(self.session.alive(ids.steady_ms()))

    def part(self) -> None:
        """Another part of a message came."""
        self.perform(self.session.part(ids.steady_ms()))

    def overflowed(self) -> None:
        """The client reads too slowly."""
        self.end(Closing.SLOW_READER)

    def too_large(self) -> None:
        """The client sends more at once than it may."""
        self.end(Closing.FRAME_TOO_LARGE)

    def lost(self) -> None:
        """The connection is gone."""
        # Whatever is still asked for has nobody to go to.
        if not self.session.shut:
            self.session.shut = Closing.GOING_AWAY
            metrics.CLOSES.labels("0").inc()
        self._exchange.forget(self)

    # ---- told by the gateway -----------------------------------------------------------------

    def end(self, closing: Closing) -> None:
        """Ends the connection."""
        self.perform(self.session.ended(closing))

    def tick(self, now: int, wall: int) -> None:
        """Some time has passed."""
        effects = self.session.ticked(now, wall)
        if effects:
            self.perform(effects)

    def told(self, notice: Event) -> None:
        """A notice to this person came, and went out to the client."""
        self.perform(self.session.told(notice))

    # ---- what the session wants --------------------------------------------------------------

    def perform(self, effects: Effects) -> None:
        """Carries out effects, in their order."""
        for effect in effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Send(data):
                metrics.REPLIES_OUT.inc()
                self._write(text_frame(data))
            case Ask():
                self._ask(effect)
            case FollowRooms():
                self._exchange.spawn(self._follow(effect))
            case LeaveRooms(rooms):
                for room in rooms:
                    self._exchange.hub.leave(room_key(room), self)
            case Claim():
                self._exchange.spawn(self._claim(effect))
            case Renewed():
                self._exchange.renew(self)
            case Probe():
                self._wire.ping()
            case Shut(closing):
                metrics.CLOSES.labels(str(closing.value.code)).inc()
                self._exchange.forget(self)
                self._wire.end(closing)

    def _write(self, frame: bytes) -> None:
        try:
            self.write(frame)
        except RuntimeError:
            # Closed in this turn of the loop; `lost` is about to be called.
            return

    def _ask(self, ask: Ask) -> None:
        def answered(answer: bytes) -> None:
            self.perform(self.session.answered(ask.request, answer))

        self._exchange.services.ask_then(self.caller, ask.tag, ask.body, answered)

    async def _follow(self, follow: FollowRooms) -> None:
        claims = self.session.claims
        guest_room = claims.room if claims is not None else None
        rooms = await self._exchange.following.follow(self, self.caller, guest_room, follow.places)
        if self.session.shut:
            self._exchange.leave_rooms(self, [room.room for room in rooms])
            return
        # A room left while it was being asked about is not joined behind the session's back.
        left = [room.room for room in rooms if room.room not in self.session.followed]
        self._exchange.leave_rooms(self, left)
        self.perform(self.session.followed_rooms(follow.request, rooms))

    async def _claim(self, claim: Claim) -> None:
        try:
            seat = await self._exchange.seat(self, claim)
        except Refusal as refusal:
            closing = self._exchange.unseated_by(refusal)
            self.perform(self.session.unseated(claim.request, refusal, closing))
            return
        if seat is None:
            return
        effects = self.session.seated(claim.request, seat.session, seat.resumed, ids.now_ms())
        self.caller = header_of(self.session.caller)
        self.perform(effects)


def _kind(effects: Effects) -> str:
    match effects:
        case [Ask(tag=tag), *_]:
            return BY_TAG[tag].rate.value
        case [Claim(), *_]:
            return "hello"
        case [FollowRooms(), *_]:
            return "follow"
        case _:
            # Pings, renewals, unfollowing, and whatever was refused.
            return "session"
