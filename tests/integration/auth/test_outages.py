"""The store or the broker goes away and comes back; a replica dies with a word on its lips."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from contracts.auth import AccountCreated, FetchProfiles, LogIn, Refresh
from contracts.errors import Code, Refusal
from contracts.ids import UserId
from contracts.notices import SignedOut
from runtime.bus import Bus
from runtime.ids import new_id, now_ms
from runtime.settings import ProcessSettings
from services.auth.accounts import Accounts
from services.auth.domain import account as accounts
from services.auth.domain.account import Account
from services.auth.outbox import Outbox
from services.auth.pictures import Pictures
from stack.nats import NatsServer
from stack.store import StoreServer
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
from tests.support.servers import FreshNats, FreshStore
from tests.support.verifying import open_verifier
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.auth, pytest.mark.faults]


@pytest_asyncio.fixture
async def store(fresh_store: FreshStore) -> StoreServer:
    return await fresh_store()


@pytest_asyncio.fixture
async def broker(fresh_nats: FreshNats) -> NatsServer:
    return await fresh_nats()


@pytest_asyncio.fixture
async def caller(broker: NatsServer) -> AsyncIterator[Asker]:
    bus = Bus("gateway", ProcessSettings(nats_url=broker.url))
    await bus.connect()
    yield Asker(bus)
    await bus.close()


async def succeeds(asker: Asker) -> bool:
    try:
        return bool(await log_in(asker))
    except Refusal:
        return False


async def test_without_the_store_the_answer_says_so_and_heals(
    store: StoreServer, asker: Asker, start_auth: StartAuth
) -> None:
    process = await start_auth(mongodb_url=store.url)
    anna = await register(asker)
    async with open_verifier(asker.bus) as verifier:
        await store.kill()
        for command in (
            LogIn(name="anna", password=PASSWORD),
            Refresh(refresh_token=anna.refresh_token),
        ):
            with pytest.raises(Refusal) as refusal:
                # The service itself waits for three seconds until it says so.
                await asker.ask(stranger(), command, timeout=20)
            assert refusal.value.code is Code.UNAVAILABLE
            assert refusal.value.retry_after == 1
        # Who is signed in goes on: a token needs nobody to hold.
        assert says(verifier, anna)
        await store.start()
        await wait_until(lambda: succeeds(asker), missing="a log-in")
        assert await asker.ask(stranger(), Refresh(refresh_token=anna.refresh_token))
        assert not process.failed.done()


async def test_after_the_broker_came_back_everything_goes_on(
    broker: NatsServer, caller: Asker, start_auth: StartAuth
) -> None:
    process = await start_auth(nats_url=broker.url)
    anna = await register(caller)
    async with open_verifier(caller.bus) as verifier:
        assert says(verifier, anna)
        await broker.kill()
        assert says(verifier, anna)
        await broker.start()
        await wait_until(lambda: succeeds(caller), missing="a log-in")
        assert says(verifier, anna)
        assert says(verifier, await log_in(caller))
        assert not process.failed.done()


async def test_what_could_not_be_told_is_told_when_the_broker_is_back(
    broker: NatsServer, caller: Asker, start_auth: StartAuth
) -> None:
    await start_auth(nats_url=broker.url)
    anna = await register(caller)
    user = anna.profile.user
    told = await caller.hear_user(user)
    async with open_verifier(caller.bus) as verifier:
        await broker.kill()
        # The state is changed, and its teller could not tell: as when the broker dies in between.
        await Accounts().change(
            user, lambda known: accounts.signed_out(known, anna.device, "revoked", now_ms())
        )
        await broker.start()

        await wait_until(lambda: caller.bus.connected, missing="the broker")
        await caller.bus.flush()
        # Whoever starts next tells what others left; one that goes on running does so in time.
        await start_auth(nats_url=broker.url)
        await wait_until(lambda: told.of(SignedOut), missing="the notice")
        await revoked(verifier, anna)


async def test_what_fails_to_be_told_waits_and_is_told_by_the_same_replica(
    broker: NatsServer, caller: Asker, start_auth: StartAuth
) -> None:
    process = await start_auth(nats_url=broker.url)
    anna = await register(caller)
    outbox = Outbox(process.bus, Accounts(), Pictures(), 600)
    async with open_verifier(caller.bus) as verifier:
        await broker.kill()
        await wait_until(lambda: not process.bus.connected, missing="the loss of the broker")
        account = await Accounts().change(
            anna.profile.user,
            lambda known: accounts.signed_out(known, anna.device, "revoked", now_ms()),
        )
        await outbox.flush(account)
        left = await Accounts().waiting(now_ms() + 1)
        assert [len(found.outbox) for found in left] == [2]

        process.spawn(outbox.run(), name="a second outbox")
        await broker.start()
        await revoked(verifier, anna)


async def test_a_replica_that_died_between_a_change_and_its_word(
    asker: Asker, start_auth: StartAuth
) -> None:
    facts = await asker.hear("evt.auth.>")
    users = [UserId(new_id()) for _ in range(3)]
    async with AsyncExitStack() as running:
        await start_auth(running)
        for user in users:
            account = Account(
                id=user,
                name=f"x{user}",
                key=f"x{user}",
                password=None,
                display_name="x",
                created_at=now_ms(),
            )
            await Accounts().add(accounts.registered(account, now_ms()))
    assert facts.of(AccountCreated) == []

    await start_auth()
    await start_auth()
    await wait_until(lambda: len(facts.of(AccountCreated)) >= 3, missing="three facts")

    async def kept() -> bool:
        return await Accounts().waiting(now_ms() + 1) == []

    await wait_until(kept, missing="empty outboxes")
    stored = await asker.bus.js.stream_info("EVENTS")
    # Two replicas may have told at once; what was told twice is stored once.
    assert stored.state.messages == 3
    viewer = as_(await register(asker))
    found = await asker.ask(viewer, FetchProfiles(users=users))
    assert [profile.user for profile in found.profiles] == users
