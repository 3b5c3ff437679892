"""Guessing is slowed down: by account, by address, in all replicas alike."""

from collections import Counter

import pytest
from pymongo import MongoClient

from contracts.auth import ChangePassword, DeleteAccount, LogIn, Register
from contracts.callers import Caller
from contracts.errors import Code, Refusal
from runtime.process import Process
from services.auth.settings import AuthSettings
from services.auth.throttles import Throttles
from tests.integration.auth.conftest import PASSWORD, StartAuth, as_, log_in, register, stranger
from tests.support.asking import Asker

pytestmark = pytest.mark.auth

LONG_WAIT_MS = 60_000
"""Instead of the first wait of one second, which a busy machine takes between two questions."""

# Far ahead: the service that runs beside sweeps what is over by the real time.
T = 4_000_000_000_000


@pytest.fixture
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has to wait still has to when the test comes to ask: at replicas that start now."""
    monkeypatch.setattr("services.auth.throttles.FIRST_WAIT_MS", LONG_WAIT_MS)


def guess(name: str = "anna") -> LogIn:
    return LogIn(name=name, password="not the password")


async def refusal_of(asker: Asker, caller: Caller, command: LogIn | Register) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await asker.ask(caller, command)
    return refusal.value


@pytest.mark.usefixtures("long_waits")
async def test_an_account_that_is_guessed_at_has_to_wait(asker: Asker, auth: Process) -> None:
    await register(asker)
    free = AuthSettings().login_free_tries
    for number in range(free + 1):
        refused = await refusal_of(asker, stranger(f"192.0.2.{number}"), guess())
        assert refused.code is Code.WRONG_CREDENTIALS
    for command in (guess(), LogIn(name=" ANNA", password=PASSWORD)):
        refused = await refusal_of(asker, stranger("198.51.100.1"), command)
        assert refused.code is Code.THROTTLED
        assert refused.retry_after is not None
        assert 0 < refused.retry_after <= LONG_WAIT_MS / 1_000


@pytest.mark.usefixtures("long_waits")
async def test_a_name_that_does_not_exist_has_to_wait_as_well(asker: Asker, auth: Process) -> None:
    free = AuthSettings().login_free_tries
    codes = [
        (await refusal_of(asker, stranger(f"192.0.2.{number}"), guess("nobody"))).code
        for number in range(free + 2)
    ]
    assert codes == [Code.WRONG_CREDENTIALS] * (free + 1) + [Code.THROTTLED]


async def test_who_knows_the_password_starts_afresh(asker: Asker, auth: Process) -> None:
    await register(asker)
    for _ in range(3):
        for _ in range(AuthSettings().login_free_tries - 1):
            assert await asker.refused(stranger(), guess()) is Code.WRONG_CREDENTIALS
        await log_in(asker)


@pytest.mark.usefixtures("long_waits")
async def test_guesses_at_once_count_in_all_replicas_together(
    asker: Asker, start_auth: StartAuth
) -> None:
    await start_auth()
    await start_auth()
    await register(asker)
    guesses = [(stranger(f"192.0.2.{number}"), guess()) for number in range(40)]
    outcomes = Counter(await asker.together(*guesses))
    assert set(outcomes) == {Code.WRONG_CREDENTIALS, Code.THROTTLED}
    assert outcomes[Code.WRONG_CREDENTIALS] <= AuthSettings().login_free_tries + 1


@pytest.mark.usefixtures("long_waits")
async def test_an_address_that_guesses_at_many_accounts_has_to_wait(
    asker: Asker, start_auth: StartAuth
) -> None:
    await start_auth(address_free_tries=3)
    codes = [
        await asker.refused(stranger(f"2001:db8:0:1::{number}"), guess(f"nobody{number}"))
        for number in range(5)
    ]
    assert codes == [Code.WRONG_CREDENTIALS] * 4 + [Code.THROTTLED]
    beside = stranger("2001:db8:0:2::1")
    assert await asker.refused(beside, guess("nobody9")) is Code.WRONG_CREDENTIALS


@pytest.mark.usefixtures("long_waits")
async def test_names_are_not_probed_for_by_registering(asker: Asker, start_auth: StartAuth) -> None:
    await start_auth(names_free_tries=2)
    await register(asker)
    taken = Register(name="anna", password=PASSWORD)
    codes = [await asker.refused(stranger(), taken) for _ in range(4)]
    assert codes == [Code.NAME_TAKEN] * 3 + [Code.THROTTLED]
    assert await asker.refused(stranger("198.51.100.1"), taken) is Code.NAME_TAKEN


@pytest.mark.usefixtures("long_waits")
async def test_accounts_from_one_address_are_bounded(asker: Asker, start_auth: StartAuth) -> None:
    await start_auth(registrations_free=2)
    for name in ("anna", "bob", "cleo"):
        await register(asker, name)
    refused = await refusal_of(asker, stranger(), Register(name="dora", password=PASSWORD))
    assert refused.code is Code.THROTTLED


@pytest.mark.usefixtures("long_waits")
@pytest.mark.parametrize(
    "command",
    [
        ChangePassword(current="not the password", new="another good password"),
        DeleteAccount(password="not the password"),
    ],
)
async def test_a_stolen_session_is_no_way_around(
    asker: Asker, auth: Process, command: ChangePassword | DeleteAccount
) -> None:
    anna = as_(await register(asker))
    free = AuthSettings().login_free_tries
    codes = [await asker.refused(anna, command) for _ in range(free + 2)]
    assert codes == [Code.WRONG_CREDENTIALS] * (free + 1) + [Code.THROTTLED]
    assert await asker.refused(stranger("198.51.100.1"), guess()) is Code.THROTTLED


async def test_what_is_kept_names_nobody(
    asker: Asker, auth: Process, mongodb_url: str, mongodb_database: str
) -> None:
    await asker.refused(stranger("192.0.2.99"), guess("somebody"))
    with MongoClient(mongodb_url) as client:
        kept = list(client[mongodb_database]["auth_throttles"].find())
    assert len(kept) == 2
    assert "192.0.2" not in str(kept)
    assert "somebody" not in str(kept)


async def test_waits_grow_and_are_forgotten(auth: Process) -> None:
    throttles = Throttles(AuthSettings(login_free_tries=0), b"secret")

    async def fail(at: int) -> float:
        """Seconds to wait after failing at `at`."""
        with pytest.raises(Refusal, match="wrong_credentials"):
            async with throttles.tried("account", "anna", at):
                raise Refusal(Code.WRONG_CREDENTIALS)
        with pytest.raises(Refusal) as refusal:
            async with throttles.tried("account", "anna", at):
                raise AssertionError("it had to wait")
        return refusal.value.retry_after or 0

    now, waits = T, list[float]()
    for _ in range(11):
        waits.append(await fail(now))
        now += int(waits[-1] * 1_000)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]

    await throttles.sweep(now)
    assert await fail(now) == 300
    now += (300 + 3_600) * 1_000
    await throttles.sweep(now)
    assert await fail(now) == 1
