"""What a sign-in hands out: an access token, and a refresh token for the next one."""

import secrets

from contracts.auth import AccessClaims, SignedIn
from contracts.base import Millis
from contracts.ids import DeviceId
from runtime import ids
from services.auth.domain import device as devices
from services.auth.domain.account import Account, issued_at, profile
from services.auth.domain.device import SECRET_BYTES, DeviceRecord, Lifetime, RefreshToken
from services.auth.keyring import Keyring
from services.auth.settings import AuthSettings

DAY_MS = 86_400_000


class Issuer:
    """Makes devices and their tokens."""

    def __init__(self, keyring: Keyring, settings: AuthSettings, sealing: bytes) -> None:
        self._keyring = keyring
        self._sealing = sealing
        self._access_seconds = settings.access_seconds
        self.life = Lifetime(
            whole=int(settings.refresh_days * DAY_MS),
            idle=int(settings.refresh_idle_days * DAY_MS),
            grace=int(settings.refresh_grace_seconds * 1_000),
        )

    def fresh_secret(self) -> bytes:
        """256 random bits: the next refresh token of some device."""
        return secrets.token_bytes(SECRET_BYTES)

    def new_device(
        self, label: str, secret: bytes, at: Millis, until: Millis | None = None
    ) -> DeviceRecord:
        """A device that has just signed in with the refresh token of `secret`."""
        device = DeviceId(ids.new_id())
        return devices.new_device(device, label, secret, at, self.life, until)

    def read(self, refresh_token: str) -> RefreshToken | None:
        """What a refresh token says, or none where it was never ours."""
        return devices.read(refresh_token, self._sealing)

    def issue(self, account: Account, device: DeviceRecord, secret: bytes, at: Millis) -> SignedIn:
        """The answer to a sign-in by this device."""
        issued = issued_at(account, at)
        expires = issued + self._access_seconds
        if account.guest_until is not None:
            expires = min(expires, account.guest_until // 1_000)
        claims = AccessClaims(
            sub=account.id, dev=device.id, iat=issued, exp=expires, room=account.room
        )
        refresh = RefreshToken(user=account.id, device=device.id, secret=secret)
        return SignedIn(
            profile=profile(account),
            device=device.id,
            access_token=self._keyring.sign(claims),
            access_expires_at=expires * 1_000,
            refresh_token=devices.written(refresh, self._sealing),
            refresh_expires_at=device.expires_at,
            guest_room=account.room,
        )
