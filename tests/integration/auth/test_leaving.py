"""Leaving: one device, another one, all of them; the password; the account itself."""

from contextlib import AsyncExitStack

import pytest
from pymongo import MongoClient

from contracts.auth import (
    AccountDeleted,
    ChangePassword,
    DeleteAccount,
    FetchAvatar,
    FetchProfiles,
    FindPeople,
    ListDevices,
    LogIn,
    LogOut,
    LogOutEverywhere,
    Profile,
    Refresh,
    RevokeDevice,
    SetAvatar,
    SignedIn,
    UpdateProfile,
)
from contracts.base import Done
from contracts.errors import Code, Refusal
from contracts.notices import SignedOut
from runtime.process import Process
from runtime.tokens import Verifier
from services.auth.settings import AuthSettings
from tests.integration.auth.conftest import (
    PASSWORD,
    StartAuth,
    as_,
    log_in,
    register,
    revoked,
    says,
    stranger,
)
from tests.support.asking import Asker, account
from tests.support.pictures import JPEG
from tests.support.waiting import wait_until

pytestmark = pytest.mark.auth

BETTER = "a different horse, another staple"


async def assert_out(asker: Asker, verifier: Verifier, *ended: SignedIn) -> None:
    """Neither token of these sign-ins works any more."""
    for signed_in in ended:
        command = Refresh(refresh_token=signed_in.refresh_token)
        assert await asker.refused(stranger(), command) is Code.REVOKED

    await revoked(verifier, *ended)


async def assert_in(asker: Asker, verifier: Verifier, signed_in: SignedIn) -> SignedIn:
    """Both tokens of this sign-in work; gives back the next pair."""
    assert says(verifier, signed_in)
    command = Refresh(refresh_token=signed_in.refresh_token)
    following: SignedIn = await asker.ask(stranger(), command)
    assert says(verifier, following)
    return following


async def test_logging_out_ends_one_device(asker: Asker, verifier: Verifier) -> None:
    here = await register(asker)
    there = await log_in(asker)
    told = await asker.hear_user(here.profile.user)
    assert await asker.ask(as_(here), LogOut()) == Done()
    assert await asker.ask(as_(here), LogOut()) == Done()
    await assert_out(asker, verifier, here)
    await assert_in(asker, verifier, there)
    (notice,) = told.of(SignedOut)
    assert notice == SignedOut(user=here.profile.user, device=here.device, why="logged_out")


async def test_a_revocation_outlives_the_tokens_it_ends_and_no_more(
    asker: Asker, auth: Process
) -> None:
    anna = await register(asker)
    await asker.ask(as_(anna), LogOut())
    kept = await auth.bus.js.get_last_msg("KV_REVOKED", f"$KV.REVOKED.device.{anna.device}")
    life = AuthSettings().access_seconds
    lasts = (kept.headers or {})["Nats-TTL"]
    assert life < int(lasts.removesuffix("s")) < life + 120


async def test_logging_out_everywhere_ends_all_and_one_comes_back_at_once(
    asker: Asker, verifier: Verifier
) -> None:
    devices = [await register(asker), await log_in(asker), await log_in(asker)]
    told = await asker.hear_user(devices[0].profile.user)
    await asker.ask(as_(devices[1]), LogOutEverywhere())
    back = await log_in(asker)
    await assert_out(asker, verifier, *devices)
    back = await assert_in(asker, verifier, back)
    (notice,) = told.of(SignedOut)
    assert (notice.device, notice.except_device) == (None, None)
    await asker.ask(as_(back), LogOut())
    await assert_out(asker, verifier, back)


async def test_another_device_is_signed_out_from_here(asker: Asker, verifier: Verifier) -> None:
    here = await register(asker, device_label="")
    there = await asker.ask(
        stranger(), LogIn(name="anna", password=PASSWORD, device_label=" Anna's\nphone ")
    )
    listed = (await asker.ask(as_(here), ListDevices())).devices
    assert [(d.device, d.label, d.current) for d in listed] == [
        (there.device, "Anna's phone", False),
        (here.device, "Firefox on Linux", True),
    ]
    following = await assert_in(asker, verifier, here)
    listed = (await asker.ask(as_(here), ListDevices())).devices
    assert [d.device for d in listed] == [here.device, there.device]
    assert listed[0].last_used_at > listed[0].created_at

    told = await asker.hear_user(here.profile.user)
    await asker.ask(as_(here), RevokeDevice(device=there.device))
    await assert_out(asker, verifier, there)
    assert [notice.why for notice in told.of(SignedOut)] == ["revoked"]
    await assert_in(asker, verifier, following)
    gone = RevokeDevice(device=there.device)
    assert await asker.refused(as_(here), gone) is Code.DEVICE_UNKNOWN


async def test_nobody_signs_out_somebody_elses_device(asker: Asker, verifier: Verifier) -> None:
    anna, bob = await register(asker), await register(asker, "bob")
    command = RevokeDevice(device=anna.device)
    assert await asker.refused(as_(bob), command) is Code.DEVICE_UNKNOWN
    await assert_in(asker, verifier, anna)


