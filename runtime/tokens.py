"""Whether an access token holds, decided without asking anybody.

The keys and the revocations come from KV `KEYS` and `REVOKED`, which `services/auth` writes and
which whoever verifies mirrors in memory.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contracts.auth import AccessClaims, PublicKey, Revocation
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, UserId
from runtime import ids

ALGORITHM = "EdDSA"

LEEWAY_SECONDS = 5
"""How far the clocks of the machines of one deployment may stand apart."""

REMEMBERED = 8_192
"""Tokens whose signature was seen to hold. A check costs 141 µs, so a storm of reconnects would
pay a second of CPU for 7 000 of them; 8 192 tokens cost about 6 MB."""

MAX_TOKEN_LENGTH = 2_048
"""Ours are about 300 characters; nothing longer is worth decoding."""

_TIMES_ARE_CHECKED_HERE: Any = {
    # Time is an argument of `verify`, and auth dates a token a second ahead where a
    # sign-in follows a sign-out within the same second.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_sub": False,
}


def user_key(user: UserId) -> str:
    """Where KV `REVOKED` says that all tokens of a person ended."""
    return f"user.{user}"


def device_key(device: DeviceId) -> str:
    """Where KV `REVOKED` says that the tokens of a device ended."""
    return f"device.{device}"


class Verifier:
    """Verifies access tokens against keys and revocations that are looked up on every call.

    Only the arithmetic of the signature is remembered: a key that is taken away, a revocation and
    the end of the token's life count at once, remembered or not.
    """

    def __init__(
        self,
        key_of: Callable[[str], PublicKey | None],
        revocation_of: Callable[[str], Revocation | None],
    ) -> None:
        self._key_of = key_of
        self._revocation_of = revocation_of
        self._seen: dict[str, tuple[PublicKey, str, AccessClaims]] = {}

    def verify(self, token: str, now: float | None = None) -> AccessClaims:
        """What the token says, where it holds at `now` (seconds; the present if not given).

        Raises:
            Refusal: `auth.token_invalid`, `auth.token_expired` or `auth.revoked`.
        """
        claims = self._remembered(token) or self._decoded(token)
        if now is None:
            now = ids.now_ms() / 1_000
        if claims.exp + LEEWAY_SECONDS <= now:
            self._seen.pop(token, None)
            raise Refusal(Code.TOKEN_EXPIRED)
        if self.revoked(claims):
            raise Refusal(Code.REVOKED)
        return claims

    def revoked(self, claims: AccessClaims) -> bool:
        """Whether the person or the device was signed out after this token was issued."""
        return any(
            found is not None and claims.iat <= found.before
            for found in (
                self._revocation_of(user_key(claims.sub)),
                self._revocation_of(device_key(claims.dev)),
            )
        )

    def _remembered(self, token: str) -> AccessClaims | None:
        found = self._seen.get(token)
        if found is None:
            return None
        key, kid, claims = found
        known = self._key_of(kid)
        if known is None or known.x != key.x:
            del self._seen[token]
            return None
        return claims

    def _decoded(self, token: str) -> AccessClaims:
        try:
            if len(token) > MAX_TOKEN_LENGTH:
                raise Refusal(Code.TOKEN_INVALID)
            kid = str(jwt.get_unverified_header(token).get("kid"))
            key = self._key_of(kid)
            if key is None:
                raise Refusal(Code.TOKEN_INVALID)
            payload = jwt.decode(
                token,
                _public_key(key),
                algorithms=[ALGORITHM],
                options=_TIMES_ARE_CHECKED_HERE,
            )
            claims = msgspec.convert(payload, AccessClaims)
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError):
            raise Refusal(Code.TOKEN_INVALID) from None
        while len(self._seen) >= REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[token] = (key, kid, claims)
        return claims


def _public_key(key: PublicKey) -> Ed25519PublicKey:
    try:
        raw = base64.urlsafe_b64decode(key.x + "=" * (-len(key.x) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    return Ed25519PublicKey.from_public_bytes(raw)
