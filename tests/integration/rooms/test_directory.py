"""Finding rooms: the pages of public ones, one's own, and the members of one."""

import pytest

from contracts.errors import Code
from contracts.rooms import (
    BrowseRooms,
    CreateRoom,
    GetRoom,
    JoinRoom,
    ListMembers,
    ListMyRooms,
    Role,
    RoomsPage,
    SetRole,
    UpdateRoom,
)
from runtime.ids import now_ms
from tests.support.asking import Asker, account, guest
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms, pytest.mark.usefixtures("rooms")]

ann, bob, cid = account(), account(), account()


async def make(asker: Asker, *names: str, **wishes: object) -> list[str]:
    return [(await asker.ask(ann, CreateRoom(name=name, **wishes))).info.room for name in names]


async def pages(asker: Asker, **wishes: object) -> list[list[str]]:
    """The names on each page, followed to the end."""
    found: list[list[str]] = []
    cursor = None
    while True:
        page: RoomsPage = await asker.ask(bob, BrowseRooms(cursor=cursor, **wishes))
        found.append([card.info.name for card in page.rooms])
        cursor = page.next
        if cursor is None:
            return found


async def test_pages_follow_each_other_in_each_order(asker: Asker) -> None:
    rooms = await make(asker, "beta", "Alpha", "gamma", "Éclair", "delta")
    for person in (bob, cid):
        await asker.ask(person, JoinRoom(room=rooms[2]))
    await asker.ask(bob, JoinRoom(room=rooms[4]))
    newest = ["delta", "Éclair", "gamma", "Alpha", "beta"]
    assert await pages(asker, sort="newest", limit=2) == [newest[:2], newest[2:4], newest[4:]]
    assert await pages(asker, sort="name", limit=3) == [
        ["Alpha", "beta", "delta"],
        ["gamma", "Éclair"],
    ]
    by_members = await pages(asker, limit=2)
    assert by_members[0] == ["gamma", "delta"]
    assert sorted(by_members[1] + by_members[2]) == ["Alpha", "beta", "Éclair"]
    assert await pages(asker, sort="newest", limit=5) == [newest]


async def test_rooms_of_one_name_are_paged_one_after_the_other(asker: Asker) -> None:
    await make(asker, *["General"] * 5, "General A", "Generals")
    found = await pages(asker, sort="name", limit=2)
    assert found == [["General"] * 2, ["General"] * 2, ["General", "General A"], ["Generals"]]


async def test_names_of_the_widest_characters_are_paged_too(asker: Asker) -> None:
    """Each of them takes four bytes, and a cursor no more than a client may send."""
    names = [f"{'🦆' * 78}{number:02}" for number in range(3)]
    await make(asker, *names)
    page = await asker.ask(bob, BrowseRooms(sort="name", limit=1))
    assert page.next is not None
    assert len(page.next) <= 256
    found = await pages(asker, sort="name", limit=1)
    assert sorted(name for names_of_page in found for name in names_of_page) == names


async def test_rooms_made_while_paging_move_nothing(asker: Asker) -> None:
    await make(asker, "a", "c", "e", "g")
    first = await asker.ask(bob, BrowseRooms(sort="name", limit=2))
    await make(asker, "b", "f")
    second = await asker.ask(bob, BrowseRooms(sort="name", limit=2, cursor=first.next))
    assert [card.info.name for card in first.rooms + second.rooms] == ["a", "c", "e", "f"]


async def test_search_finds_words_of_names_and_descriptions(asker: Asker) -> None:
    await make(asker, "Straße nach Süden")
    await make(asker, "Chess (blitz)", description="Openings & endgames")
    await make(asker, "Chess club", description="slow games")
    assert await pages(asker, query="STRASSE", sort="name") == [["Straße nach Süden"]]
    assert await pages(asker, query="endgames chess", sort="name") == [["Chess (blitz)"]]
    assert await pages(asker, query="chess", sort="name") == [["Chess (blitz)", "Chess club"]]
    assert await pages(asker, query="(blitz", sort="name") == [["Chess (blitz)"]]
    assert await pages(asker, query=".*", sort="name") == [[]]


async def test_a_cursor_of_another_order_is_refused(asker: Asker) -> None:
    await make(asker, "a", "b")
    page = await asker.ask(bob, BrowseRooms(sort="name", limit=1))
    for cursor in (page.next, "nonsense", "%%%", "AA"):
        wrong = BrowseRooms(sort="newest", cursor=cursor)
        assert await asker.refused(bob, wrong) is Code.INVALID


async def test_private_rooms_are_seen_by_their_members_alone(asker: Asker) -> None:
    (room,) = await make(asker, "Secret", private=True)
    assert await pages(asker) == [[]]
    assert await asker.refused(bob, GetRoom(room=room)) is Code.ROOM_UNKNOWN
    assert await asker.refused(bob, ListMembers(room=room)) is Code.ROOM_UNKNOWN
    assert (await asker.ask(ann, GetRoom(room=room))).info.private
    await asker.ask(ann, UpdateRoom(room=room, private=False))
    assert await pages(asker) == [["Secret"]]
    assert (await asker.ask(bob, GetRoom(room=room))).me is None
    await asker.ask(bob, JoinRoom(room=room))
    await asker.ask(ann, UpdateRoom(room=room, private=True))
    assert await pages(asker) == [[]]
    assert (await asker.ask(bob, GetRoom(room=room))).me.role is Role.MEMBER


async def test_members_are_listed_by_role_then_by_joining(asker: Asker) -> None:
    (room,) = await make(asker, "Crowd")
    people = [account() for _ in range(12)]
    for person in people:
        await asker.ask(person, JoinRoom(room=room))
    await asker.ask(ann, SetRole(room=room, user=people[7].user, role="moderator"))
    listed: list[str] = []
    cursor = None
    while True:
        page = await asker.ask(ann, ListMembers(room=room, limit=5, cursor=cursor))
        listed += [member.user for member in page.members]
        assert page.revision == 14
        cursor = page.next
        if cursor is None:
            break
    joined = [person.user for person in people]
    assert listed == [ann.user, joined[7], *joined[:7], *joined[8:]]


async def test_ones_own_rooms_come_longest_joined_first(asker: Asker) -> None:
    rooms = await make(asker, "one", "two", "three")
    for room in (rooms[2], rooms[0]):
        joined = await asker.ask(bob, JoinRoom(room=room))
        await wait_until(lambda joined=joined: now_ms() > joined.me.joined_at)
    mine = (await asker.ask(bob, ListMyRooms())).rooms
    assert [m.info.name for m in mine] == ["three", "one"]
    assert all(m.me.user == bob.user for m in mine)


async def test_guests_see_their_own_room_alone(asker: Asker) -> None:
    room, other = await make(asker, "Theirs", "Other")
    visitor = guest(room)
    assert (await asker.ask(visitor, GetRoom(room=room))).me is None
    assert await asker.refused(visitor, GetRoom(room=other)) is Code.GUEST_FORBIDDEN
    assert await asker.refused(visitor, BrowseRooms()) is Code.GUEST_FORBIDDEN
    assert await asker.refused(visitor, CreateRoom(name="x")) is Code.GUEST_FORBIDDEN
    assert (await asker.ask(visitor, ListMyRooms())).rooms == []
