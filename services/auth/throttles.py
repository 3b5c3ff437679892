"""Attempts counted in the store, so that every replica counts the same ones."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from pymongo.errors import DuplicateKeyError

from contracts.base import Millis
from contracts.errors import Code, Refusal
from services.auth.domain import throttle
from services.auth.domain.throttle import FRESH, Policy, Record, released
from services.auth.settings import AuthSettings
from services.auth.store import ThrottleDocument

TRIES = 8
"""Rounds of compare-and-set; who loses that often shares the key with a storm of attempts."""

FIRST_WAIT_MS = 1_000


class Success(Enum):
    """What an attempt that went well does to the count of those that did not."""

    FORGETS = "forgets"
    """Who knows the password is no guesser: the slate is clean."""
    RELEASES = "releases"
    """It does not count itself, and clears nobody else who shares the address."""
    COUNTS = "counts"
    """It is what is counted."""


@dataclass(frozen=True)
class Kind:
    """A kind of attempt."""

    policy: Policy
    success: Success


class Throttles:
    """Kinds of attempt, each with a policy of its own."""

    def __init__(self, settings: AuthSettings, secret: bytes) -> None:
        self._secret = secret
        longest = int(settings.throttle_longest_seconds * 1_000)
        memory = int(settings.throttle_memory_seconds * 1_000)

        def kind(free: int, success: Success) -> Kind:
            policy = Policy(free=free, first=FIRST_WAIT_MS, longest=longest, memory=memory)
            return Kind(policy, success)

        self._kinds = {
            "account": kind(settings.login_free_tries, Success.FORGETS),
            "address": kind(settings.address_free_tries, Success.RELEASES),
            "names": kind(settings.names_free_tries, Success.RELEASES),
            "registrations": kind(settings.registrations_free, Success.COUNTS),
        }

    @asynccontextmanager
    async def password_tried(self, key: str, address: str, at: Millis) -> AsyncGenerator[None]:
        """Counts one try at the password of the account `key`, unless the block goes well."""
        async with self.tried("address", address, at), self.tried("account", key, at):
            yield

    @asynccontextmanager
    async def tried(self, name: str, whom: str, at: Millis) -> AsyncGenerator[None]:
        """Counts an attempt of a kind before the block, and then does what its outcome asks for.

        A block that could not be carried through (the server was busy) does not count.

        Raises:
            Refusal: `auth.throttled` with `retry_after`, before the block.
        """
        if name != "account":
            whom = throttle.network_of(whom)
        if not whom:  # a service on its own behalf has no address
            yield
            return
        kind, key = self._kinds[name], throttle.key_of(name, whom, self._secret)
        await self._count(key, at, kind.policy)
        try:
            yield
        except Refusal as refusal:
            if refusal.code is Code.UNAVAILABLE:
                await self._put(key, kind.policy, lambda found: released(found, at))
            raise
        if kind.success is Success.FORGETS:
            await self._put(key, kind.policy, lambda _: FRESH)
        elif kind.success is Success.RELEASES:
            await self._put(key, kind.policy, lambda found: released(found, at))

    async def _count(self, key: str, at: Millis, policy: Policy) -> None:
        for _ in range(TRIES):
            version, record = await self._read(key)
            if wait := throttle.waiting(record, at):
                raise Refusal(Code.THROTTLED, retry_after=wait / 1_000)
            if await self._write(key, version, throttle.attempted(record, at, policy), policy):
                return
        raise Refusal(Code.THROTTLED, retry_after=1.0)

    async def _put(self, key: str, policy: Policy, change: Callable[[Record], Record]) -> None:
        for _ in range(TRIES):
            version, record = await self._read(key)
            if await self._write(key, version, change(record), policy):
                return

    async def sweep(self, at: Millis) -> None:
        """Deletes what is forgotten."""
        await ThrottleDocument.find({"forgotten_at": {"$lte": at}}).delete()

    async def _read(self, key: str) -> tuple[int, Record]:
        found = await ThrottleDocument.get(key)
        if found is None:
            return 0, FRESH
        record = Record(failures=found.failures, last=found.last, until=found.until)
        return found.version, record

    async def _write(self, key: str, version: int, record: Record, policy: Policy) -> bool:
        collection = ThrottleDocument.get_motor_collection()
        document = {
            "_id": key,
            "version": version + 1,
            "failures": record.failures,
            "last": record.last,
            "until": record.until,
            "forgotten_at": throttle.forgotten_at(record, policy),
        }
        if version == 0:
            try:
                await collection.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        written = await collection.replace_one({"_id": key, "version": version}, document)
        return bool(written.matched_count)
