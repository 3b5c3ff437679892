"""A roster and the events that follow it: pure functions, as every client has to apply them."""

from msgspec.structs import replace

from contracts.signaling import (
    CallEnded,
    CallStarted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Roster,
)

RosterEvent = CallStarted | CallEnded | ParticipantJoined | ParticipantLeft | ParticipantChanged


class Missed(Exception):
    """An event is missing: ask for the roster again."""


def after(roster: Roster, event: RosterEvent) -> Roster:
    """The roster once the event has happened; an event it knows already changes nothing.

    Raises:
        Missed: the event is not the next one.
    """
    if event.revision <= roster.revision:
        return roster
    if event.revision > roster.revision + 1:
        raise Missed
    here = roster.participants
    match event:
        case CallStarted():
            changed = replace(roster, call=event.call, started_at=event.started_at, participants=[])
        case CallEnded():
            changed = replace(roster, call=None, started_at=None, participants=[])
        case ParticipantJoined():
            changed = replace(roster, participants=[*here, event.participant])
        case ParticipantLeft():
            staying = [p for p in here if p.session != event.session]
            changed = replace(roster, participants=staying)
        case ParticipantChanged():
            session = event.participant.session
            now = [event.participant if p.session == session else p for p in here]
            changed = replace(roster, participants=now)
    return replace(changed, revision=event.revision)
