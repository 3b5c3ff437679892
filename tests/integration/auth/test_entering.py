"""Coming in: registering, logging in, refreshing."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from contracts.auth import AccountCreated, ListDevices, LogIn, Refresh, Register, SignedIn
from contracts.base import tag_of
from contracts.errors import Code, Error, Refusal
from contracts.notices import SignedOut
from runtime.codec import encode
from runtime.ids import now_ms
from runtime.process import Process
from runtime.tokens import Verifier
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
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = pytest.mark.auth


async def refresh(asker: Asker, signed_in: SignedIn) -> SignedIn:
    return await asker.ask(stranger(), Refresh(refresh_token=signed_in.refresh_token))


async def refresh_refused(asker: Asker, signed_in: SignedIn) -> Code:
    return await asker.refused(stranger(), Refresh(refresh_token=signed_in.refresh_token))


async def test_who_registers_is_signed_in(asker: Asker, verifier: Verifier) -> None:
    told = await asker.hear("evt.auth.>")
    before = now_ms()
    signed_in = await register(asker, " Änna ", display_name="Anna 🌻")

    profile = signed_in.profile
    assert (profile.name, profile.display_name) == ("Änna", "Anna 🌻")
    assert not profile.guest
    assert not profile.gone
    claims = says(verifier, signed_in)
    assert (claims.sub, claims.dev, claims.room) == (profile.user, signed_in.device, None)
    assert claims.exp * 1_000 == signed_in.access_expires_at
    assert 590_000 < signed_in.access_expires_at - before <= 660_000
    assert signed_in.refresh_expires_at > before + 29 * 86_400_000
    await wait_until(lambda: told.of(AccountCreated))
    assert [fact.profile for fact in told.of(AccountCreated)] == [profile]


async def test_who_shows_no_other_name_shows_the_own(asker: Asker, auth: Process) -> None:
    assert (await register(asker, "Anna")).profile.display_name == "Anna"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"name": "a"}, Code.NAME_INVALID, "$.name"),
        ({"name": "an\u202ena"}, Code.NAME_INVALID, "$.name"),
        ({"name": "x" * 200}, Code.NAME_INVALID, "$.name"),
        ({"display_name": "\u200b"}, Code.NAME_INVALID, "$.display_name"),
        ({"password": "short"}, Code.PASSWORD_LENGTH, "$.password"),
        ({"password": "x1" * 129}, Code.PASSWORD_LENGTH, "$.password"),
        ({"password": "password1"}, Code.PASSWORD_WEAK, "$.password"),
        ({"name": "annalena", "password": "AnnaLena1"}, Code.PASSWORD_WEAK, "$.password"),
    ],
)
async def test_what_can_not_be_registered(
    asker: Asker, auth: Process, fields: dict[str, str], code: Code, field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        await register(asker, **fields)
    assert (refusal.value.code, refusal.value.field) == (code, field)


async def test_a_name_is_taken_once_however_it_is_written(asker: Asker, auth: Process) -> None:
    await register(asker, "Straße")
    for name in ("straße", "STRASSE", "Ｓｔｒａｓｓｅ"):
        again = Register(name=name, password=PASSWORD)
        assert await asker.refused(stranger(), again) is Code.NAME_TAKEN


async def test_of_many_who_want_a_name_at_once_one_gets_it(asker: Asker, auth: Process) -> None:
    wanted = [
        (stranger(f"192.0.2.{number}"), Register(name="anna", password=PASSWORD))
        for number in range(6)
    ]
    outcomes = await asker.together(*wanted)
    winners = [outcome for outcome in outcomes if isinstance(outcome, SignedIn)]
    assert len(winners) == 1
    assert outcomes.count(Code.NAME_TAKEN) == 5
    assert (await log_in(asker)).profile == winners[0].profile


async def test_a_registration_whose_answer_was_lost_can_be_repeated(
    asker: Asker, verifier: Verifier
) -> None:
    attempt = "the-first-attempt-of-anna"
    told = await asker.hear("evt.auth.>")
    lost = await register(asker, attempt=attempt)
    again = await register(asker, attempt=attempt)
    once_more = await register(asker, " ANNA ", attempt=attempt)

    assert lost.profile.user == again.profile.user == once_more.profile.user
    # Only the sign-in that was received is one.
    await revoked(verifier, lost, again)
    assert says(verifier, once_more).sub == lost.profile.user
    assert await refresh_refused(asker, lost) is Code.REVOKED
    devices = await asker.ask(as_(once_more), ListDevices())
    assert [device.device for device in devices.devices] == [once_more.device]
    await wait_until(lambda: told.of(AccountCreated))
    assert len(told.of(AccountCreated)) == 1


async def test_sent_twice_at_once_a_registration_makes_one_account(
    asker: Asker, start_auth: StartAuth
) -> None:
    await start_auth()
    await start_auth()
    command = Register(name="anna", password=PASSWORD, attempt="the-first-attempt-of-anna")
    outcomes = await asker.together(*[(stranger(), command)] * 4)
    assert len({outcome.profile.user for outcome in outcomes}) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"attempt": "an-attempt-of-somebody-else"},
        {"attempt": None},
        {"password": "another battery, another staple"},
    ],
)
async def test_nobody_else_repeats_a_registration(
    asker: Asker, auth: Process, changed: dict[str, str | None]
) -> None:
    mine: dict[str, Any] = {"name": "anna", "password": PASSWORD, "attempt": "x" * 22}
    await register(asker, **mine)
    stolen = Register(**{**mine, **changed})
    assert await asker.refused(stranger("192.0.2.99"), stolen) is Code.NAME_TAKEN


async def test_who_is_signed_in_does_not_register(asker: Asker, auth: Process) -> None:
    anna = as_(await register(asker))
    command = Register(name="bob", password=PASSWORD)
    assert await asker.refused(anna, command) is Code.FORBIDDEN


async def test_who_registered_logs_in_on_another_device(asker: Asker, verifier: Verifier) -> None:
    first = await register(asker)
    second = await log_in(asker, " ＡＮＮＡ ")
    assert second.profile == first.profile
    assert second.device != first.device
    assert says(verifier, second).dev == second.device


async def test_the_answer_does_not_tell_whether_a_name_exists(asker: Asker, auth: Process) -> None:
    await register(asker)
    answers = [
        await asker.ask_bytes(
            stranger(), tag_of(LogIn), encode(LogIn(name=name, password="not the one"))
        )
        for name in ("anna", "nobody", "\u202e", "x" * 256)
    ]
    assert Counter(map(msgspec.json.encode, answers)) == {msgspec.json.encode(answers[0]): 4}
    assert isinstance(answers[0], Error)
    assert answers[0].code == Code.WRONG_CREDENTIALS.code


async def test_a_password_too_long_to_be_one_is_just_wrong(asker: Asker, auth: Process) -> None:
    await register(asker)
    command = LogIn(name="anna", password="x" * 4_096)
    assert await asker.refused(stranger(), command) is Code.WRONG_CREDENTIALS


async def test_more_hashing_than_can_be_done_in_time_is_refused(
    asker: Asker, start_auth: StartAuth
) -> None:
    await start_auth(hash_wait_seconds=0.3, argon2_memory_kib=65_536, argon2_time_cost=3)
    attempts = [
        (stranger(f"192.0.2.{number}"), LogIn(name=f"nobody{number}", password=PASSWORD))
        for number in range(12)
    ]
    outcomes = Counter(await asker.together(*attempts))
    assert set(outcomes) == {Code.WRONG_CREDENTIALS, Code.UNAVAILABLE}
    # Who was refused for that was not counted as a guesser, and comes in now.
    with pytest.raises(Refusal) as refusal:
        await asker.ask(*attempts[-1])
    assert refusal.value.code is Code.WRONG_CREDENTIALS


async def test_a_refresh_brings_the_next_pair(asker: Asker, verifier: Verifier) -> None:
    first = await register(asker)
    second = await refresh(asker, first)
    third = await refresh(asker, second)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert second.device == third.device == first.device
    assert says(verifier, third).sub == first.profile.user


async def test_an_old_refresh_token_ends_its_family(asker: Asker, verifier: Verifier) -> None:
    first = await register(asker)
    elsewhere = await log_in(asker)
    told = await asker.hear_user(first.profile.user)
    second = await refresh(asker, first)
    third = await refresh(asker, second)

    assert await refresh_refused(asker, first) is Code.REFRESH_REUSED

    assert await refresh_refused(asker, third) is Code.REVOKED
    assert await refresh_refused(asker, first) is Code.REVOKED
    await revoked(verifier, first, second, third)
    await wait_until(lambda: told.of(SignedOut))
    (notice,) = told.of(SignedOut)
    assert (notice.device, notice.why) == (first.device, "token_reused")
    assert says(verifier, await refresh(asker, elsewhere))


async def test_two_tabs_that_refresh_at_once_stay_signed_in(
    asker: Asker, start_auth: StartAuth
) -> None:
    await start_auth()
    await start_auth()
    first = await register(asker)
    command = Refresh(refresh_token=first.refresh_token)
    tabs = await asker.together(*[(stranger(), command)] * 6)
    assert {tab.refresh_token for tab in tabs} != {first.refresh_token}
    assert len({tab.refresh_token for tab in tabs}) == 1
    assert (await refresh(asker, tabs[0])).device == first.device


async def test_without_grace_the_last_one_but_one_is_old(
    asker: Asker, start_auth: StartAuth
) -> None:
    await start_auth(refresh_grace_seconds=0)
    first = await register(asker)
    second = await refresh(asker, first)
    assert await refresh_refused(asker, first) is Code.REFRESH_REUSED
    assert await refresh_refused(asker, second) is Code.REVOKED


@pytest.mark.parametrize("life", ["refresh_days", "refresh_idle_days"])
async def test_a_refresh_token_has_an_end(asker: Asker, start_auth: StartAuth, life: str) -> None:
    await start_auth(**{life: 0})
    first = await register(asker)
    assert await refresh_refused(asker, first) is Code.TOKEN_EXPIRED
    assert await refresh_refused(asker, first) is Code.REVOKED


async def test_what_was_never_a_refresh_token(asker: Asker, auth: Process) -> None:
    mine = (await register(asker)).refresh_token
    other = (await register(asker, "bob")).refresh_token
    user, device, secret, seal = mine.split(".")
    for text in (
        "x",
        "....",
        mine[:-4],
        f"{other.split('.')[0]}.{device}.{secret}.{seal}",
        f"{user}.{device}.{other.split('.')[2]}.{seal}",
    ):
        command = Refresh(refresh_token=text)
        assert await asker.refused(stranger(), command) is Code.TOKEN_INVALID
    assert await asker.ask(stranger(), Refresh(refresh_token=mine))
