"""An account and what can happen to it: state in, state out.

What others must hear of a change (a fact, a revoked token, a notice) is written into the account
itself, into its outbox, by the same step that makes the change. Whoever stores the state has then
stored the promise to tell.
"""

import hashlib
from typing import Literal

import msgspec

from contracts.auth import AccountCreated, AccountDeleted, Profile, ProfileUpdated
from contracts.base import Millis
from contracts.ids import DeviceId, RoomId, UserId
from contracts.notices import SignedOut
from services.auth.domain.device import DeviceRecord

MAX_DEVICES = 50
"""Sign-ins of one person at a time. The one that was used longest ago makes room for the next."""


ATTEMPT_MS = 600_000
"""How long a registration can be repeated: a few time-outs, and a person who then looks again."""


class RevokeTokens(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="revoke"):
    """Access tokens issued up to `before` (seconds) end: of one device, or of the person."""

    device: DeviceId | None
    before: int


class DropPictures(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="drop_pictures"):
    """Pictures of this person that are not the present one are deleted."""


Why = Literal["logged_out", "revoked", "password_changed", "token_reused", "account_deleted"]
Word = AccountCreated | AccountDeleted | ProfileUpdated | SignedOut | RevokeTokens | DropPictures


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has yet to be told or done outside of the account. `seq` grows from 1."""

    seq: int
    at: Millis
    word: Word


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """The registration that made an account: a hash of its id, and the device it signed in."""

    digest: str
    at: Millis
    device: DeviceId


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person: with a name and a password, or a guest of one room, or gone.

    `key` is the folded name that is unique; guests and those who are gone have none. `version`
    grows with each write, `revision` with each change that others see. Tokens of this person are
    dated after `signed_out_before` (seconds).
    """

    id: UserId
    name: str
    key: str | None
    password: str | None
    display_name: str
    created_at: Millis
    bio: str = ""
    avatar: str | None = None
    room: RoomId | None = None
    guest_until: Millis | None = None
    gone: bool = False
    last_online: Millis | None = None
    revision: int = 1
    signed_out_before: int = 0
    attempt: Attempt | None = None
    devices: tuple[DeviceRecord, ...] = ()
    outbox: tuple[Promise, ...] = ()
    promised: int = 0
    version: int = 1

    @property
    def guest(self) -> bool:
        """Whether this person has no account, only a seat in one room."""
        return self.room is not None

    def device(self, device: DeviceId) -> DeviceRecord | None:
        """A device of this person."""
        return next((found for found in self.devices if found.id == device), None)


replace = msgspec.structs.replace


def profile(account: Account) -> Profile:
    """What everyone may know."""
    avatar = f"/api/avatars/{account.id}/{account.avatar}" if account.avatar else None
    return Profile(
        user=account.id,
        name=account.name,
        display_name=account.display_name,
        bio=account.bio,
        avatar=avatar,
        guest=account.guest,
        gone=account.gone,
        last_online=account.last_online,
        revision=account.revision,
    )


def promise(account: Account, at: Millis, *words: Word) -> Account:
    """The account, with more to tell."""
    more = tuple(
        Promise(seq=account.promised + place, at=at, word=word)
        for place, word in enumerate(words, 1)
    )
    return replace(account, outbox=account.outbox + more, promised=account.promised + len(more))


def kept(account: Account, seq: int) -> Account:
    """The account, once everything up to `seq` has been told."""
    return replace(account, outbox=tuple(p for p in account.outbox if p.seq > seq))


def registered(account: Account, at: Millis) -> Account:
    """A new account, which the others will hear of."""
    return promise(account, at, AccountCreated(profile=profile(account), at=at))


def attempted(account: Account, attempt: str, device: DeviceId, at: Millis) -> Account:
    """The account, with what a repeat of its registration is known by."""
    return replace(account, attempt=Attempt(digest=_digest(attempt), at=at, device=device))


def is_repeat(account: Account, attempt: str | None, at: Millis) -> bool:
    """Whether this is the registration that made the account, once more."""
    made = account.attempt
    if attempt is None or made is None or at >= made.at + ATTEMPT_MS:
        return False
    return made.digest == _digest(attempt)


