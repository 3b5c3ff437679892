"""Who people are, and when they were online last."""

import pytest

from contracts.auth import (
    MAX_AVATAR_BYTES,
    FetchAvatar,
    FetchProfiles,
    FindPeople,
    Profile,
    ProfileUpdated,
    SetAvatar,
    UpdateProfile,
)
from contracts.base import tag_of
from contracts.errors import Code, Refusal
from contracts.presence import UserCameOnline, UserWentOffline
from runtime.codec import encode
from runtime.ids import new_id
from runtime.process import Process
from tests.integration.auth.conftest import as_, register, stranger
from tests.support.asking import Asker, account, guest
from tests.support.pictures import JPEG, WEBP_LOSSY, png
from tests.support.waiting import wait_until

pytestmark = pytest.mark.auth


async def profile_of(asker: Asker, user: str) -> Profile:
    reply = await asker.ask(guest(new_id()), FetchProfiles(users=[user]))
    return reply.profiles[0]


async def test_a_profile_changes_where_it_is_told_to(asker: Asker, auth: Process) -> None:
    anna = await register(asker)
    facts = await asker.hear("evt.auth.profile_updated")
    await asker.ask(as_(anna), UpdateProfile(bio=" I sail.\nA lot.\u202e"))
    reply = await asker.ask(as_(anna), UpdateProfile(display_name="  Anna   🌻 "))
    profile = reply.profile
    assert (profile.display_name, profile.bio) == ("Anna 🌻", "I sail.\nA lot.")
    assert profile.revision == anna.profile.revision + 2
    assert await profile_of(asker, anna.profile.user) == profile
    await wait_until(lambda: len(facts.all) == 2)
    assert facts.of(ProfileUpdated)[-1].profile == profile

    again = await asker.ask(as_(anna), UpdateProfile(display_name="Anna 🌻"))
    assert again.profile == profile


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "a" + "\u0301" * 9])
async def test_a_name_that_shows_nothing(asker: Asker, auth: Process, name: str) -> None:
    anna = as_(await register(asker))
    with pytest.raises(Refusal) as refusal:
        await asker.ask(anna, UpdateProfile(display_name=name))
    assert refusal.value.code is Code.NAME_INVALID
    assert refusal.value.field == "$.display_name"


async def test_a_picture_is_put_fetched_replaced_and_removed(asker: Asker, auth: Process) -> None:
    anna = await register(asker)
    user = anna.profile.user
    addresses: list[str | None] = []
    for picture, kind in ((JPEG, "jpeg"), (WEBP_LOSSY, "webp"), (png(8, 8), "png"), (JPEG, "jpeg")):
        profile = (await asker.ask(as_(anna), SetAvatar(picture=picture))).profile
        found = await asker.ask(stranger(), FetchAvatar(user=user))
        assert (found.picture, found.media_type) == (picture, f"image/{kind}")
        assert profile.avatar == f"/api/avatars/{user}/{found.digest}"
        addresses.append(profile.avatar)
    assert addresses[0] == addresses[3]
    assert len(set(addresses)) == 3

    profile = (await asker.ask(as_(anna), SetAvatar(picture=None))).profile
    assert profile.avatar is None
    assert await asker.refused(stranger(), FetchAvatar(user=user)) is Code.USER_UNKNOWN


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        JPEG[:-1],
        png(2_000, 10),
        png(8, 8).ljust(MAX_AVATAR_BYTES + 1, b"\x00"),
    ],
)
async def test_what_is_no_picture(asker: Asker, auth: Process, picture: bytes) -> None:
    anna = await register(asker)
    assert await asker.refused(as_(anna), SetAvatar(picture=picture)) is Code.AVATAR_INVALID
    assert (await profile_of(asker, anna.profile.user)).avatar is None


async def test_a_picture_far_too_large(asker: Asker, auth: Process) -> None:
    anna = as_(await register(asker))
    body = encode(SetAvatar(picture=bytes(2 * MAX_AVATAR_BYTES)))
    error = await asker.ask_bytes(anna, tag_of(SetAvatar), body)
    assert error.code == Code.AVATAR_INVALID.code


async def test_guests_have_no_picture_to_set_and_find_nobody(asker: Asker, auth: Process) -> None:
    for command in (SetAvatar(picture=JPEG), FindPeople(prefix="a")):
        assert await asker.refused(guest(new_id()), command) is Code.GUEST_FORBIDDEN


async def test_profiles_come_in_the_order_of_asking(asker: Asker, auth: Process) -> None:
    users = [(await register(asker, name)).profile.user for name in ("anna", "bob", "cleo")]
    asked = [users[2], new_id(), users[0], users[2], users[1]]
    reply = await asker.ask(account(users[0]), FetchProfiles(users=asked))
    assert [profile.user for profile in reply.profiles] == [users[2], users[0], users[1]]


async def test_people_are_found_by_how_their_name_begins(asker: Asker, auth: Process) -> None:
    anna = as_(await register(asker, "Anna"))
    await register(asker, "annika", display_name="Nika")
    await register(asker, "bob", display_name="Anouk")
    await register(asker, "cleo", display_name="Hannah")

    async def found(prefix: str, limit: int = 20) -> list[str]:
        reply = await asker.ask(anna, FindPeople(prefix=prefix, limit=limit))
        return [profile.name for profile in reply.profiles]

    assert await found("AN") == ["Anna", "annika", "bob"]
    assert await found("ａｎｎ") == ["Anna", "annika"]
    assert await found("nika") == ["annika"]
    assert await found("an", limit=2) == ["Anna", "annika"]
    assert await found("h") == ["cleo"]
    for nothing in ("x", "  ", ".*", "$gt", "\U0010ffff"):
        assert await found(nothing) == []


async def test_when_somebody_was_online_last(asker: Asker, auth: Process) -> None:
    user = (await register(asker)).profile.user
    assert (await profile_of(asker, user)).last_online is None

    async def hears(fact: UserCameOnline | UserWentOffline) -> None:
        await asker.bus.record(fact, new_id())

    async def last_online_is(at: int) -> None:
        async def check() -> bool:
            return (await profile_of(asker, user)).last_online == at

        await wait_until(check, missing=f"last_online {at}")

    await hears(UserCameOnline(user=user, at=1_000))
    await last_online_is(1_000)
    await hears(UserWentOffline(user=new_id(), at=9_000))
    await hears(UserWentOffline(user=user, at=3_000))
    await last_online_is(3_000)
    await hears(UserCameOnline(user=user, at=2_000))
    await hears(UserWentOffline(user=user, at=4_000))
    await last_online_is(4_000)
