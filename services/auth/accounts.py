"""Accounts in the store: looked up, and changed one whole at a time."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from services.auth.domain import names
from services.auth.domain.account import Account, replace
from services.auth.store import UserDocument

T = TypeVar("T")

TRIES = 20
"""Writers of one account collide when its devices refresh at one moment; each round lets one
through."""

_LAST = "\U0010ffff"


class Accounts:
    """The accounts. No method holds a lock: a change is decided again where another came first."""

    async def get(self, user: UserId) -> Account | None:
        """The account, guest or tombstone with this id."""
        return _account(await UserDocument.get(user))

    async def by_key(self, key: str) -> Account | None:
        """The account with this folded name."""
        return _account(await UserDocument.find_one({"key": key}))

    async def many(self, users: Iterable[UserId]) -> list[Account]:
        """Those of these that exist, in the order of asking."""
        wanted = list(dict.fromkeys(users))
        found = await UserDocument.find({"_id": {"$in": wanted}}).to_list()
        by_id = {document.id: document for document in found}
        return [account for user in wanted if (account := _account(by_id.get(user)))]

    async def add(self, account: Account) -> Account:
        """Stores a new account.

        Raises:
            Refusal: `auth.name_taken`.
        """
        try:
            await UserDocument.get_motor_collection().insert_one(_document(account))
        except DuplicateKeyError:
            raise Refusal(Code.NAME_TAKEN, field="$.name") from None
        return account

    async def change(self, user: UserId, decide: Callable[[Account], Account]) -> Account:
        """Stores what `decide` makes of the account, and gives it back.

        Raises:
            Refusal: what `decide` raises; `auth.revoked` where there is no such account (any
                more); `request.conflict` if others kept coming first.
        """
        account, _ = await self.settle(user, lambda found: (decide(found), None))
        return account

    async def settle(
        self, user: UserId, decide: Callable[[Account], tuple[Account, T]]
    ) -> tuple[Account, T]:
        """As `change`, for a decision that has an outcome besides the account."""
        collection = UserDocument.get_motor_collection()
        for _ in range(TRIES):
            before = await self.get(user)
            if before is None:
                raise Refusal(Code.REVOKED)
            after, outcome = decide(before)
            if after == before:
                return before, outcome
            after = replace(after, version=before.version + 1)
            stored = await collection.replace_one(
                {"_id": user, "version": before.version}, _document(after)
            )
            if stored.matched_count:
                return after, outcome
        raise Refusal(Code.CONFLICT, retry_after=0.5)

    async def find(self, prefix: str, limit: int) -> list[Account]:
        """People whose name, or the name they show, begins so; by name."""
        begins = {"$gte": prefix, "$lt": prefix + _LAST}
        by_name = await UserDocument.find({"key": begins}).sort("key").limit(limit).to_list()
        by_shown = await UserDocument.find({"shown": begins}).sort("shown").limit(limit).to_list()
        found = {document.id: document for document in (*by_name, *by_shown)}
        accounts = [account for document in found.values() if (account := _account(document))]
        return accounts[:limit]

    async def find_among(self, users: Iterable[UserId], prefix: str, limit: int) -> list[Account]:
        """Those of these whose name, or a word of the one they show, begins so; guests, too."""
        # One field and no `$or`, with which the embedded store looks at everybody it keeps.
        query: dict[str, Any] = {
            "_id": {"$in": list(users)},
            "called": {"$regex": rf"(^|\s){re.escape(prefix)}"},
        }
        found = await UserDocument.find(query).limit(limit).to_list()
        return [_known(document) for document in found]

    async def waiting(self, before: Millis, limit: int = 100) -> list[Account]:
        """Accounts with something in the outbox since `before`, the longest waiting first."""
        found = UserDocument.find({"waiting_since": {"$lt": before}}).sort("waiting_since")
        return [_known(document) for document in await found.limit(limit).to_list()]

    async def guests_of(self, room: RoomId, limit: int = 100) -> list[UserId]:
        """Guests of a room who are not gone yet."""
        found = UserDocument.find({"guest_room": room}).limit(limit)
        return [UserId(document.id) for document in await found.to_list()]

    async def guests_over(self, at: Millis, limit: int = 100) -> list[UserId]:
        """Guests whose time has run out and who are not gone yet."""
        found = UserDocument.find({"guest_until": {"$lt": at}}).limit(limit)
        return [UserId(document.id) for document in await found.to_list()]


def _account(document: UserDocument | None) -> Account | None:
    return None if document is None else _known(document)


def _known(document: UserDocument) -> Account:
    return msgspec.convert(document.account, Account)


def _document(account: Account) -> dict[str, Any]:
    document: dict[str, Any] = {
        "_id": account.id,
        "version": account.version,
        # Bytes as base64: the embedded store does not take bytes inside a replaced document.
        "account": msgspec.to_builtins(account),
    }
    if account.key is not None:
        document["key"] = account.key
        document["shown"] = names.key_of(account.display_name)
    if not account.gone:
        document["called"] = f"{names.key_of(account.display_name)}\n{account.key or ''}"
    if account.outbox:
        document["waiting_since"] = account.outbox[0].at
    if account.guest and not account.gone:
        document["guest_until"] = account.guest_until
        document["guest_room"] = account.room
    return document