def registered_again(account: Account, device: DeviceRecord, at: Millis) -> Account:
    """The account, with `device` in place of the one whose sign-in nobody received."""
    assert account.attempt is not None
    lost = account.attempt.device
    account = replace(account, attempt=replace(account.attempt, device=device.id))
    return signed_in(signed_out(account, lost, "revoked", at), device, at)


def signed_in(account: Account, device: DeviceRecord, at: Millis) -> Account:
    """One more device. Those whose time has run out go, and the least used one past the bound."""
    devices = [known for known in account.devices if known.expires_at > at]
    devices.sort(key=lambda known: known.last_used_at)
    surplus = devices[: max(0, len(devices) + 1 - MAX_DEVICES)]
    account = replace(account, devices=(*devices, device))
    for old in surplus:
        account = signed_out(account, old.id, "logged_out", at)
    return account


def signed_out(account: Account, device: DeviceId, why: Why, at: Millis) -> Account:
    """One device less: its tokens end, its connections close. Nothing where it is not there.

    A guest has one device and no way back: with it the guest goes, and leaves the room.
    """
    if account.device(device) is None:
        return account
    if account.guest:
        return deleted(account, why, at)
    rest = tuple(known for known in account.devices if known.id != device)
    return promise(
        replace(account, devices=rest),
        at,
        RevokeTokens(device=device, before=_dates_until(account, at)),
        SignedOut(user=account.id, device=device, why=why),
    )


def signed_out_elsewhere(account: Account, stays: DeviceId, why: Why, at: Millis) -> Account:
    """Only the device `stays` keeps its sign-in."""
    others = [known.id for known in account.devices if known.id != stays]
    rest = tuple(known for known in account.devices if known.id == stays)
    seconds = _dates_until(account, at)
    return promise(
        replace(account, devices=rest),
        at,
        *(RevokeTokens(device=device, before=seconds) for device in others),
        SignedOut(user=account.id, device=None, except_device=stays, before=seconds, why=why),
    )


def signed_out_everywhere(account: Account, why: Why, at: Millis) -> Account:
    """No device keeps its sign-in, and no token issued until now holds."""
    seconds = _dates_until(account, at)
    return promise(
        replace(account, devices=(), signed_out_before=seconds),
        at,
        RevokeTokens(device=None, before=seconds),
        SignedOut(user=account.id, device=None, before=seconds, why=why),
    )


def deleted(account: Account, why: Why, at: Millis) -> Account:
    """The account is gone, and its name free. What stays lets history say who somebody was.

    A guest leaves the chosen name behind, since nothing else tells one guest from another.
    """
    if account.gone:
        return account
    account = signed_out_everywhere(account, why, at)
    return promise(
        replace(
            account,
            name="",
            key=None,
            password=None,
            display_name=account.display_name if account.guest else "",
            bio="",
            avatar=None,
            attempt=None,
            gone=True,
            last_online=None,
            revision=account.revision + 1,
        ),
        at,
        DropPictures(),
        AccountDeleted(user=account.id, at=at),
    )


def changed(account: Account, at: Millis, **fields: str | None) -> Account:
    """The account with other words or another picture, which the others will hear of."""
    if all(getattr(account, name) == value for name, value in fields.items()):
        return account
    account = replace(account, **fields, revision=account.revision + 1)
    return promise(account, at, ProfileUpdated(profile=profile(account), at=at))


def with_avatar(account: Account, digest: str | None, at: Millis) -> Account:
    """The account with this picture, or none; the earlier ones are deleted."""
    after = changed(account, at, avatar=digest)
    return account if after == account else promise(after, at, DropPictures())


def seen(account: Account, at: Millis) -> Account:
    """Last online at `at`, or later. Older news changes nothing, so it may come twice."""
    if account.gone or (account.last_online is not None and account.last_online >= at):
        return account
    return replace(account, last_online=at)


def issued_at(account: Account, at: Millis) -> int:
    """The date (seconds) of an access token made at `at`.

    Revocations end what is dated up to their second; who signs in again within that same second
    gets a token of the next.
    """
    return max(at // 1_000, account.signed_out_before + 1)


def _digest(attempt: str) -> str:
    return hashlib.sha256(attempt.encode()).hexdigest()


def _dates_until(account: Account, at: Millis) -> int:
    """The latest date (seconds) of any token issued until now, by a clock ahead of ours too."""
    latest = max((device.last_used_at for device in account.devices), default=at)
    return max(issued_at(account, at), latest // 1_000)