async def test_a_new_password_signs_the_others_out(asker: Asker, verifier: Verifier) -> None:
    here = await register(asker)
    there = await log_in(asker)
    told = await asker.hear_user(here.profile.user)
    await asker.ask(as_(here), ChangePassword(current=PASSWORD, new=BETTER))
    await assert_out(asker, verifier, there)
    await assert_in(asker, verifier, here)
    (notice,) = told.of(SignedOut)
    assert (notice.except_device, notice.why) == (here.device, "password_changed")
    old = LogIn(name="anna", password=PASSWORD)
    assert await asker.refused(stranger(), old) is Code.WRONG_CREDENTIALS
    assert await log_in(asker, password=BETTER)


@pytest.mark.parametrize(
    ("current", "new", "code", "field"),
    [
        ("not the password", BETTER, Code.WRONG_CREDENTIALS, "$.current"),
        (PASSWORD, "short", Code.PASSWORD_LENGTH, "$.new"),
        (PASSWORD, "iloveyou!", Code.PASSWORD_WEAK, "$.new"),
    ],
)
async def test_passwords_that_are_not_changed(
    asker: Asker, auth: Process, current: str, new: str, code: Code, field: str
) -> None:
    anna = as_(await register(asker))
    with pytest.raises(Refusal) as refusal:
        await asker.ask(anna, ChangePassword(current=current, new=new))
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert await log_in(asker)


async def test_of_two_changes_at_once_one_counts(asker: Asker, auth: Process) -> None:
    anna = as_(await register(asker))
    wanted = [f"{BETTER} {number}" for number in range(4)]
    outcomes = await asker.together(
        *((anna, ChangePassword(current=PASSWORD, new=new)) for new in wanted)
    )
    assert outcomes.count(Done()) == 1
    assert outcomes.count(Code.WRONG_CREDENTIALS) == 3
    assert await log_in(asker, password=wanted[outcomes.index(Done())])


async def test_a_deleted_account_is_gone_but_for_its_id(
    asker: Asker, verifier: Verifier, mongodb_url: str, mongodb_database: str
) -> None:
    anna, bob = await register(asker), await register(asker, "bob")
    user = anna.profile.user
    there = await log_in(asker)
    await asker.ask(as_(anna), UpdateProfile(bio="I sail."))
    await asker.ask(as_(anna), SetAvatar(picture=JPEG))
    told = await asker.hear_user(user)
    facts = await asker.hear("evt.auth.>")

    wrong = DeleteAccount(password="not the password")
    assert await asker.refused(as_(anna), wrong) is Code.WRONG_CREDENTIALS
    await asker.ask(as_(anna), DeleteAccount(password=PASSWORD))

    await assert_out(asker, verifier, anna, there)
    assert [notice.why for notice in told.of(SignedOut)] == ["account_deleted"]
    await wait_until(lambda: facts.of(AccountDeleted))
    assert [fact.user for fact in facts.of(AccountDeleted)] == [user]
    (left,) = (await asker.ask(as_(bob), FetchProfiles(users=[user]))).profiles
    assert left == Profile(user=user, name="", display_name="", gone=True, revision=left.revision)
    assert left.revision > anna.profile.revision
    assert await asker.refused(as_(bob), FetchAvatar(user=user)) is Code.USER_UNKNOWN
    assert (await asker.ask(as_(bob), FindPeople(prefix="ann"))).profiles == []
    old = LogIn(name="anna", password=PASSWORD)
    assert await asker.refused(stranger(), old) is Code.WRONG_CREDENTIALS
    with MongoClient(mongodb_url) as client:
        assert client[mongodb_database]["auth_avatars"].count_documents({}) == 0

    for command in (
        UpdateProfile(bio="I am still here."),
        SetAvatar(picture=JPEG),
        DeleteAccount(password=PASSWORD),
        ChangePassword(current=PASSWORD, new=BETTER),
    ):
        assert await asker.refused(as_(anna), command) is Code.REVOKED
    assert (await register(asker, "anna")).profile.user != user


async def test_an_account_that_never_was(asker: Asker, auth: Process) -> None:
    nobody = account()
    for command in (
        LogOut(),
        LogOutEverywhere(),
        ListDevices(),
        UpdateProfile(bio="x"),
        DeleteAccount(password=PASSWORD),
    ):
        assert await asker.refused(nobody, command) is Code.REVOKED


async def test_a_hash_with_old_parameters_is_replaced_at_the_next_log_in(
    asker: Asker, start_auth: StartAuth, mongodb_url: str, mongodb_database: str
) -> None:
    def parameters() -> str:
        with MongoClient(mongodb_url) as client:
            document = client[mongodb_database]["auth_users"].find_one() or {}
            return document["account"]["password"].split("$")[3]

    async with AsyncExitStack() as before:
        await start_auth(before)
        await register(asker)
        assert parameters() == "m=64,t=1,p=1"
    await start_auth(argon2_time_cost=2)
    wrong = LogIn(name="anna", password="not the password")
    assert await asker.refused(stranger(), wrong) is Code.WRONG_CREDENTIALS
    assert parameters() == "m=64,t=1,p=1"
    await log_in(asker)
    assert parameters() == "m=64,t=2,p=1"
    await log_in(asker)
