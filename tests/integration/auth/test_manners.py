"""Auth keeps to its permissions on the broker, and its secrets out of the logs."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from contracts.auth import (
    ChangePassword,
    DeleteAccount,
    EnterAsGuest,
    LogIn,
    LogOutEverywhere,
    Refresh,
    SetAvatar,
    UpdateProfile,
)
from contracts.errors import Code
from contracts.ids import InviteCode
from contracts.presence import UserWentOffline
from runtime.bus import Bus
from runtime.ids import new_id
from runtime.settings import ProcessSettings
from services.auth.accounts import Accounts
from stack.nats import NatsServer, quoted
from stack.permissions import USERS, authorization
from tests.integration.auth.conftest import (
    ADDRESS,
    PASSWORD,
    StartAuth,
    as_,
    log_in,
    register,
    says,
    stranger,
)
from tests.support.asking import Asker
from tests.support.pictures import JPEG
from tests.support.servers import FreshNats
from tests.support.verifying import open_verifier
from tests.support.waiting import wait_until

pytestmark = pytest.mark.auth

WORDS = {user: f"word-of-{user}" for user in USERS}


@pytest_asyncio.fixture
async def guarded(fresh_nats: FreshNats) -> NatsServer:
    return await fresh_nats(authorization({user: quoted(word) for user, word in WORDS.items()}))


@pytest_asyncio.fixture
async def gateway(guarded: NatsServer) -> AsyncIterator[Asker]:
    bus = Bus("gateway", _as_user("gateway", guarded))
    await bus.connect()
    yield Asker(bus)
    await bus.close()


def _as_user(user: str, server: NatsServer) -> ProcessSettings:
    return ProcessSettings(nats_url=server.url, nats_user=user, nats_password=WORDS[user])


async def _a_life(asker: Asker) -> list[str]:
    """Everything that can be asked of auth; gives back the secrets that took part."""
    anna = await register(asker)
    there = await log_in(asker)
    following = await asker.ask(stranger(), Refresh(refresh_token=anna.refresh_token))
    await asker.refused(stranger(), LogIn(name="anna", password="a wrong password"))
    await asker.ask(as_(anna), UpdateProfile(bio="I sail."))
    await asker.ask(as_(anna), SetAvatar(picture=JPEG))
    guest = EnterAsGuest(invite=InviteCode("invite-without-rooms"), display_name="Vera")
    # Nobody answers for rooms here; a question that auth may not ask would run out of time.
    assert await asker.refused(stranger(), guest) is Code.UNAVAILABLE
    await asker.ask(as_(anna), ChangePassword(current=PASSWORD, new="a better password"))
    await asker.ask(as_(anna), LogOutEverywhere())
    reused = Refresh(refresh_token=there.refresh_token)
    assert await asker.refused(stranger(), reused) is Code.REVOKED
    await asker.ask(as_(anna), DeleteAccount(password="a better password"))
    tokens = [s.access_token for s in (anna, there, following)]
    tokens += [s.refresh_token for s in (anna, there, following)]
    return [*tokens, PASSWORD, "a wrong password", "a better password", ADDRESS]


async def test_auth_needs_no_more_than_it_is_granted(
    guarded: NatsServer, gateway: Asker, start_auth: StartAuth
) -> None:
    with capture_logs() as logs:
        await start_auth(nats_url=guarded.url, nats_user="auth", nats_password=WORDS["auth"])
        async with open_verifier(gateway.bus) as verifier:
            assert says(verifier, await register(gateway, "somebody"))
            await _a_life(gateway)
    assert [line for line in logs if line["event"] == "bus.error"] == []
    assert [line for line in logs if line["log_level"] in ("warning", "error")] == []


async def test_auth_follows_presence_with_its_own_permissions(
    guarded: NatsServer, gateway: Asker, start_auth: StartAuth
) -> None:
    process = await start_auth(nats_url=guarded.url, nats_user="auth", nats_password=WORDS["auth"])
    user = (await register(gateway)).profile.user
    rooms = Bus("rooms", _as_user("rooms", guarded))
    await rooms.connect()
    await rooms.record(UserWentOffline(user=user, at=5_000), new_id())
    await rooms.close()

    async def online_is_known() -> bool:
        account = await Accounts().get(user)
        return account is not None and account.last_online == 5_000

    await wait_until(online_is_known)
    assert not process.failed.done()


async def test_no_secret_reaches_the_logs(asker: Asker, start_auth: StartAuth) -> None:
    with capture_logs() as logs:
        await start_auth(key_days=0.01)
        secrets = await _a_life(asker)
    assert logs
    written = repr(logs)
    assert [secret for secret in secrets if secret in written] == []
