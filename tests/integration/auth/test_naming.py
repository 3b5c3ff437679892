"""A room's members found by their names, which only the two services together know."""

import pytest

from contracts.auth import EnterAsGuest, FindAmong, FindPeople, SignedIn
from contracts.errors import Code
from contracts.rooms import CreateInvite, CreateRoom, JoinRoom, LeaveRoom, ListMembers
from runtime.process import Process
from services.rooms import people
from tests.integration.auth.conftest import as_, register, stranger
from tests.support.asking import Asker, peer
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.auth, pytest.mark.rooms]


async def members(
    asker: Asker, asking: SignedIn, room: str, prefix: str, limit: int = 20
) -> list[str]:
    page = await asker.ask(as_(asking), ListMembers(room=room, prefix=prefix, limit=limit))
    assert page.next is None
    return [member.user for member in page.members]


async def a_room_of(asker: Asker, *people: SignedIn) -> str:
    """A room of these, once the rooms service sees them in it."""
    owner, *others = people
    room = (await asker.ask(as_(owner), CreateRoom(name="Kitchen"))).info.room
    for person in others:
        await asker.ask(as_(person), JoinRoom(room=room))
    return room


async def test_members_are_found_by_name_and_by_each_word_of_it(
    asker: Asker, rooms_beside: Process
) -> None:
    ada = await register(asker, "ada", display_name="Ada Lovelace")
    bob = await register(asker, "loman", display_name="Bob")
    cleo = await register(asker, "cleo", display_name="Cleo .* Smith")
    outside = await register(asker, "lotte", display_name="Lotte")
    room = await a_room_of(asker, ada, bob, cleo)
    ids = {person.profile.user: person.profile.name for person in (ada, bob, cleo)}

    async def found(prefix: str, limit: int = 20) -> set[str]:
        return {ids[user] for user in await members(asker, ada, room, prefix, limit)}

    async def all_seen() -> bool:
        return await found("lo") == {"ada", "loman"}

    await wait_until(all_seen)
    assert await found("LOVE") == {"ada"}
    assert await found("ｂｏ") == {"loman"}
    assert await found(".*") == {"cleo"}
    assert len(await found("lo", limit=1)) == 1
    for nobody in ("x", "velace", "lotte", "$gt", "ada lovelace x"):
        assert await found(nobody) == set()
    assert await asker.refused(as_(outside), ListMembers(room=room, prefix="a")) is Code.NOT_MEMBER

    await asker.ask(as_(bob), LeaveRoom(room=room))

    async def gone() -> bool:
        return await found("lo") == {"ada"}

    await wait_until(gone)


async def test_a_guest_is_found_in_the_room_and_nowhere_else(
    asker: Asker, rooms_beside: Process
) -> None:
    ada = await register(asker, "ada")
    room = await a_room_of(asker, ada)
    invite = (await asker.ask(as_(ada), CreateInvite(room=room, guests=True))).invite.code
    zoe = await asker.ask(stranger(), EnterAsGuest(invite=invite, display_name="Zoë"))
    await asker.ask(as_(zoe), JoinRoom(room=room, invite=invite))

    async def found() -> bool:
        return await members(asker, ada, room, "zo") == [zoe.profile.user]

    await wait_until(found)
    assert await members(asker, zoe, room, "ad") == [ada.profile.user]
    assert (await asker.ask(as_(ada), FindPeople(prefix="zo"))).profiles == []


async def test_only_services_look_among_people_of_their_choice(asker: Asker, auth: Process) -> None:
    ada = await register(asker, "ada")
    question = FindAmong(prefix="a", users=[ada.profile.user])
    assert await asker.refused(as_(ada), question) is Code.FORBIDDEN
    assert (await asker.ask(peer("rooms"), question)).profiles == [ada.profile]


async def test_many_members_are_asked_for_some_at_a_time(
    asker: Asker, rooms_beside: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "ASKED_AT_ONCE", 2)
    crowd = [await register(asker, f"anna{number}") for number in range(5)]
    room = await a_room_of(asker, *crowd)
    everyone = {person.profile.user for person in crowd}

    async def found() -> bool:
        return set(await members(asker, crowd[0], room, "anna")) == everyone

    await wait_until(found)
    some = await members(asker, crowd[0], room, "anna", limit=3)
    assert len(set(some) & everyone) == 3
