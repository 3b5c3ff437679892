"""What may become of a call: pure functions from a view to the next one and its events.

`CallView` in KV is the whole state. Each function returns what to write and what to tell; where
nothing changes it returns the view it was given, and nothing is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from contracts.base import Event
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, SessionId, UserId
from contracts.signaling import (
    Bell,
    CallDeclined,
    CallEnded,
    CallStarted,
    CallView,
    Media,
    Participant,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Ringing,
    RingingStopped,
    Roster,
)

RING_SECONDS = 30
"""About six rings; then it counts as missed."""

Why = Literal["left", "lost", "removed"]


@dataclass(frozen=True)
class Places:
    """How many one call takes: those who speak, and those who listen to them."""

    speakers: int
    listeners: int


@dataclass(frozen=True)
class Outcome:
    """The next view, what the room hears, and what single people hear."""

    view: CallView
    events: tuple[Event, ...] = ()
    notices: tuple[tuple[UserId, Event], ...] = ()


NO_CALL = CallView(revision=0)


def roster(room: RoomId, view: CallView, places: Places) -> Roster:
    """What a client sees of a view."""
    return Roster(
        room=room,
        call=view.call,
        revision=view.revision,
        started_at=view.started_at if view.call else None,
        participants=list(view.participants),
        limit=places.speakers,
        listener_limit=places.listeners,
    )


def find(view: CallView, session: SessionId) -> Participant | None:
    """The participant that is this session."""
    return next((p for p in view.participants if p.session == session), None)


def join(
    room: RoomId,
    view: CallView,
    joining: Participant,
    *,
    places: Places,
    new_call: Callable[[], str],
    now: int,
    former: SessionId | None = None,
    dropped: Callable[[SessionId], bool] = lambda _: False,
) -> Outcome:
    """A session comes in, and starts the call where there is none; or one that is in it changes
    between speaking and listening.

    Who comes back as another session, since the tab crashed, takes the seat of the `former` one, if
    that is of the same device and `dropped` by its connection. Nobody stands beside their own
    ghost; another tab, whose connection is only on its way back, is none.

    Raises:
        Refusal: there is no place of that kind, or nobody to listen to.
    """
    here = find(view, joining.session)
    before = find(view, former) if here is None and former is not None else None
    if before is not None and _alike(before, joining) and dropped(before.session):
        view, gone = _without(room, view, [before.session], "lost")
        taken = join(room, view, joining, places=places, new_call=new_call, now=now)
        return Outcome(taken.view, (*gone, *taken.events), taken.notices)
    if here is None and joining.listening and view.call is None:
        raise Refusal(Code.CALL_OVER)
    if here is None or here.listening != joining.listening:
        alike = sum(p.listening == joining.listening for p in view.participants)
        if alike >= (places.listeners if joining.listening else places.speakers):
            raise Refusal(Code.CALL_FULL)
    if here is not None:
        coming = replace(here, media=joining.media, listening=joining.listening)
        # Who asks again may have come in without anybody hearing of it, where a replica died in
        # between: a new revision has everybody notice what they missed.
        return _changed(room, view, here, coming, even_if_alike=True)
    joining = replace(joining, media=_sent(joining))
    events: list[Event] = []
    call, revision, started_at = view.call, view.revision, view.started_at
    if call is None:
        call, started_at, revision = new_call(), now, revision + 1
        events.append(CallStarted(room=room, call=call, revision=revision, started_at=now))
    revision += 1
    events.append(ParticipantJoined(room=room, call=call, revision=revision, participant=joining))
    bells, notices = _silence(room, call, view.bells, "joined", {joining.user})
    return Outcome(
        replace(
            view,
            call=call,
            revision=revision,
            started_at=started_at,
            participants=(*view.participants, joining),
            bells=bells,
        ),
        tuple(events),
        notices,
    )


def _alike(one: Participant, other: Participant) -> bool:
    """The same person at the same device, if not by the same session."""
    return (one.user, one.device) == (other.user, other.device)


def change(room: RoomId, view: CallView, session: SessionId, media: Media) -> Outcome:
    """A participant sends something else now.

    Raises:
        Refusal: the session is not in the call.
    """
    here = find(view, session)
    if here is None:
        raise Refusal(Code.NOT_IN_CALL)
    return _changed(room, view, here, replace(here, media=media))


def _changed(
    room: RoomId,
    view: CallView,
    here: Participant,
    coming: Participant,
    *,
    even_if_alike: bool = False,
) -> Outcome:
    """What becomes of the view where one of its participants is another now."""
    changed = replace(coming, media=_sent(coming))
    if view.call is None or (here == changed and not even_if_alike):
        return Outcome(view)
    revision = view.revision + 1
    participants = tuple(changed if p is here else p for p in view.participants)
    return Outcome(
        replace(view, revision=revision, participants=participants),
        (ParticipantChanged(room=room, call=view.call, revision=revision, participant=changed),),
    )


def _sent(participant: Participant) -> Media:
    """What a participant may say it sends: a listener has a hand, and may record what it hears."""
    media = participant.media
    if not participant.listening:
        return media
    return Media(
        hand=media.hand, recording=media.recording, recording_paused=media.recording_paused
    )


def remove(room: RoomId, view: CallView, gone: Sequence[SessionId], why: Why) -> Outcome:
    """Sessions leave, or have to; with the last of them the call is over."""
    left, events = _without(room, view, gone, why)
    call = view.call
    if not events or call is None:
        return Outcome(view)
    if left.participants:
        return Outcome(left, events)
    revision = left.revision + 1
    ended = CallEnded(room=room, call=call, revision=revision)
    rung = {bell.user for bell in view.bells}
    _, notices = _silence(room, call, view.bells, "ended", rung)
    return Outcome(CallView(revision=revision), (*events, ended), notices)


def _without(
    room: RoomId, view: CallView, gone: Sequence[SessionId], why: Why
) -> tuple[CallView, tuple[Event, ...]]:
    """The view without these sessions, its call going on even where nobody is left in it."""
    call = view.call
    leaving = [p for p in view.participants if p.session in gone]
    if call is None:
        return view, ()
    events = tuple(
        ParticipantLeft(room=room, call=call, revision=revision, session=p.session, why=why)
        for revision, p in enumerate(leaving, view.revision + 1)
    )
    staying = tuple(p for p in view.participants if p not in leaving)
    revision = view.revision + len(events)
    return replace(view, revision=revision, participants=staying), events


def ring(room: RoomId, view: CallView, by: SessionId, users: Sequence[UserId], now: int) -> Outcome:
    """A participant asks people to come. Those who are in the call already are left in peace.

    Raises:
        Refusal: the one who rings is not in the call.
    """
    ringer = find(view, by)
    if ringer is None or view.call is None:
        raise Refusal(Code.NOT_IN_CALL)
    present = {p.user for p in view.participants}
    until = now + RING_SECONDS * 1000
    rung = [user for user in dict.fromkeys(users) if user not in present]
    if not rung:
        return Outcome(view)
    kept = tuple(b for b in view.bells if b.user not in rung and b.until > now)
    fresh = tuple(Bell(user=user, by=ringer.user, until=until) for user in rung)
    notice = Ringing(room=room, call=view.call, by=ringer.user, until=until)
    return Outcome(
        replace(view, bells=(*kept, *fresh)), notices=tuple((user, notice) for user in rung)
    )


def decline(room: RoomId, view: CallView, call: str, user: UserId) -> Outcome:
    """Someone who is rung says no.

    Raises:
        Refusal: that call is over.
    """
    if view.call != call:
        raise Refusal(Code.CALL_OVER)
    bell = next((b for b in view.bells if b.user == user), None)
    if bell is None:
        return Outcome(view)
    bells, notices = _silence(room, call, view.bells, "declined", {user})
    told = (bell.by, CallDeclined(room=room, call=call, user=user))
    return Outcome(replace(view, bells=bells), notices=(*notices, told))


def _silence(
    room: RoomId,
    call: str,
    bells: tuple[Bell, ...],
    why: Literal["joined", "declined", "ended"],
    users: set[UserId],
) -> tuple[tuple[Bell, ...], tuple[tuple[UserId, Event], ...]]:
    stopped = RingingStopped(room=room, call=call, why=why)
    return (
        tuple(b for b in bells if b.user not in users),
        tuple((b.user, stopped) for b in bells if b.user in users),
    )
