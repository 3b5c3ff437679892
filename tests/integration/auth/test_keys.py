"""Signing keys change while tokens live, and replicas agree on them."""

import asyncio

import jwt
import pytest
import pytest_asyncio
from nats.js.kv import KeyValue

from contracts.auth import AccessClaims, PublicKey
from contracts.errors import Code
from contracts.ids import DeviceId, UserId
from contracts.streams import KEYS
from runtime.codec import decode_as
from runtime.ids import new_id, now_ms
from runtime.process import Process
from runtime.tokens import Verifier
from runtime.watch import keys
from services.auth.keyring import DAY_MS, Keyring
from services.auth.settings import AuthSettings
from tests.integration.auth.conftest import refused_by
from tests.support.waiting import wait_until

pytestmark = pytest.mark.auth

LEAD = 1_000
SETTINGS = AuthSettings(key_days=1, access_seconds=600)


def token(keyring: Keyring) -> str:
    """A token that lives for as long as this test does, whatever its time."""
    now = now_ms() // 1_000
    return keyring.sign(
        AccessClaims(sub=UserId(new_id()), dev=DeviceId(new_id()), iat=now, exp=now + 600)
    )


def kid(signed: str) -> str:
    return jwt.get_unverified_header(signed)["kid"]


async def published(auth: Process) -> dict[str, PublicKey]:
    bucket: KeyValue = await auth.bus.bucket(KEYS)
    entries = [await bucket.get(key) for key in await keys(auth.bus, KEYS)]
    return {entry.key: decode_as(PublicKey, entry.value or b"") for entry in entries}


@pytest_asyncio.fixture
async def keyring(auth: Process) -> Keyring:
    return Keyring(auth.bus, SETTINGS, lead_ms=LEAD)


async def test_keys_change_and_no_living_token_notices(
    auth: Process, keyring: Keyring, verifier: Verifier
) -> None:
    began = now_ms()
    await keyring.look(began)
    first = token(keyring)
    assert verifier.verify(first)

    due = began + DAY_MS + 1
    await keyring.look(due)
    # Known before it signs.
    assert kid(token(keyring)) == kid(first)
    assert len(await published(auth)) == 2

    await keyring.look(due + LEAD)
    second = token(keyring)
    assert kid(second) != kid(first)
    assert verifier.verify(first)
    assert verifier.verify(second)
    keys = await published(auth)
    assert keys[kid(first)].retired_at == due + LEAD
    assert keys[kid(second)].retired_at is None

    over = due + LEAD + (600 + 5) * 1_000 + LEAD
    await keyring.look(over - 1)
    assert kid(first) in await published(auth)
    await keyring.look(over)
    assert set(await published(auth)) == {kid(second)}

    await wait_until(
        lambda: refused_by(verifier, first) is Code.TOKEN_INVALID, missing="the first key's end"
    )
    assert verifier.verify(second)


async def test_replicas_agree_on_every_key(auth: Process, verifier: Verifier) -> None:
    replicas = [Keyring(auth.bus, SETTINGS, lead_ms=LEAD) for _ in range(4)]
    now, kids = now_ms(), list[str]()
    for _ in range(4):
        await asyncio.gather(*(replica.look(now) for replica in replicas))
        now += LEAD
        await asyncio.gather(*(replica.look(now) for replica in replicas))
        tokens = [token(replica) for replica in replicas]
        assert len({kid(signed) for signed in tokens}) == 1
        await wait_until(
            lambda tokens=tokens: {refused_by(verifier, signed) for signed in tokens} == {None}
        )
        kids.append(kid(tokens[0]))
        now += DAY_MS
    assert len(set(kids)) == 4


async def test_keys_that_the_broker_lost_are_published_again(
    auth: Process, keyring: Keyring, verifier: Verifier
) -> None:
    await keyring.look(now_ms())
    signed = token(keyring)
    bucket = await auth.bus.bucket(KEYS)
    await bucket.delete(kid(signed))
    await bucket.put("stranger", b'{"x":"AAAA","created_at":1}')
    await keyring.look(now_ms())
    assert set(await published(auth)) == {kid(signed)}

    await wait_until(lambda: refused_by(verifier, signed) is None, missing="the key's coming back")


async def test_private_halves_never_leave_the_store(auth: Process, keyring: Keyring) -> None:
    await keyring.look(now_ms())
    for key in (await published(auth)).values():
        assert set(type(key).__struct_fields__) == {"x", "created_at", "retired_at"}
        assert len(key.x) == 43
