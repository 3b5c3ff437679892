"""`services/auth` on real servers, and what its tests say again and again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio

from contracts.auth import AccessClaims, LogIn, Register, SignedIn
from contracts.callers import Account, Anonymous, Guest
from contracts.errors import Code, Refusal
from runtime.bus import Bus
from runtime.process import Process
from runtime.settings import ProcessSettings
from runtime.tokens import Verifier
from services.auth import app
from services.auth.settings import AuthSettings
from services.rooms import app as rooms
from services.rooms.settings import Settings as RoomsSettings
from tests.support.asking import Asker
from tests.support.verifying import open_verifier
from tests.support.waiting import wait_until

PASSWORD = "correct horse battery staple"
ADDRESS = "192.0.2.7"

StartAuth = Callable[..., Awaitable[Process]]

# Argon2 at its weakest: what these tests ask is not how slow it is.
LIGHT: dict[str, Any] = {
    "argon2_time_cost": 1,
    "argon2_memory_kib": 64,
    "argon2_parallelism": 1,
}


@pytest_asyncio.fixture
async def start_auth(
    nats_url: str, mongodb_url: str, mongodb_database: str
) -> AsyncIterator[StartAuth]:
    """`await start_auth(setting=…)`: one more replica, as long as the test lasts, or `until`."""
    async with AsyncExitStack() as running:

        async def start(until: AsyncExitStack = running, **changes: Any) -> Process:
            where: dict[str, Any] = {
                "nats_url": nats_url,
                "mongodb_url": mongodb_url,
                "mongodb_database": mongodb_database,
            }
            settings = AuthSettings(**{**where, **LIGHT, **changes})
            process = await until.enter_async_context(Process("auth", settings))
            await app.start(process)
            return process

        yield start


@pytest_asyncio.fixture
async def auth(start_auth: StartAuth) -> Process:
    """The service, as it is set by default but for the cost of its hashes."""
    return await start_auth()


@pytest_asyncio.fixture
async def rooms_beside(
    auth: Process, nats_url: str, mongodb_url: str, mongodb_database: str
) -> AsyncIterator[Process]:
    """The rooms service, beside this one."""
    settings = RoomsSettings(
        nats_url=nats_url, mongodb_url=mongodb_url, mongodb_database=mongodb_database
    )
    async with Process("rooms", settings) as process:
        await rooms.start(process)
        yield process


@pytest_asyncio.fixture
async def verifier(auth: Process, nats_url: str) -> AsyncIterator[Verifier]:
    """Tokens seen as the gateway sees them."""
    bus = Bus("gateway", ProcessSettings(nats_url=nats_url))
    await bus.connect()
    async with open_verifier(bus) as verifier:
        yield verifier
    await bus.close()


def stranger(address: str = ADDRESS) -> Anonymous:
    """Somebody who has not signed in, on Firefox on Linux."""
    return Anonymous(address=address, agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0")


def as_(signed_in: SignedIn) -> Account | Guest:
    """The caller that the gateway makes of a sign-in."""
    user, device, room = signed_in.profile.user, signed_in.device, signed_in.guest_room
    if room is not None:
        return Guest(user=user, device=device, room=room, address=ADDRESS)
    return Account(user=user, device=device, address=ADDRESS)


async def register(asker: Asker, name: str = "anna", **fields: Any) -> SignedIn:
    """A new account, signed in."""
    command = Register(**{"name": name, "password": PASSWORD, **fields})
    return await asker.ask(stranger(), command)


async def log_in(asker: Asker, name: str = "anna", password: str = PASSWORD) -> SignedIn:
    """One more device of an account."""
    return await asker.ask(stranger(), LogIn(name=name, password=password))


def says(verifier: Verifier, signed_in: SignedIn) -> AccessClaims:
    """What the access token of a sign-in says to a gateway."""
    return verifier.verify(signed_in.access_token)


def refused_by(verifier: Verifier, access_token: str) -> Code | None:
    """Why a gateway refuses an access token; none where it holds."""
    try:
        verifier.verify(access_token)
    except Refusal as refusal:
        return refusal.code
    return None


async def revoked(verifier: Verifier, *ended: SignedIn) -> None:
    """Returns once gateways refuse the access tokens of these sign-ins as revoked."""

    def codes() -> set[Code | None]:
        return {refused_by(verifier, signed_in.access_token) for signed_in in ended}

    await wait_until(lambda: codes() == {Code.REVOKED}, 20, missing="revocations")
