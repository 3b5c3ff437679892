"""Coming in: registering, logging in, refreshing."""

import pytest

from contracts.auth import AccountCreated, Refresh
from runtime.ids import now_ms
from runtime.tokens import Verifier
from tests.integration.auth.conftest import log_in, register, says, stranger
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = pytest.mark.auth


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
    assert 590_000 < signed_in.access_expires_at - before <= 601_000
    assert signed_in.refresh_expires_at > before + 29 * 86_400_000
    await wait_until(lambda: told.of(AccountCreated))
    assert [fact.profile for fact in told.of(AccountCreated)] == [profile]


async def test_who_registered_logs_in_on_another_device(asker: Asker, verifier: Verifier) -> None:
    first = await register(asker)
    second = await log_in(asker, "ＡＮＮＡ")
    assert second.profile == first.profile
    assert second.device != first.device
    assert says(verifier, second).dev == second.device


async def test_a_refresh_brings_the_next_pair(asker: Asker, verifier: Verifier) -> None:
    first = await register(asker)
    second = await asker.ask(stranger(), Refresh(refresh_token=first.refresh_token))
    third = await asker.ask(stranger(), Refresh(refresh_token=second.refresh_token))
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert second.device == third.device == first.device
    assert says(verifier, third).sub == first.profile.user
