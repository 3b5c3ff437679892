"""Accounts, devices and profiles: what `services/auth` is asked and what it tells."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contracts.base import Command, Fact, Millis, Reply, Value
from contracts.ids import Attempt, Device, Invite, Room, User

# Wider than what is accepted, so that the answer can name the rule (auth.name_invalid,
# auth.password_length) instead of saying that a field is not valid.
Name = Annotated[str, Meta(max_length=256, description="Sign-in name: 2–32 after NFKC.")]
Password = Annotated[str, Meta(max_length=4096, description="8–256 characters.")]
Token = Annotated[str, Meta(min_length=1, max_length=4096)]
DisplayName = Annotated[str, Meta(max_length=64)]
Bio = Annotated[str, Meta(max_length=500)]
DeviceLabel = Annotated[str, Meta(max_length=120, description="“Firefox on Linux”.")]

MAX_AVATAR_BYTES = 64 * 1024
"""A 256-pixel WebP is about 15 KiB; this leaves room and still fits one bus message."""


class Profile(Value, frozen=True, kw_only=True):
    """What everyone may know of a person. `avatar` is the path of the picture, or none."""

    user: User
    name: str
    display_name: str
    bio: str = ""
    avatar: str | None = None
    guest: bool = False
    gone: Annotated[bool, Meta(description="The account was deleted.")] = False
    last_online: Millis | None = None
    revision: int = 0


class Register(Command, frozen=True, kw_only=True, tag="auth.register"):
    """Makes an account and signs in.

    A repeat with the same `attempt`, name and password within ten minutes signs in to the account
    that the first one made, in place of the sign-in whose answer was lost.
    """

    name: Name
    password: Password
    display_name: DisplayName = ""
    device_label: DeviceLabel = ""
    attempt: Attempt | None = None


class LogIn(Command, frozen=True, kw_only=True, tag="auth.log_in"):
    """Signs in with name and password."""

    name: Name
    password: Password
    device_label: DeviceLabel = ""


class EnterAsGuest(Command, frozen=True, kw_only=True, tag="auth.enter_as_guest"):
    """Signs in without an account, by an invite that allows guests, into its one room."""

    invite: Invite
    display_name: Annotated[str, Meta(min_length=1, max_length=64)]
    device_label: DeviceLabel = ""


class Refresh(Command, frozen=True, kw_only=True, tag="auth.refresh"):
    """Trades a refresh token for a new pair. An old token used again ends its whole family."""

    refresh_token: Token


class SignedIn(Reply, frozen=True, kw_only=True, tag="auth.signed_in"):
    """A sign-in. The gateway moves `refresh_token` into a cookie; pages never see it."""

    profile: Profile
    device: Device
    access_token: str
    access_expires_at: Millis
    refresh_token: str
    refresh_expires_at: Millis
    guest_room: Room | None = None


class LogOut(Command, frozen=True, kw_only=True, tag="auth.log_out"):
    """Ends this device's sign-in: its refresh family, access tokens and live connections."""


class LogOutEverywhere(Command, frozen=True, kw_only=True, tag="auth.log_out_everywhere"):
    """Ends every sign-in of this person, this one included."""


class ChangePassword(Command, frozen=True, kw_only=True, tag="auth.change_password"):
    """Sets a new password; every other device is signed out."""

    current: Password
    new: Password


class DeleteAccount(Command, frozen=True, kw_only=True, tag="auth.delete_account"):
    """Removes the account for good. Its rooms pass on or end; its messages stay, unnamed."""

    password: Password


class UpdateProfile(Command, frozen=True, kw_only=True, tag="auth.update_profile"):
    """Changes what is given and leaves the rest."""

    display_name: DisplayName | None = None
    bio: Bio | None = None


class SetAvatar(Command, frozen=True, kw_only=True, tag="auth.set_avatar"):
    """Sets one's picture (PNG, JPEG or WebP, at most 64 KiB), or removes it."""

    picture: Annotated[bytes, Meta(max_length=MAX_AVATAR_BYTES + 1)] | None


class ProfileChanged(Reply, frozen=True, kw_only=True, tag="auth.profile_changed"):
    """The profile as it is now."""

    profile: Profile


class FetchAvatar(Command, frozen=True, kw_only=True, tag="auth.fetch_avatar"):
    """Asks for a person's picture."""

    user: User


class Avatar(Reply, frozen=True, kw_only=True, tag="auth.avatar"):
    """A picture and its media type; `digest` is its address's last part."""

    picture: bytes
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    digest: str


class FetchProfiles(Command, frozen=True, kw_only=True, tag="auth.profiles"):
    """Asks who people are. Unknown ids are left out of the answer."""

    users: Annotated[list[User], Meta(min_length=1, max_length=100)]


class Profiles(Reply, frozen=True, kw_only=True, tag="auth.profiles_found"):
    """The profiles of those that exist."""

    profiles: list[Profile]


class FindPeople(Command, frozen=True, kw_only=True, tag="auth.find_people"):
    """Finds people by the beginning of their name."""

    prefix: Annotated[str, Meta(min_length=1, max_length=32)]
    limit: Annotated[int, Meta(ge=1, le=50)] = 20


class FindAmong(Command, frozen=True, kw_only=True, tag="auth.find_among"):
    """Finds, among these, people whose name or a word of it begins so; guests, too."""

    prefix: Annotated[str, Meta(min_length=1, max_length=32)]
    users: Annotated[list[User], Meta(min_length=1, max_length=1000)]
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class DeviceInfo(Value, frozen=True, kw_only=True):
    """A signed-in device of one's own."""

    device: Device
    label: str
    created_at: Millis
    last_used_at: Millis
    current: bool = False


class ListDevices(Command, frozen=True, kw_only=True, tag="auth.devices"):
    """Asks for one's signed-in devices."""


class Devices(Reply, frozen=True, kw_only=True, tag="auth.devices_found"):
    """One's devices, the last used first."""

    devices: list[DeviceInfo]


class RevokeDevice(Command, frozen=True, kw_only=True, tag="auth.revoke_device"):
    """Signs out another device of one's own; its connections close within a second."""

    device: Device


class AccountCreated(Fact, frozen=True, kw_only=True, tag="auth.account_created"):
    """Someone registered."""

    profile: Profile
    at: Millis


class AccountDeleted(Fact, frozen=True, kw_only=True, tag="auth.account_deleted"):
    """An account is gone: give its things away."""

    user: User
    at: Millis


class ProfileUpdated(Fact, frozen=True, kw_only=True, tag="auth.profile_updated"):
    """Someone's name, words or picture changed."""

    profile: Profile
    at: Millis


class AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token says (JWT, RFC 7519; EdDSA, RFC 8037; `kid` in its header).

    Times are seconds, as RFC 7519 has them. `room` is there for guests only.
    """

    sub: User
    dev: Device
    iat: int
    exp: int
    room: Room | None = None


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `KEYS` under the key id: an Ed25519 key that verifies access tokens."""

    x: Annotated[str, Meta(description="The public key, base64url (RFC 8037 §2).")]
    created_at: Millis
    retired_at: Millis | None = None


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `REVOKED` under `user.<user>` or `device.<device>`.

    Access tokens issued at or before `before` (seconds, like `iat`) are refused.
    """

    before: int
