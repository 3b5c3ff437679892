"""Who people are: names, words, pictures."""

from contracts.auth import (
    MAX_AVATAR_BYTES,
    Avatar,
    FetchAvatar,
    FetchProfiles,
    FindAmong,
    FindPeople,
    ProfileChanged,
    Profiles,
    SetAvatar,
    UpdateProfile,
)
from contracts.base import Millis
from contracts.errors import Code, Refusal
from runtime.serve import Call, Table
from services.auth.accounts import Accounts
from services.auth.domain import account as accounts_
from services.auth.domain import names, pictures
from services.auth.domain.account import Account, profile
from services.auth.domain.names import NameRefused
from services.auth.domain.pictures import PictureRefused
from services.auth.outbox import Outbox
from services.auth.pictures import Pictures


class People:
    """Commands about profiles."""

    def __init__(self, accounts: Accounts, stored: Pictures, outbox: Outbox) -> None:
        self._accounts = accounts
        self._pictures = stored
        self._outbox = outbox

    def table(self) -> Table:
        """The commands answered here."""
        return {
            UpdateProfile: self.update_profile,
            SetAvatar: self.set_avatar,
            FetchAvatar: self.fetch_avatar,
            FetchProfiles: self.fetch_profiles,
            FindPeople: self.find_people,
            FindAmong: self.find_among,
        }

    async def update_profile(self, call: Call, command: UpdateProfile) -> ProfileChanged:
        """Other words about oneself."""
        fields: dict[str, str] = {}
        if command.display_name is not None:
            try:
                fields["display_name"] = names.display_name_of(command.display_name)
            except NameRefused:
                raise Refusal(Code.NAME_INVALID, field="$.display_name") from None
        if command.bio is not None:
            fields["bio"] = names.words_of(command.bio)
        account = await self._accounts.change(
            call.person.user, lambda known: _changed(known, call.at, fields)
        )
        await self._outbox.flush(account)
        return ProfileChanged(profile=profile(account))

    async def set_avatar(self, call: Call, command: SetAvatar) -> ProfileChanged:
        """Another picture, or none."""
        user, digest = call.person.user, None
        if command.picture is not None:
            if len(command.picture) > MAX_AVATAR_BYTES:
                raise Refusal(Code.AVATAR_INVALID, field="$.picture")
            try:
                media_type = pictures.media_type_of(command.picture)
            except PictureRefused:
                raise Refusal(Code.AVATAR_INVALID, field="$.picture") from None
            digest = pictures.digest_of(command.picture)
            await self._pictures.put(user, digest, media_type, command.picture, call.at)
        account = await self._accounts.change(
            user, lambda known: accounts_.with_avatar(_present(known), digest, call.at)
        )
        await self._outbox.flush(account)
        return ProfileChanged(profile=profile(account))

    async def fetch_avatar(self, _: Call, command: FetchAvatar) -> Avatar:
        """Somebody's picture."""
        account = await self._accounts.get(command.user)
        found = (
            await self._pictures.get(account.id, account.avatar)
            if account and account.avatar
            else None
        )
        if found is None:
            raise Refusal(Code.USER_UNKNOWN, field="$.user")
        return found

    async def fetch_profiles(self, _: Call, command: FetchProfiles) -> Profiles:
        """Who these are."""
        return Profiles(profiles=[profile(a) for a in await self._accounts.many(command.users)])

    async def find_people(self, _: Call, command: FindPeople) -> Profiles:
        """People whose name begins so."""
        prefix = names.key_of(command.prefix)
        found = await self._accounts.find(prefix, command.limit) if prefix else []
        return Profiles(profiles=[profile(account) for account in found])

    async def find_among(self, _: Call, command: FindAmong) -> Profiles:
        """People of a room, say, whose name begins so."""
        prefix = names.key_of(command.prefix)
        found = (
            await self._accounts.find_among(command.users, prefix, command.limit) if prefix else []
        )
        return Profiles(profiles=[profile(account) for account in found])


def _present(account: Account) -> Account:
    if account.gone:
        raise Refusal(Code.REVOKED)
    return account


def _changed(account: Account, at: Millis, fields: dict[str, str]) -> Account:
    return accounts_.changed(_present(account), at, **fields)
