"""What auth keeps: accounts, pictures, throttles, signing keys and one secret.

Each document is changed as a whole, by compare-and-set on its version: no transaction spans two of
them, here or on any store.
"""

import secrets
from typing import Any, ClassVar

from beanie import Document
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from runtime import mongo
from runtime.process import Process
from services.auth.settings import AuthSettings


class UserDocument(Document):
    """An account. What is searched for stands beside it; `account` is the whole of it."""

    id: str = ""  # pyright: ignore[reportIncompatibleVariableOverride]
    version: int
    key: str | None = None
    shown: str | None = None
    """The folded display name of those who can be found."""
    called: str | None = None
    """All folded names of a person, guests included, to be found among those of a room."""
    waiting_since: int | None = None
    """Since when something in the outbox waits; absent where nothing does."""
    guest_until: int | None = None
    guest_room: str | None = None
    account: dict[str, Any]

    class Settings:
        name = "auth_users"
        # An absent field is outside of a sparse index; a null would collide with the next null.
        keep_nulls = False
        indexes: ClassVar = [
            IndexModel([("key", ASCENDING)], unique=True, sparse=True),
            IndexModel([("shown", ASCENDING)], sparse=True),
            IndexModel([("waiting_since", ASCENDING)], sparse=True),
            IndexModel([("guest_until", ASCENDING)], sparse=True),
            IndexModel([("guest_room", ASCENDING)], sparse=True),
        ]


class AvatarDocument(Document):
    """A picture under `<user>.<digest>`."""

    id: str = ""  # pyright: ignore[reportIncompatibleVariableOverride]
    user: str
    digest: str
    media_type: str
    picture: bytes
    put_at: int

    class Settings:
        name = "auth_avatars"
        indexes: ClassVar = [IndexModel([("user", ASCENDING)])]


class ThrottleDocument(Document):
    """Attempts under a key that tells neither name nor address."""

    id: str = ""  # pyright: ignore[reportIncompatibleVariableOverride]
    version: int
    failures: int
    last: int
    until: int
    forgotten_at: int

    class Settings:
        name = "auth_throttles"
        indexes: ClassVar = [IndexModel([("forgotten_at", ASCENDING)])]


class SigningKeyDocument(Document):
    """A key pair under its generation, so that of two made at once only one is stored."""

    id: int = 0  # pyright: ignore[reportIncompatibleVariableOverride]
    kid: str
    private: bytes
    public: bytes
    created_at: int
    signs_from: int

    class Settings:
        name = "auth_keys"


class SecretDocument(Document):
    """A secret of this deployment."""

    id: str = ""  # pyright: ignore[reportIncompatibleVariableOverride]
    value: bytes

    class Settings:
        name = "auth_secrets"


DOCUMENTS = (UserDocument, AvatarDocument, ThrottleDocument, SigningKeyDocument, SecretDocument)


async def connect(process: Process, settings: AuthSettings) -> None:
    """Opens the store for as long as the process lives."""
    client, _ = await mongo.connect(settings, DOCUMENTS)

    async def close() -> None:
        client.close()

    process.exit.push_async_callback(close)


async def deployment_secret(name: str) -> bytes:
    """256 random bits that all replicas share, made by the first that asks."""
    found = await SecretDocument.get(name)
    if found is None:
        try:
            return (await SecretDocument(id=name, value=secrets.token_bytes(32)).insert()).value
        except DuplicateKeyError:
            found = await SecretDocument.get(name)
            assert found is not None
    return found.value
