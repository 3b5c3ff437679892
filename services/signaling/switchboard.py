"""Where calls are kept: KV `CALLS`, changed by compare-and-set, mirrored for the relay."""

from collections.abc import Callable

from nats.errors import Error as NatsError
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from contracts import subjects
from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, SessionId, UserId
from contracts.signaling import CallView, ReactedInCall, Ringing
from contracts.streams import CALLS
from runtime.bus import Bus
from runtime.codec import decode_as, encode
from runtime.readmodel import ReadModel
from services.signaling.calls import NO_CALL, Outcome, find

ATTEMPTS = 16
"""More than a full mesh that changes at the same instant needs."""

Change = Callable[[CallView], Outcome]


class Switchboard:
    """Applies changes to calls one after the other, whichever replica they come through."""

    def __init__(self, bus: Bus, store: KeyValue, mirror: ReadModel[CallView]) -> None:
        self._bus = bus
        self._store = store
        self._mirror = mirror

    def seen(self, room: RoomId) -> CallView:
        """The call as last heard of: for the relay, which can't wait for a look-up."""
        return self._mirror.get(room) or NO_CALL

    async def read(self, room: RoomId) -> CallView:
        """The call as it is."""
        return await self._mirror.fetch(room) or NO_CALL

    def running(self) -> list[tuple[RoomId, CallView]]:
        """All calls with somebody in them, as last heard of."""
        return [(RoomId(k), v) for k, (v, _) in self._mirror.items() if v.participants]

    async def apply(self, room: RoomId, change: Change) -> CallView:
        """Carries a change out, and tells who is to hear of it.

        Raises:
            Refusal: the change refuses, or others were faster time and again.
        """
        for _ in range(ATTEMPTS):
            view, revision = await self._load(room)
            outcome = change(view)
            if outcome.view == view:
                return view
            if await self._stored(room, outcome.view, revision):
                await self._tell(room, outcome)
                return outcome.view
        raise Refusal(Code.CONFLICT, retry_after=0.2)

    async def show(self, room: RoomId, session: SessionId, emoji: str) -> None:
        """Shows an emoji of a participant to the room; nothing is kept of it.

        Raises:
            Refusal: the session is not in the call.
        """
        view = self.seen(room)
        if find(view, session) is None:
            view = await self.read(room)
        if view.call is None or find(view, session) is None:
            raise Refusal(Code.NOT_IN_CALL)
        shown = ReactedInCall(room=room, call=view.call, session=session, emoji=emoji)
        await self._bus.tell(subjects.state(room), shown)

    async def ring_on(
        self, room: RoomId, view: CallView, user: UserId, session: SessionId, now: Millis
    ) -> None:
        """Tells a session that has just come of the bells that ring for its user."""
        for bell in view.bells:
            if view.call is not None and bell.user == user and bell.until > now:
                ringing = Ringing(room=room, call=view.call, by=bell.by, until=bell.until)
                await self._bus.tell(subjects.session(session), ringing)

    async def _stored(self, room: RoomId, view: CallView, revision: int) -> bool:
        """Stores a view in place of that revision; no where somebody was faster."""
        try:
            await self._store.update(room, encode(view), last=revision)
        except KeyWrongLastSequenceError:
            return False
        except (NatsError, TimeoutError):
            # It may be stored all the same, and then nobody but us would tell of it.
            if (await self._load(room))[0] != view:
                raise
        return True

    async def _load(self, room: RoomId) -> tuple[CallView, int]:
        try:
            entry = await self._store.get(room)
        except KeyNotFoundError:
            return NO_CALL, 0
        return decode_as(CallView, entry.value or b""), entry.revision or 0

    async def _tell(self, room: RoomId, outcome: Outcome) -> None:
        for event in outcome.events:
            await self._bus.tell(subjects.state(room), event)
        for user, notice in outcome.notices:
            await self._bus.tell(subjects.user(user), notice)


def mirror(bus: Bus) -> ReadModel[CallView]:
    """The mirror a switchboard reads from."""
    return ReadModel(bus, CALLS, CallView)
