"""The verifying half of access tokens: what holds, what does not, and what is remembered."""

import base64
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.auth import AccessClaims, PublicKey, Revocation
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, RoomId, UserId
from runtime import tokens
from runtime.ids import new_id
from runtime.tokens import LEEWAY_SECONDS, MAX_TOKEN_LENGTH, Verifier

pytestmark = pytest.mark.auth

NOW = 1_800_000_000
USER = UserId(new_id())
DEVICE = DeviceId(new_id())


class Issuer:
    """Keys and revocations as dicts, and tokens signed by those keys."""

    def __init__(self) -> None:
        self.keys: dict[str, PublicKey] = {}
        self.revoked: dict[str, Revocation] = {}
        self.verifier = Verifier(self.keys.get, self.revoked.get)
        self._private: dict[str, Ed25519PrivateKey] = {}

    def add_key(self, kid: str) -> None:
        private = Ed25519PrivateKey.generate()
        raw = private.public_key().public_bytes_raw()
        x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        self._private[kid] = private
        self.keys[kid] = PublicKey(x=x, created_at=0)

    def token(self, kid: str = "one", **changes: Any) -> str:
        claims = {"sub": USER, "dev": DEVICE, "iat": NOW, "exp": NOW + 600, **changes}
        return jwt.encode(claims, self._private[kid], "EdDSA", headers={"kid": kid})


@pytest.fixture
def issuer() -> Issuer:
    issuer = Issuer()
    issuer.add_key("one")
    return issuer


def refuses(issuer: Issuer, token: str, code: Code, now: float = NOW) -> None:
    for _ in range(2):  # remembered or not
        with pytest.raises(Refusal) as refusal:
            issuer.verifier.verify(token, now)
        assert refusal.value.code is code


def test_a_token_of_ours_holds(issuer: Issuer) -> None:
    room = RoomId(new_id())
    claims = issuer.verifier.verify(issuer.token(room=room), NOW)
    assert claims == AccessClaims(sub=USER, dev=DEVICE, iat=NOW, exp=NOW + 600, room=room)


def test_it_ends_with_its_life(issuer: Issuer) -> None:
    token = issuer.token()
    assert issuer.verifier.verify(token, NOW + 599)
    assert issuer.verifier.verify(token, NOW + 600 + LEEWAY_SECONDS - 1)
    refuses(issuer, token, Code.TOKEN_EXPIRED, NOW + 600 + LEEWAY_SECONDS)


@pytest.mark.parametrize(
    "key", [tokens.user_key(USER), tokens.device_key(DEVICE)], ids=["user", "device"]
)
def test_a_revocation_counts_at_once_and_spares_what_came_after(issuer: Issuer, key: str) -> None:
    before, after = issuer.token(iat=NOW), issuer.token(iat=NOW + 1)
    assert issuer.verifier.verify(before, NOW)
    issuer.revoked[key] = Revocation(before=NOW)
    refuses(issuer, before, Code.REVOKED)
    assert issuer.verifier.verify(after, NOW)


def test_someone_elses_revocation_changes_nothing(issuer: Issuer) -> None:
    issuer.revoked[tokens.user_key(UserId(new_id()))] = Revocation(before=NOW + 9)
    issuer.revoked[tokens.device_key(DeviceId(new_id()))] = Revocation(before=NOW + 9)
    assert issuer.verifier.verify(issuer.token(), NOW)


def test_a_key_taken_away_takes_its_tokens_along(issuer: Issuer) -> None:
    issuer.add_key("two")
    old, new = issuer.token("one"), issuer.token("two")
    assert issuer.verifier.verify(old, NOW)
    del issuer.keys["one"]
    refuses(issuer, old, Code.TOKEN_INVALID)
    assert issuer.verifier.verify(new, NOW)


def test_a_key_replaced_under_its_name_does_not_verify_what_the_old_one_signed(
    issuer: Issuer,
) -> None:
    token = issuer.token()
    assert issuer.verifier.verify(token, NOW)
    issuer.add_key("one")
    refuses(issuer, token, Code.TOKEN_INVALID)


def _unsigned() -> str:
    claims = {"sub": USER, "dev": DEVICE, "iat": NOW, "exp": NOW + 600}
    return jwt.encode(claims, None, "none", headers={"kid": "one"})


def _signed_with_the_public_key(issuer: Issuer) -> str:
    claims = {"sub": USER, "dev": DEVICE, "iat": NOW, "exp": NOW + 600}
    secret = issuer.keys["one"].x.encode()
    return jwt.encode(claims, secret, "HS256", headers={"kid": "one"})


def test_what_is_not_ours_does_not_hold(issuer: Issuer) -> None:
    good = issuer.token()
    head, body, signature = good.split(".")
    other = "A" if signature[0] != "A" else "B"
    forged = f"{head}.{body}.{other}{signature[1:]}"
    for token in ("", "x", "a.b.c", good[:-4], forged, "é" * 40, "x" * (MAX_TOKEN_LENGTH + 1)):
        refuses(issuer, token, Code.TOKEN_INVALID)
    refuses(issuer, _unsigned(), Code.TOKEN_INVALID)
    refuses(issuer, _signed_with_the_public_key(issuer), Code.TOKEN_INVALID)
    refuses(issuer, issuer.token(exp="soon"), Code.TOKEN_INVALID)
    refuses(issuer, issuer.token(sub=7), Code.TOKEN_INVALID)


def test_what_is_remembered_is_bounded(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    for number in range(10):
        assert issuer.verifier.verify(issuer.token(iat=NOW - number), NOW)
    assert len(issuer.verifier._seen) == 3
