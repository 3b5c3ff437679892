"""A device and its refresh token: a family of tokens in which only the last one works.

A token is `<user>.<device>.<secret>.<seal>`: 256 random bits, and a seal by which we know that it
was once ours. Only the SHA-256 of the secret is kept. Each use trades it for the next; an older one
that turns up again has been copied by somebody, and ends the family.

The very last predecessor is forgiven for a few seconds, since two tabs that refresh at once, and an
answer lost on its way, are no theft. It gets the same successor again: that one is kept encrypted
under the predecessor itself, so it can be opened by who holds that token and by nobody else, us
included.
"""

import base64
import binascii
import hashlib
import hmac
from enum import Enum

import msgspec

from contracts.base import Millis
from contracts.ids import DeviceId, UserId, is_ulid

SECRET_BYTES = 32
SEAL_BYTES = 16


class DeviceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in device, its present refresh token (hashed) and the one before.

    `ends_at` bounds its life however much it is used, `idle_until` moves with each use. `sealed` is
    the present secret, encrypted under the previous one.
    """

    id: DeviceId
    label: str
    created_at: Millis
    last_used_at: Millis
    ends_at: Millis
    idle_until: Millis
    token: bytes
    previous: bytes = b""
    sealed: bytes = b""
    rotated_at: Millis = 0

    @property
    def expires_at(self) -> Millis:
        """When its refresh token stops working, unused."""
        return min(self.ends_at, self.idle_until)


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """How long refresh tokens live, in milliseconds."""

    whole: int
    idle: int
    grace: int


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh token says once it is known to be one of ours."""

    user: UserId
    device: DeviceId
    secret: bytes


class Use(Enum):
    """What becomes of a refresh token that is presented."""

    ROTATED = "rotated"
    FORGIVEN = "forgiven"
    EXPIRED = "expired"
    REUSED = "reused"


def new_device(
    device: DeviceId, label: str, secret: bytes, at: Millis, life: Lifetime, until: Millis | None
) -> DeviceRecord:
    """A device that has just signed in. `until` ends it earlier than its lifetime would."""
    ends_at = at + life.whole
    return DeviceRecord(
        id=device,
        label=label,
        created_at=at,
        last_used_at=at,
        ends_at=ends_at if until is None else min(ends_at, until),
        idle_until=at + life.idle,
        token=_hashed(secret),
    )


def use(
    device: DeviceRecord, presented: bytes, fresh: bytes, at: Millis, life: Lifetime
) -> tuple[Use, DeviceRecord, bytes]:
    """What the secret `presented` brings: the verdict, the device then, and the secret to hand out.

    `fresh` becomes the next secret if the present one was presented.
    """
    hashed = _hashed(presented)
    if at >= device.expires_at:
        return Use.EXPIRED, device, b""
    if hmac.compare_digest(hashed, device.token):
        after = msgspec.structs.replace(
            device,
            token=_hashed(fresh),
            previous=device.token,
            sealed=_under(presented, fresh),
            rotated_at=at,
            last_used_at=at,
            idle_until=at + life.idle,
        )
        return Use.ROTATED, after, fresh
    forgivable = at < device.rotated_at + life.grace
    if forgivable and hmac.compare_digest(hashed, device.previous):
        return Use.FORGIVEN, device, _under(presented, device.sealed)
    return Use.REUSED, device, b""


def written(token: RefreshToken, sealing: bytes) -> str:
    """The token as it travels."""
    parts = (token.secret, _seal(token, sealing))
    return ".".join((token.user, token.device, *map(_text, parts)))


def read(text: str, sealing: bytes) -> RefreshToken | None:
    """The token in `text`, or none where it was never one of ours."""
    parts = text.split(".")
    if len(parts) != 4 or not is_ulid(parts[0]) or not is_ulid(parts[1]):
        return None
    try:
        secret, seal = _bytes(parts[2]), _bytes(parts[3])
    except (binascii.Error, ValueError):
        return None
    token = RefreshToken(user=UserId(parts[0]), device=DeviceId(parts[1]), secret=secret)
    return token if hmac.compare_digest(seal, _seal(token, sealing)) else None


def _seal(token: RefreshToken, sealing: bytes) -> bytes:
    said = f"refresh.{token.user}.{token.device}.".encode() + token.secret
    return hmac.digest(sealing, said, "sha256")[:SEAL_BYTES]


def _hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _under(key: bytes, text: bytes) -> bytes:
    """`text` (32 bytes) encrypted under `key`, or decrypted: a pad that is used for this alone.

    `key` is 256 random bits that hand out one successor, so each pad serves once.
    """
    pad = hashlib.sha256(b"successor." + key).digest()
    return bytes(a ^ b for a, b in zip(pad, text, strict=True))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
# In this order: each names the ones after it too.
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def label_of(agent: str) -> str:
    """“Firefox on Linux”, from a User-Agent header; empty where it names nothing known."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if browser and system else browser or system
