"""Whatever people do, a call's roster and its events say the same."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from contracts.base import Event
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, RoomId, SessionId, UserId
from contracts.signaling import (
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
)
from services.signaling import calls
from services.signaling.calls import NO_CALL, Outcome, Places

pytestmark = [pytest.mark.unit, pytest.mark.calls]

ROOM = RoomId("room")
ALICE, BOB, CARLA = UserId("alice"), UserId("bob"), UserId("carla")


def participant(name: str, user: UserId | None = None, *, listening: bool = False) -> Participant:
    return Participant(
        session=SessionId(name),
        user=user or UserId(name),
        device=DeviceId(name),
        since=0,
        media=Media(),
        listening=listening,
    )


def joined(
    view: CallView,
    name: str,
    *,
    user: UserId | None = None,
    limit: int = 3,
    listening: bool = False,
    media: Media | None = None,
) -> Outcome:
    return calls.join(
        ROOM,
        view,
        replace(participant(name, user, listening=listening), media=media or Media()),
        places=Places(speakers=limit, listeners=2),
        new_call=lambda: f"call-{view.revision}",
        now=1000,
    )


def left(view: CallView, *names: str) -> Outcome:
    return calls.remove(ROOM, view, [SessionId(name) for name in names], "left")


def names(outcome: Outcome) -> list[str]:
    return [type(event).__name__ for event in outcome.events]


def apply(view: CallView, event: Event) -> CallView:
    """What a client makes of an event."""
    match event:
        case CallStarted():
            return replace(
                view, call=event.call, started_at=event.started_at, revision=event.revision
            )
        case CallEnded():
            return CallView(revision=event.revision)
        case ParticipantJoined():
            people = (*view.participants, event.participant)
        case ParticipantLeft():
            people = tuple(p for p in view.participants if p.session != event.session)
        case ParticipantChanged():
            people = tuple(
                event.participant if p.session == event.participant.session else p
                for p in view.participants
            )
        case _:
            raise AssertionError(event)
    return replace(view, participants=people, revision=event.revision)


def test_the_first_to_come_starts_the_call_and_the_last_to_go_ends_it():
    first = joined(NO_CALL, "a")
    assert names(first) == ["CallStarted", "ParticipantJoined"]
    second = joined(first.view, "b")
    assert names(second) == ["ParticipantJoined"]
    # The one who began it goes first: the call goes on for the others.
    third = left(second.view, "a")
    assert names(third) == ["ParticipantLeft"]
    assert third.view.call == first.view.call
    last = left(third.view, "b")
    assert names(last) == ["ParticipantLeft", "CallEnded"]
    assert last.view == CallView(revision=6)
    again = joined(last.view, "a")
    assert again.view.call != first.view.call
    assert again.view.revision == 8


def test_one_person_may_come_from_two_devices():
    view = joined(joined(NO_CALL, "phone", user=ALICE).view, "laptop", user=ALICE).view
    assert [p.user for p in view.participants] == [ALICE, ALICE]


def test_the_limit_holds_and_those_inside_stay():
    view = joined(joined(NO_CALL, "a", limit=2).view, "b", limit=2).view
    with pytest.raises(Refusal) as caught:
        joined(view, "c", limit=2)
    assert caught.value.code is Code.CALL_FULL
    assert joined(view, "a", limit=2).view.participants == view.participants


def test_joining_again_has_everybody_notice_what_they_missed():
    first = joined(NO_CALL, "a")
    again = joined(first.view, "a")
    assert names(again) == ["ParticipantChanged"]
    assert again.view.revision == first.view.revision + 1
    assert again.view.participants == first.view.participants


def test_joining_again_changes_only_what_one_sends():
    view = joined(NO_CALL, "a").view
    louder = replace(participant("a"), media=Media(microphone=True), since=99)
    one = Places(speakers=1, listeners=0)
    again = calls.join(ROOM, view, louder, places=one, new_call=lambda: "x", now=99)
    assert names(again) == ["ParticipantChanged"]
    assert again.view.participants[0].since == 0
    assert again.view.participants[0].media.microphone


def test_past_the_limit_people_listen_until_a_place_is_free():
    view = joined(joined(NO_CALL, "a", limit=2).view, "b", limit=2).view
    loud = Media(microphone=True, camera=True, recording=True, hand=True)
    come = joined(view, "c", limit=2, listening=True, media=loud)
    assert names(come) == ["ParticipantJoined"]
    assert come.view.participants[2].listening
    assert come.view.participants[2].media == Media(recording=True, hand=True)
    # What a listener says it sends is nothing, whenever it says so.
    same = calls.change(ROOM, come.view, SessionId("c"), replace(loud, screen=True))
    assert same == Outcome(come.view)
    with pytest.raises(Refusal) as caught:
        joined(come.view, "c", limit=2)
    assert caught.value.code is Code.CALL_FULL
    free = left(come.view, "a").view
    speaks = joined(free, "c", limit=2, media=loud)
    assert names(speaks) == ["ParticipantChanged"]
    assert speaks.view.participants[1] == replace(participant("c"), media=loud)
    # And back again.
    quiet = joined(speaks.view, "c", limit=2, listening=True, media=loud)
    assert quiet.view.participants[1] == come.view.participants[2]


def test_listeners_have_a_limit_of_their_own_and_start_no_call():
    with pytest.raises(Refusal) as caught:
        joined(NO_CALL, "a", listening=True)
    assert caught.value.code is Code.CALL_OVER
    view = joined(NO_CALL, "a", limit=1).view
    for name in "bc":
        view = joined(view, name, limit=1, listening=True).view
    with pytest.raises(Refusal) as caught:
        joined(view, "d", limit=1, listening=True)
    assert caught.value.code is Code.CALL_FULL
    # Where all who spoke have gone, those who listen may speak; the last to go ends the call.
    alone = left(view, "a").view
    assert not joined(alone, "b", limit=1).view.participants[0].listening
    assert names(left(alone, "b", "c"))[-1] == "CallEnded"


def test_who_comes_back_takes_the_seat_of_ones_own_ghost_even_where_a_call_is_full():
    view = joined(joined(NO_CALL, "a", limit=2).view, "b", limit=2).view
    ghosts = {SessionId("a")}

    def back(name: str, device: str, former: str = "a") -> Outcome:
        coming = replace(participant(name, UserId("a")), device=DeviceId(device), since=7)
        two = Places(speakers=2, listeners=0)
        return calls.join(
            ROOM,
            view,
            coming,
            places=two,
            new_call=lambda: "another",
            now=7,
            former=SessionId(former),
            dropped=ghosts.__contains__,
        )

    come = back("a2", "a")
    assert names(come) == ["ParticipantLeft", "ParticipantJoined"]
    assert [p.session for p in come.view.participants] == ["b", "a2"]
    assert come.view.call == view.call
    # Another device of theirs, one that is connected, and one that is not named keep their seats.
    for device, gone, former in (("phone", {"a"}, "a"), ("a", set[str](), "a"), ("a", {"a"}, "b")):
        ghosts = {SessionId(session) for session in gone}
        with pytest.raises(Refusal) as caught:
            back("a2", device, former)
        assert caught.value.code is Code.CALL_FULL
    # Whoever was alone comes back into the same call.
    view, ghosts = joined(NO_CALL, "a").view, {SessionId("a")}
    assert back("a2", "a").view.call == view.call


def test_nothing_changed_is_nothing_told():
    view = joined(NO_CALL, "a").view
    assert left(view, "stranger") == Outcome(view)
    assert calls.change(ROOM, view, SessionId("a"), Media()) == Outcome(view)


def test_ringing_stops_when_they_come_decline_or_nobody_is_left():
    view = joined(NO_CALL, "a", user=ALICE).view
    rung = calls.ring(ROOM, view, SessionId("a"), [BOB, CARLA, ALICE, BOB], now=0)
    assert [user for user, _ in rung.notices] == [BOB, CARLA]
    assert all(isinstance(notice, Ringing) for _, notice in rung.notices)

    come = joined(rung.view, "b", user=BOB)
    assert [(u, n.why) for u, n in come.notices if isinstance(n, RingingStopped)] == [
        (BOB, "joined")
    ]
    declined = calls.decline(ROOM, come.view, come.view.call or "", CARLA)
    assert [(u, type(n)) for u, n in declined.notices] == [
        (CARLA, RingingStopped),
        (ALICE, CallDeclined),
    ]
    assert not declined.view.bells
    over = left(rung.view, "a")
    assert [(u, n.why) for u, n in over.notices if isinstance(n, RingingStopped)] == [
        (BOB, "ended"),
        (CARLA, "ended"),
    ]


@pytest.mark.parametrize("deed", ["change", "ring", "decline"])
def test_who_is_not_there_is_refused(deed: str):
    view = joined(NO_CALL, "a").view
    deeds = {
        "change": lambda: calls.change(ROOM, view, SessionId("x"), Media()),
        "ring": lambda: calls.ring(ROOM, view, SessionId("x"), [BOB], 0),
        "decline": lambda: calls.decline(ROOM, view, "another call", BOB),
    }
    with pytest.raises(Refusal) as caught:
        deeds[deed]()
    assert caught.value.code in (Code.NOT_IN_CALL, Code.CALL_OVER)


PLACES = Places(speakers=2, listeners=1)
SESSIONS = st.sampled_from([f"s{n}" for n in range(5)])
MEDIA = st.builds(
    Media,
    **dict.fromkeys(("microphone", "camera", "screen", "hand", "recording"), st.booleans()),
)


class CallMachine(RuleBasedStateMachine):
    """Random comings and goings; a client that only hears events knows the roster at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.view = NO_CALL
        self.client = NO_CALL
        self.ids = itertools.count()

    def take(self, outcome: Outcome) -> None:
        for event in outcome.events:
            assert event.revision == self.client.revision + 1
            self.client = apply(self.client, event)
        self.view = outcome.view

    @rule(
        name=SESSIONS,
        media=MEDIA,
        listening=st.booleans(),
        former=st.none() | SESSIONS,
        ghosts=st.sets(SESSIONS),
    )
    def join(
        self, name: str, media: Media, listening: bool, former: SessionId | None, ghosts: set[str]
    ) -> None:
        same = DeviceId("the same")
        coming = replace(participant(name, ALICE, listening=listening), media=media, device=same)
        try:
            outcome = calls.join(
                ROOM,
                self.view,
                coming,
                places=PLACES,
                new_call=lambda: f"call-{next(self.ids)}",
                now=1000,
                former=former,
                dropped=ghosts.__contains__,
            )
        except Refusal as refused:
            if refused.code is Code.CALL_OVER:
                assert listening
                assert self.view.call is None
            else:
                alike = [p for p in self.view.participants if p.listening == listening]
                assert len(alike) == (PLACES.listeners if listening else PLACES.speakers)
        else:
            self.take(outcome)

    @rule(names=st.lists(SESSIONS, max_size=3))
    def leave(self, names: list[str]) -> None:
        self.take(left(self.view, *names))

    @rule(name=SESSIONS, media=MEDIA)
    def change(self, name: str, media: Media) -> None:
        if calls.find(self.view, SessionId(name)):
            self.take(calls.change(ROOM, self.view, SessionId(name), media))

    @invariant()
    def client_and_server_agree(self) -> None:
        assert replace(self.client, bells=()) == replace(self.view, bells=())

    @invariant()
    def a_call_is_there_exactly_while_somebody_is_in_it(self) -> None:
        assert (self.view.call is None) == (not self.view.participants)
        sessions = [p.session for p in self.view.participants]
        assert len(sessions) == len(set(sessions))
        listeners = [p for p in self.view.participants if p.listening]
        assert len(listeners) <= PLACES.listeners
        assert len(sessions) - len(listeners) <= PLACES.speakers
        assert not any(p.media.microphone or p.media.camera or p.media.screen for p in listeners)


CallMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCallMachine = CallMachine.TestCase
