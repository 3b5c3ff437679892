"""Random deeds of several people in one room, through the pure domain."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.errors import Refusal
from contracts.ids import InviteCode, UserId
from contracts.rooms import CreateInvite, CreateRoom, Role, UpdateRoom
from services.rooms.domain import coming, links, order, shape
from services.rooms.domain.state import Decision, Membership, Room, Verdict, rank
from tests.support.room_client import RoomCopy
from tests.unit.rooms.people import ANN, BOB, CID, DAN, KITCHEN

GUEST = UserId("01jd0000000000000000000901")
PEOPLE = [ANN, BOB, CID, DAN, GUEST]
people = st.sampled_from(PEOPLE)
# Those who may act do so more often, or random histories are mostly refusals.
OWNER = UserId("owner")
actors = st.sampled_from([OWNER, OWNER, *PEOPLE])


class RoomHistories(RuleBasedStateMachine):
    """A room as a store would keep it, and a client who began to follow at some time."""

    codes = Bundle("codes")

    def __init__(self, reached: Counter[str] | None = None) -> None:
        super().__init__()
        self.reached = Counter() if reached is None else reached
        self.made = 0

    @initialize(capacity=st.integers(2, 5), private=st.booleans())
    def open(self, capacity: int, private: bool) -> None:
        self.now = 1_000
        self.memberships: dict[UserId, Membership] = {}
        wish = CreateRoom(name="Kitchen", capacity=capacity)
        decision = shape.create(wish, KITCHEN, ANN, self.now)
        self.room: Room = decision.room
        self.copy: RoomCopy | None = None
        self.keep(decision)
        for user in (BOB, CID)[: capacity - 1]:
            self.join(user, None)
        self.follow()
        self.update(ANN, None, private, None, stale=False)

    # ---- how it is kept ---------------------------------------------------------------------

    def keep(self, decision: Decision) -> None:
        self.room = decision.room
        for membership in decision.change.memberships:
            assert membership.version == decision.room.version
            self.memberships[membership.user] = membership
        if self.copy is not None:
            for event in decision.change.events:
                self.copy.apply(event)

    def attempt(self, deed: str, decide: Callable[[], Verdict]) -> Decision | None:
        """What a service does: load, decide, keep, unless it is refused."""
        self.now += 1
        before = self.room
        try:
            decision = decide()
        except Refusal:
            assert self.room is before
            return None
        if decision is None:
            return None
        assert decision.room.version == before.version + 1
        revisions = [event.revision for event in decision.change.events]
        assert revisions == list(range(before.revision + 1, decision.room.revision + 1))
        self.keep(decision)
        self.reached[deed] += 1
        return decision

    def of(self, user: UserId) -> Membership | None:
        return self.memberships.get(self.room.owner if user is OWNER else user)

    def fresh(self) -> RoomCopy:
        inside = {u: m.member for u, m in self.memberships.items() if m.role is not None}
        return RoomCopy(self.room.info, inside)

    @rule(capacity=st.integers(2, 5))
    @precondition(lambda self: self.room.ended)
    def open_again(self, capacity: int) -> None:
        """A history of one room goes on with another, or most would be over early."""
        self.open(capacity, private=False)

    @rule()
    @precondition(lambda self: not self.room.ended)
    def follow(self) -> None:
        """A client takes a snapshot now."""
        self.copy = self.fresh()

    # ---- deeds ------------------------------------------------------------------------------

    @rule(user=people, invite=st.none() | codes)
    @precondition(lambda self: not self.room.ended)
    def join(self, user: UserId, invite: InviteCode | None) -> None:
        before = {link.code: link.uses_left for link in self.room.links}
        decided = self.attempt(
            "join",
            lambda: coming.join(
                self.room, self.of(user), user, self.now, invite=invite, guest=user == GUEST
            ),
        )
        after = {link.code: link.uses_left for link in self.room.links}
        if decided is None:
            assert after == before, "a refused join uses nothing up"
        elif user == GUEST or self.room.private:
            uses = before[invite]
            assert after[invite] == (None if uses is None else uses - 1)

    @rule(user=people)
    @precondition(lambda self: not self.room.ended)
    def leave(self, user: UserId) -> None:
        self.attempt("leave", lambda: coming.leave(self.room, self.of(user), self.now))

    @rule(
        actor=actors, other=people, deed=st.sampled_from(["kick", "ban", "unban", "unban", "mute"])
    )
    @precondition(lambda self: not self.room.ended)
    def moderate(self, actor: UserId, other: UserId, deed: str) -> None:
        was = self.of(other)
        me = self.of(actor)
        decided = self.attempt(
            deed,
            lambda: {
                "kick": lambda: coming.kick(self.room, me, was, self.now),
                "ban": lambda: coming.ban(self.room, me, was, other, "", self.now),
                "unban": lambda: coming.unban(self.room, me, was, self.now),
                "mute": lambda: order.mute(self.room, me, was, 60, self.now),
            }[deed](),
        )
        if decided is not None:
            assert me is not None
            assert rank(me.role) <= 1
            assert rank(me.role) < rank(was.role if was else None)

    @rule(actor=actors, other=people, role=st.sampled_from([Role.MODERATOR, Role.MEMBER]))
    @precondition(lambda self: not self.room.ended)
    def set_role(self, actor: UserId, other: UserId, role: Role) -> None:
        decided = self.attempt(
            "set_role",
            lambda: order.set_role(self.room, self.of(actor), self.of(other), role, self.now),
        )
        if decided is not None:
            assert actor in (OWNER, self.room.owner)

    @rule(actor=actors, to=people)
    @precondition(lambda self: not self.room.ended)
    def transfer(self, actor: UserId, to: UserId) -> None:
        self.attempt(
            "transfer", lambda: shape.transfer(self.room, self.of(actor), self.of(to), self.now)
        )

    @rule(
        actor=actors,
        capacity=st.none() | st.integers(1, 6),
        private=st.none() | st.booleans(),
        name=st.none() | st.sampled_from(["Kitchen", "Cellar", ""]),
        stale=st.booleans(),
    )
    @precondition(lambda self: not self.room.ended)
    def update(
        self,
        actor: UserId,
        capacity: int | None,
        private: bool | None,
        name: str | None,
        stale: bool,
    ) -> None:
        wish = UpdateRoom(
            room=KITCHEN,
            capacity=capacity,
            private=private,
            name=name,
            revision=self.room.revision - 1 if stale else None,
        )
        decided = self.attempt(
            "update", lambda: shape.update(self.room, self.of(actor), wish, self.now)
        )
        assert decided is None or not stale

    @rule(
        target=codes,
        actor=actors,
        uses=st.none() | st.integers(1, 2),
        guests=st.booleans(),
        expires_in=st.none() | st.just(60),
    )
    def invite(
        self, actor: UserId, uses: int | None, guests: bool, expires_in: int | None
    ) -> InviteCode:
        self.made += 1
        code = links.code_for(KITCHEN, self.made.to_bytes(links.SECRET_BYTES))
        assert links.room_of(code) == KITCHEN
        wish = CreateInvite(room=KITCHEN, uses=uses, guests=guests, expires_in=expires_in)
        if not self.room.ended:
            self.attempt(
                "invite", lambda: links.make(self.room, self.of(actor), wish, code, self.now)
            )
        return code

    @rule(actor=actors, code=codes)
    @precondition(lambda self: not self.room.ended)
    def revoke(self, actor: UserId, code: InviteCode) -> None:
        self.attempt("revoke", lambda: links.revoke(self.room, self.of(actor), code, self.now))

    @rule(user=people, really=st.sampled_from([True, False, False, False]))
    @precondition(lambda self: not self.room.ended)
    def account_deleted(self, user: UserId, really: bool) -> None:
        if not really:
            return
        heirs = sorted(
            (
                m
                for m in self.memberships.values()
                if m.role in (Role.MODERATOR, Role.MEMBER) and not m.guest
            ),
            key=lambda m: (rank(m.role), m.joined_at, m.user),
        )
        heir = heirs[0] if heirs else None
        was_owner = self.room.owner == user
        self.attempt(
            "account_deleted", lambda: coming.account_gone(self.room, self.of(user), heir, self.now)
        )
        if was_owner:
            assert self.room.ended or self.room.owner == heir.user

    @rule(pause=st.integers(1, 90_000))
    def wait(self, pause: int) -> None:
        self.now += pause

    # ---- what always holds ------------------------------------------------------------------

    @invariant()
    def the_room_is_in_order(self) -> None:
        if self.room.ended:
            return
        inside = [m for m in self.memberships.values() if m.role is not None]
        assert [m.user for m in inside if m.role is Role.OWNER] == [self.room.owner]
        assert self.room.members == len(inside) <= self.room.capacity
        assert not [m for m in inside if m.ban is not None]
        assert not [m for m in inside if m.guest and m.role is not Role.MEMBER]
        assert all(
            (m.view is None) == (m.role is None and m.ban is None)
            for m in self.memberships.values()
        )

    @invariant()
    def an_old_snapshot_and_the_events_since_are_a_fresh_one(self) -> None:
        if self.room.ended:
            assert self.copy.over
        else:
            assert self.copy == self.fresh()


SETTINGS = settings(
    max_examples=100,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)

DEEDS = {
    "join", "leave", "kick", "ban", "unban", "mute", "set_role", "transfer", "update", "invite",
    "revoke", "account_deleted",
}  # fmt: skip


TestRoomHistories = RoomHistories.TestCase
TestRoomHistories.settings = SETTINGS
TestRoomHistories.pytestmark = [pytest.mark.unit, pytest.mark.rooms]


@pytest.mark.unit
@pytest.mark.rooms
def test_random_histories_reach_every_deed() -> None:
    """Or what holds after each of them would say nothing. The same histories each time."""
    reached: Counter[str] = Counter()
    same = settings(SETTINGS, derandomize=True, database=None)
    run_state_machine_as_test(lambda: RoomHistories(reached), settings=same)
    assert {deed for deed, times in reached.items() if times >= 3} == DEEDS, reached
