"""Who is online: leases and memberships in, changes out."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.ids import GatewayId, RoomId, SessionId, UserId
from contracts.presence import SessionLease
from services.rooms.domain.presence import DROPPED_MS, ORPHAN_MS, Changes, Presence
from tests.unit.rooms.people import ANN, BOB, CELLAR, CID, EAST, KITCHEN, WEST, lease, session

pytestmark = [pytest.mark.unit, pytest.mark.rooms]


@pytest.fixture
def presence() -> Presence:
    """A gateway, and ann and bob in the kitchen; nobody is online."""
    state = Presence()
    state.gateway(EAST, True, 0)
    for user in (ANN, BOB):
        state.member(KITCHEN, user, True)
    return state


def shown(changes: Changes) -> dict[RoomId, tuple[set[UserId], set[UserId]]]:
    return {room: (delta.joined, delta.left) for room, delta in changes.rooms.items()}


def test_a_person_comes_with_the_first_device_and_goes_with_the_last(presence: Presence) -> None:
    presence.session(session(1), lease(ANN), 10)
    changes = presence.take()
    assert changes.came == {ANN: 10}
    assert shown(changes) == {KITCHEN: ({ANN}, set())}
    presence.session(session(2), lease(ANN), 20)
    presence.session(session(1), None, 30)
    assert presence.take() == Changes()
    assert presence.is_online(ANN)
    presence.session(session(2), None, 40)
    changes = presence.take()
    assert changes.went == {ANN: 40}
    assert shown(changes) == {KITCHEN: (set(), {ANN})}
    assert (presence.is_online(ANN), presence.online(KITCHEN)) == (False, 0)


def test_a_dropped_session_keeps_its_seat_until_its_lease_is_gone(presence: Presence) -> None:
    presence.session(session(1), lease(ANN), 0)
    presence.session(session(1), lease(ANN, dropped_at=1_000), 1_000)
    presence.take()
    presence.tick(16_000)
    assert presence.take() == Changes()
    presence.session(session(1), None, 16_500)
    assert presence.take().went == {ANN: 1_000}, "last seen when the connection was lost"


def test_a_dropped_session_that_its_gateway_forgets_ends_anyway(presence: Presence) -> None:
    presence.session(session(1), lease(ANN, dropped_at=1_000), 1_000)
    presence.tick(1_000 + DROPPED_MS - 1)
    assert presence.is_online(ANN)
    presence.tick(1_000 + DROPPED_MS)
    assert not presence.is_online(ANN)


def test_a_dead_gateways_sessions_go_unless_they_come_back_elsewhere(presence: Presence) -> None:
    presence.gateway(WEST, True, 0)
    presence.session(session(1), lease(ANN), 0)
    presence.session(session(2), lease(BOB), 0)
    presence.take()
    presence.gateway(EAST, False, 5_000)
    presence.tick(5_000 + ORPHAN_MS - 1)
    assert presence.take() == Changes()
    presence.session(session(2), lease(BOB, WEST), 6_000)
    presence.tick(5_000 + ORPHAN_MS)
    changes = presence.take()
    assert changes.went == {ANN: 5_000 + ORPHAN_MS}
    assert shown(changes) == {KITCHEN: (set(), {ANN})}
    assert presence.online_in(KITCHEN) == {BOB}


def test_a_gateway_that_was_only_slow_gets_its_people_back(presence: Presence) -> None:
    presence.session(session(1), lease(ANN), 0)
    presence.gateway(EAST, False, 5_000)
    presence.tick(9_000)
    assert not presence.is_online(ANN)
    presence.gateway(EAST, True, 10_000)
    assert presence.is_online(ANN)


def test_sessions_of_a_gateway_that_was_never_seen_do_not_count(presence: Presence) -> None:
    """After a restart, leases of a gateway that died long ago are still there."""
    presence.session(session(1), lease(ANN, WEST), 0)
    presence.tick(1)
    assert presence.take() == Changes()


def test_leases_missing_after_the_brokers_restart_wait_for_their_gateway(
    presence: Presence,
) -> None:
    presence.session(session(1), lease(ANN), 0)
    presence.session(session(2), lease(BOB), 0)
    presence.take()
    for number in (1, 2):
        presence.session_missed(session(number), 1_000)
    presence.session(session(1), lease(ANN), 2_000)
    presence.tick(1_000 + ORPHAN_MS)
    assert set(presence.take().went) == {BOB}
    assert presence.is_online(ANN)


def test_whoever_joins_while_online_is_seen_at_once(presence: Presence) -> None:
    presence.session(session(1), lease(CID), 0)
    assert shown(presence.take()) == {}
    presence.member(KITCHEN, CID, True)
    assert shown(presence.take()) == {KITCHEN: ({CID}, set())}
    presence.member(KITCHEN, CID, False)
    assert shown(presence.take()) == {KITCHEN: (set(), {CID})}
    assert presence.rooms_of(CID) == frozenset()


def test_a_visit_between_two_looks_is_kept_but_not_told_to_rooms(presence: Presence) -> None:
    presence.session(session(1), lease(ANN), 1)
    presence.session(session(1), None, 2)
    assert presence.take() == Changes(came={ANN: 1}, went={ANN: 2})


def test_what_is_undone_between_two_looks_is_not_told(presence: Presence) -> None:
    presence.session(session(1), lease(ANN), 0)
    presence.take()
    presence.session(session(1), None, 1)
    presence.session(session(1), lease(ANN), 2)
    presence.member(CELLAR, ANN, True)
    presence.member(CELLAR, ANN, False)
    assert presence.take() == Changes()


class Histories(RuleBasedStateMachine):
    """Random histories against a model that computes everything anew."""

    def __init__(self) -> None:
        super().__init__()
        self.presence = Presence()
        self.now = 0
        self.sessions: dict[SessionId, SessionLease] = {}
        self.members: set[tuple[RoomId, UserId]] = set()
        self.alive: set[GatewayId] = set()
        self.lost: dict[GatewayId, int] = {}
        self.told: dict[RoomId, set[UserId]] = {KITCHEN: set(), CELLAR: set()}
        self.told_online: set[UserId] = set()

    @rule(
        number=st.integers(1, 4),
        user=st.sampled_from([ANN, BOB, CID]),
        gateway=st.sampled_from([EAST, WEST]),
        dropped=st.booleans(),
    )
    def hold(self, number: int, user: UserId, gateway: GatewayId, dropped: bool) -> None:
        held = lease(user, gateway, dropped_at=self.now if dropped else None)
        self.sessions[session(number)] = held
        self.presence.session(session(number), held, self.now)

    @rule(number=st.integers(1, 4))
    def end(self, number: int) -> None:
        self.sessions.pop(session(number), None)
        self.presence.session(session(number), None, self.now)

    @rule(
        room=st.sampled_from([KITCHEN, CELLAR]),
        user=st.sampled_from([ANN, BOB, CID]),
        inside=st.booleans(),
    )
    def move(self, room: RoomId, user: UserId, inside: bool) -> None:
        self.members.add((room, user)) if inside else self.members.discard((room, user))
        self.presence.member(room, user, inside)

    @rule(gateway=st.sampled_from([EAST, WEST]), alive=st.booleans())
    def gateway(self, gateway: GatewayId, alive: bool) -> None:
        if alive:
            self.alive.add(gateway)
            self.lost.pop(gateway, None)
        elif gateway in self.alive:
            self.alive.discard(gateway)
            self.lost[gateway] = self.now
        self.presence.gateway(gateway, alive, self.now)

    @rule(pause=st.integers(1, 30_000))
    def wait(self, pause: int) -> None:
        self.now += pause
        self.presence.tick(self.now)

    def counts(self, held: SessionLease) -> bool:
        lost = self.lost.get(held.gateway)
        seated = held.gateway in self.alive or (lost is not None and self.now < lost + ORPHAN_MS)
        overdue = held.dropped_at is not None and self.now >= held.dropped_at + DROPPED_MS
        return seated and not overdue

    @invariant()
    def it_is_what_it_would_be_if_computed_anew(self) -> None:
        self.presence.tick(self.now)
        online = {held.user for held in self.sessions.values() if self.counts(held)}
        assert self.presence.everyone() == online
        for room in (KITCHEN, CELLAR):
            here = {user for where, user in self.members if where == room and user in online}
            assert self.presence.online_in(room) == here
            assert self.presence.online(room) == len(here)

    @invariant()
    def what_was_told_adds_up(self) -> None:
        changes = self.presence.take()
        for room, delta in changes.rooms.items():
            assert not delta.joined & delta.left
            assert not delta.joined & self.told[room]
            assert delta.left <= self.told[room]
            self.told[room] = (self.told[room] | delta.joined) - delta.left
        for room, told in self.told.items():
            assert told == self.presence.online_in(room)
        self.told_online = (self.told_online | set(changes.came)) - set(changes.went)
        assert self.told_online == self.presence.everyone()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestHistories.pytestmark = pytestmark


def test_a_rooms_members_with_those_who_are_online_first(presence: Presence) -> None:
    for user in (ANN, BOB):
        presence.member(KITCHEN, user, inside=True)
    presence.session(session(1), lease(BOB), 0)
    assert presence.members_of(KITCHEN) == [BOB, ANN]
    presence.member(KITCHEN, BOB, inside=False)
    assert presence.members_of(KITCHEN) == [ANN]
    presence.member(KITCHEN, ANN, inside=False)
    assert presence.members_of(KITCHEN) == []
