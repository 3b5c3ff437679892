"""Guests: let into one room by an invite, for a day, with the rooms service beside."""

import pytest

from contracts.auth import (
    AccountDeleted,
    EnterAsGuest,
    FetchProfiles,
    ListDevices,
    LogOut,
    Refresh,
    SignedIn,
    UpdateProfile,
)
from contracts.callers import Account
from contracts.errors import Code
from contracts.ids import InviteCode
from contracts.notices import SignedOut
from contracts.rooms import (
    CreateInvite,
    CreateRoom,
    DeleteRoom,
    JoinRoom,
    ListMembers,
    RevokeInvite,
    RoomInfo,
)
from runtime.ids import now_ms
from runtime.process import Process
from runtime.tokens import Verifier
from services.auth.accounts import Accounts
from services.auth.domain.account import replace
from tests.integration.auth.conftest import StartAuth, as_, register, revoked, says, stranger
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.auth, pytest.mark.rooms]

HOUR_MS = 3_600_000


class Host:
    """Somebody with a private room and a link into it."""

    def __init__(self, person: Account, room: RoomInfo, code: InviteCode) -> None:
        self.person = person
        self.room = room
        self.code = code


async def host(asker: Asker, *, guests: bool = True, name: str = "host") -> Host:
    person = as_(await register(asker, name))
    assert isinstance(person, Account)
    made = await asker.ask(person, CreateRoom(name="Kitchen", private=True))
    link = CreateInvite(room=made.info.room, guests=guests)
    invite = await asker.ask(person, link)
    return Host(person, made.info, invite.invite.code)


async def enter(asker: Asker, code: str, name: str = "Visitor") -> SignedIn:
    return await asker.ask(stranger(), EnterAsGuest(invite=InviteCode(code), display_name=name))


async def test_a_guest_comes_in_and_joins(
    asker: Asker, verifier: Verifier, rooms_beside: Process
) -> None:
    kitchen = await host(asker)
    visit = await enter(asker, kitchen.code, " Vera  🌷")
    assert (visit.profile.display_name, visit.profile.name) == ("Vera 🌷", "")
    assert visit.profile.guest
    assert visit.guest_room == says(verifier, visit).room == kitchen.room.room

    await asker.ask(as_(visit), JoinRoom(room=kitchen.room.room, invite=kitchen.code))
    members = await asker.ask(kitchen.person, ListMembers(room=kitchen.room.room))
    assert visit.profile.user in [member.user for member in members.members]
    found = await asker.ask(as_(visit), FetchProfiles(users=[kitchen.person.user]))
    assert [profile.name for profile in found.profiles] == ["host"]


async def test_a_guest_stays_for_a_day_at_most(
    asker: Asker, verifier: Verifier, rooms_beside: Process
) -> None:
    kitchen = await host(asker)
    visit = await enter(asker, kitchen.code)
    assert visit.refresh_expires_at <= now_ms() + 24 * HOUR_MS
    following = await asker.ask(stranger(), Refresh(refresh_token=visit.refresh_token))
    assert following.refresh_expires_at == visit.refresh_expires_at
    assert following.guest_room == kitchen.room.room
    assert says(verifier, following).room == kitchen.room.room
    listed = await asker.ask(as_(following), ListDevices())
    assert [device.current for device in listed.devices] == [True]


async def test_a_guest_who_signs_out_is_gone_and_leaves_the_room(
    asker: Asker, rooms_beside: Process
) -> None:
    kitchen = await host(asker)
    visit = await enter(asker, kitchen.code, "Vera")
    await asker.ask(as_(visit), JoinRoom(room=kitchen.room.room, invite=kitchen.code))
    await asker.ask(as_(visit), LogOut())

    refresh = Refresh(refresh_token=visit.refresh_token)
    assert await asker.refused(stranger(), refresh) is Code.REVOKED
    (left,) = (await asker.ask(kitchen.person, FetchProfiles(users=[visit.profile.user]))).profiles
    assert left.gone
    assert left.display_name == "Vera"

    async def left_the_room() -> bool:
        page = await asker.ask(kitchen.person, ListMembers(room=kitchen.room.room))
        return [member.user for member in page.members] == [kitchen.person.user]

    await wait_until(left_the_room, missing="the guest's leaving")


async def test_a_guest_whose_day_is_over_is_gone_by_itself(
    asker: Asker, start_auth: StartAuth, rooms_beside: Process
) -> None:
    kitchen = await host(asker)
    facts = await asker.hear("evt.auth.account_deleted")
    command = EnterAsGuest(invite=kitchen.code, display_name="Vera")
    visits = [await asker.ask(stranger(), command) for _ in range(3)]
    assert len({visit.profile.user for visit in visits}) == 3
    await _shorten_visits(visits)
    await start_auth()
    await wait_until(lambda: len(facts.of(AccountDeleted)) == 3)
    assert {fact.user for fact in facts.of(AccountDeleted)} == {v.profile.user for v in visits}
    for visit in visits:
        refresh = Refresh(refresh_token=visit.refresh_token)
        assert await asker.refused(stranger(), refresh) is Code.REVOKED


async def test_guests_of_a_room_that_is_deleted_are_signed_out_at_once(
    asker: Asker, verifier: Verifier, rooms_beside: Process
) -> None:
    kitchen, cellar = await host(asker), await host(asker, name="other")
    visits = [await enter(asker, kitchen.code) for _ in range(2)]
    elsewhere = await enter(asker, cellar.code)
    told = await asker.hear_user(visits[0].profile.user)
    await asker.ask(as_(visits[0]), JoinRoom(room=kitchen.room.room, invite=kitchen.code))
    await asker.ask(kitchen.person, DeleteRoom(room=kitchen.room.room))

    await revoked(verifier, *visits)
    await wait_until(lambda: told.of(SignedOut), missing="the notice that closes connections")
    for visit in visits:
        refresh = Refresh(refresh_token=visit.refresh_token)
        assert await asker.refused(stranger(), refresh) is Code.REVOKED
    assert says(verifier, elsewhere).room == cellar.room.room


async def _shorten_visits(visits: list[SignedIn]) -> None:
    """As if a day had gone by."""
    for visit in visits:
        await Accounts().change(
            visit.profile.user, lambda account: replace(account, guest_until=now_ms() - 1)
        )


async def test_a_guest_changes_the_name_shown_but_has_no_account(
    asker: Asker, rooms_beside: Process
) -> None:
    kitchen = await host(asker)
    visit = await enter(asker, kitchen.code)
    changed = await asker.ask(as_(visit), UpdateProfile(display_name="Vera"))
    assert changed.profile.display_name == "Vera"
    assert changed.profile.guest


async def test_links_that_let_no_guest_in(asker: Asker, rooms_beside: Process) -> None:
    kitchen = await host(asker, guests=False)

    async def refused(code: str, name: str = "Vera") -> Code:
        command = EnterAsGuest(invite=InviteCode(code), display_name=name)
        return await asker.refused(stranger(), command)

    assert await refused(kitchen.code) is Code.GUEST_FORBIDDEN
    assert await refused(kitchen.code, "\u200b") is Code.NAME_INVALID
    assert await refused("x" * 24) is Code.INVITE_INVALID
    await asker.ask(kitchen.person, RevokeInvite(room=kitchen.room.room, code=kitchen.code))
    assert await refused(kitchen.code) is Code.INVITE_INVALID


async def test_without_the_rooms_service_nobody_is_let_in(asker: Asker, auth: Process) -> None:
    command = EnterAsGuest(invite=InviteCode("x" * 24), display_name="Vera")
    assert await asker.refused(stranger(), command) is Code.UNAVAILABLE
