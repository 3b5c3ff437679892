"""Single deeds in a room, and why they are refused."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Code, Refusal
from contracts.ids import InviteCode, UserId, is_ulid
from contracts.rooms import CreateInvite, Leaving, MemberLeft, Role, RoomDeleted, UpdateRoom
from services.rooms.domain import coming, links, naming, order, shape
from services.rooms.domain.state import Decision, Membership, Room, Verdict
from tests.unit.rooms.people import ANN, BOB, CELLAR, CID, DAN, KITCHEN, kitchen

pytestmark = [pytest.mark.unit, pytest.mark.rooms]


class House:
    """A room and its people, each deed kept as it is decided."""

    def __init__(self, **wishes: object) -> None:
        self.people: dict[UserId, Membership] = {}
        self.room: Room
        self.keep(kitchen(**wishes))

    def keep(self, verdict: Verdict) -> Decision:
        assert verdict is not None
        self.room = verdict.room
        self.people |= {m.user: m for m in verdict.change.memberships}
        return verdict

    def join(self, *users: UserId, now: int = 2_000, **how: object) -> None:
        for user in users:
            self.keep(coming.join(self.room, self.people.get(user), user, now, **how))

    def raise_up(self, user: UserId) -> None:
        role = Role.MODERATOR
        self.keep(order.set_role(self.room, self.people[ANN], self.people[user], role, 2_000))

    def link(self, **wishes: object) -> InviteCode:
        code = links.code_for(KITCHEN, (len(self.room.links) + 1).to_bytes(links.SECRET_BYTES))
        wish = CreateInvite(room=KITCHEN, **wishes)
        self.keep(links.make(self.room, self.people[ANN], wish, code, 2_000))
        return code


def refused(code: Code) -> object:
    return pytest.raises(Refusal, match=code.code.replace(".", r"\."))


def test_nobody_acts_on_an_equal_or_on_the_owner() -> None:
    house = House()
    house.join(BOB, CID, DAN)
    house.raise_up(BOB)
    house.raise_up(CID)
    for target in (ANN, CID, BOB):
        for deed in (coming.kick, lambda *a: order.mute(*a[:3], 60, a[3])):
            with refused(Code.ROLE_TOO_LOW):
                deed(house.room, house.people[BOB], house.people[target], 3_000)
        with refused(Code.ROLE_TOO_LOW):
            coming.ban(house.room, house.people[BOB], house.people[target], target, "why", 3_000)
    for deed in (coming.kick,):
        with refused(Code.ROLE_TOO_LOW):
            deed(house.room, house.people[DAN], house.people[CID], 3_000)
    house.keep(coming.kick(house.room, house.people[BOB], house.people[DAN], 3_000))
    house.keep(coming.kick(house.room, house.people[ANN], house.people[CID], 3_000))
    assert house.room.members == 2


def test_only_the_owner_shapes_and_raises_but_moderators_keep_order() -> None:
    house = House()
    house.join(BOB, CID)
    house.raise_up(BOB)
    for wish in ({"name": "x"}, {"private": True}, {"capacity": 9}, {"description": "y"}):
        with refused(Code.ROLE_TOO_LOW):
            shape.update(house.room, house.people[BOB], UpdateRoom(room=KITCHEN, **wish), 3_000)
    slow = UpdateRoom(room=KITCHEN, slow_mode=30)
    with refused(Code.ROLE_TOO_LOW):
        shape.update(house.room, house.people[CID], slow, 3_000)
    house.keep(shape.update(house.room, house.people[BOB], slow, 3_000))
    assert house.room.slow_mode == 30
    with refused(Code.ROLE_TOO_LOW):
        order.set_role(house.room, house.people[BOB], house.people[CID], Role.MODERATOR, 3_000)
    with refused(Code.ROLE_TOO_LOW):
        shape.delete(house.room, house.people[BOB], 3_000)
    with refused(Code.ROLE_TOO_LOW):
        shape.transfer(house.room, house.people[BOB], house.people[CID], 3_000)
    with refused(Code.ROLE_TOO_LOW):
        order.set_role(house.room, house.people[ANN], house.people[ANN], Role.MEMBER, 3_000)


def test_a_private_room_does_not_show_itself_to_strangers() -> None:
    private, public = House(private=True), House()
    with refused(Code.ROOM_UNKNOWN):
        coming.leave(private.room, None, 2_000)
    with refused(Code.NOT_MEMBER):
        coming.leave(public.room, None, 2_000)


def test_a_ban_outlives_leaving_and_ends_with_unban() -> None:
    house = House()
    house.join(BOB)
    gone = house.keep(
        coming.ban(house.room, house.people[ANN], house.people[BOB], BOB, " rude ", 3_000)
    )
    (event,) = gone.change.events
    assert isinstance(event, MemberLeft)
    assert (event.why, event.members) == (Leaving.BANNED, 1)
    assert house.people[BOB].ban.reason == "rude"
    with refused(Code.BANNED):
        house.join(BOB)
    assert coming.ban(house.room, house.people[ANN], house.people[BOB], BOB, "", 4_000) is None
    house.keep(coming.unban(house.room, house.people[ANN], house.people[BOB], 5_000))
    assert house.people[BOB].view is None
    with refused(Code.MEMBER_UNKNOWN):
        coming.unban(house.room, house.people[ANN], house.people[BOB], 5_000)
    house.join(BOB)


def test_someone_outside_can_be_banned_and_the_room_is_told_nothing() -> None:
    house = House()
    decision = house.keep(coming.ban(house.room, house.people[ANN], None, DAN, "", 3_000))
    assert decision.change.events == ()
    assert (decision.room.revision, decision.room.version) == (1, 2)
    with refused(Code.BANNED):
        house.join(DAN)


def test_a_mute_is_not_shaken_off_by_leaving() -> None:
    house = House()
    house.join(BOB)
    house.keep(order.mute(house.room, house.people[ANN], house.people[BOB], 60, 10_000))
    house.keep(coming.leave(house.room, house.people[BOB], 11_000))
    house.join(BOB, now=12_000)
    assert house.people[BOB].muted_until == 70_000
    house.keep(coming.leave(house.room, house.people[BOB], 13_000))
    house.join(BOB, now=70_001)
    assert house.people[BOB].muted_until == 0
    house.keep(order.mute(house.room, house.people[ANN], house.people[BOB], 60, 80_000))
    house.keep(order.mute(house.room, house.people[ANN], house.people[BOB], 0, 80_001))
    assert house.people[BOB].muted_until == 0
    assert order.mute(house.room, house.people[ANN], house.people[BOB], 0, 80_002) is None


def test_links_run_out_by_time_and_by_use() -> None:
    house = House(private=True)
    once = house.link(uses=1, expires_in=60)
    with refused(Code.ROOM_PRIVATE):
        house.join(BOB)
    with refused(Code.INVITE_INVALID):
        house.join(BOB, invite=links.code_for(KITCHEN, b"x" * links.SECRET_BYTES))
    with refused(Code.INVITE_EXPIRED):
        house.join(BOB, invite=once, now=62_000)
    house.join(BOB, invite=once, now=61_999)
    assert house.room.links[0].uses_left == 0
    with refused(Code.INVITE_EXPIRED):
        house.join(CID, invite=once)
    # Who is in already uses nothing up.
    again = house.link(uses=1)
    assert coming.join(house.room, house.people[BOB], BOB, 3_000, invite=again) is None
    house.keep(links.revoke(house.room, house.people[ANN], again, 3_000))
    with refused(Code.INVITE_INVALID):
        house.join(CID, invite=again)
    with refused(Code.INVITE_INVALID):
        links.revoke(house.room, house.people[ANN], again, 3_000)


def test_a_full_room_uses_no_link_up() -> None:
    house = House(private=True, capacity=1)
    code = house.link(uses=1)
    with refused(Code.ROOM_FULL):
        house.join(BOB, invite=code)
    assert house.room.links[0].uses_left == 1


def test_whoever_is_sent_away_takes_their_links_with_them() -> None:
    house = House(private=True)
    door = house.link()
    house.join(BOB, invite=door)
    house.raise_up(BOB)
    own = links.code_for(KITCHEN, b"b" * links.SECRET_BYTES)
    wish = CreateInvite(room=KITCHEN)
    house.keep(links.make(house.room, house.people[BOB], wish, own, 2_500))
    house.keep(coming.kick(house.room, house.people[ANN], house.people[BOB], 3_000))
    assert [link.code for link in house.room.links] == [door]


def test_guests_come_by_their_links_alone_and_stay_members() -> None:
    house = House()
    with refused(Code.GUEST_FORBIDDEN):
        house.join(BOB, guest=True)
    with refused(Code.GUEST_FORBIDDEN):
        house.join(BOB, guest=True, invite=house.link())
    house.join(BOB, guest=True, invite=house.link(guests=True))
    with refused(Code.GUEST_FORBIDDEN):
        house.raise_up(BOB)
    with refused(Code.GUEST_FORBIDDEN):
        shape.transfer(house.room, house.people[ANN], house.people[BOB], 3_000)


def test_a_room_keeps_so_many_links_and_no_more() -> None:
    house = House()
    for _ in range(links.MAX_LINKS):
        house.link(expires_in=60)
    with refused(Code.TOO_MANY_INVITES):
        house.link()
    wish, code = CreateInvite(room=KITCHEN), links.code_for(KITCHEN, b"z" * links.SECRET_BYTES)
    made = links.make(house.room, house.people[ANN], wish, code, 2_000 + 60_000)
    assert [link.code for link in made.room.links] == [code]


def test_an_owner_with_others_stays_and_one_alone_ends_the_room() -> None:
    house = House()
    house.join(BOB)
    with refused(Code.OWNER_STAYS):
        coming.leave(house.room, house.people[ANN], 3_000)
    house.keep(coming.leave(house.room, house.people[BOB], 3_000))
    ended = house.keep(coming.leave(house.room, house.people[ANN], 3_000))
    assert ended.room.ended
    assert [type(event) for event in ended.change.events] == [RoomDeleted]


def test_a_transferred_room_keeps_its_former_owner_as_a_moderator() -> None:
    house = House()
    house.join(BOB)
    house.keep(shape.transfer(house.room, house.people[ANN], house.people[BOB], 3_000))
    assert house.room.owner == BOB
    assert (house.people[ANN].role, house.people[BOB].role) == (Role.MODERATOR, Role.OWNER)
    with refused(Code.MEMBER_UNKNOWN):
        shape.transfer(house.room, house.people[BOB], None, 3_000)


def test_an_update_upon_an_old_revision_is_a_conflict() -> None:
    house = House()
    house.join(BOB)
    wish = UpdateRoom(room=KITCHEN, name="Cellar", revision=1)
    with refused(Code.CONFLICT):
        shape.update(house.room, house.people[ANN], wish, 3_000)
    fresh = msgspec.structs.replace(wish, revision=2)
    assert house.keep(shape.update(house.room, house.people[ANN], fresh, 3_000))
    same = msgspec.structs.replace(wish, revision=None)
    assert shape.update(house.room, house.people[ANN], same, 3_000) is None


def test_a_room_is_not_made_smaller_than_it_is() -> None:
    house = House()
    house.join(BOB, CID)
    wish = UpdateRoom(room=KITCHEN, capacity=2)
    with refused(Code.CAPACITY_TOO_LOW):
        shape.update(house.room, house.people[ANN], wish, 3_000)


@pytest.mark.parametrize(
    "name",
    ["", "   ", "x" * 81, "a\x00b", "a\u202eb", "a\u200bb", "a\ue000b", "\ud800"],
    ids=["empty", "blank", "long", "control", "bidi", "zero-width", "private", "surrogate"],
)
def test_names_that_no_room_may_have(name: str) -> None:
    with refused(Code.ROOM_NAME_INVALID):
        naming.room_name(name)


def test_names_are_trimmed_and_composed() -> None:
    assert naming.room_name("  Cafe\u0301 \t au  lait ") == "Caf\u00e9 au lait"
    assert (
        naming.room_name("\U0001f468\u200d\U0001f373 chefs") == "\U0001f468\u200d\U0001f373 chefs"
    )
    assert naming.words(" one\r\ntwo\x07 ") == "one\ntwo"


@given(st.binary(min_size=links.SECRET_BYTES, max_size=links.SECRET_BYTES))
def test_a_code_leads_to_its_room(secret: bytes) -> None:
    for room in (KITCHEN, CELLAR):
        assert links.room_of(links.code_for(room, secret)) == room


@given(st.text("abcXYZ019_-", min_size=16, max_size=64))
def test_a_made_up_code_leads_nowhere_that_is_not_a_room(code: str) -> None:
    with contextlib.suppress(Refusal):
        assert is_ulid(links.room_of(InviteCode(code)))


@pytest.mark.parametrize("code", ["A" * 16, "A" * 40, "-" * 39, "_" * 39, "z" * 64])
def test_codes_of_no_room(code: str) -> None:
    with refused(Code.INVITE_INVALID):
        links.room_of(InviteCode(code))
