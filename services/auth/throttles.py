"""Attempts counted in the store, so that every replica counts the same ones."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pymongo.errors import DuplicateKeyError

from contracts.base import Millis
from contracts.errors import Code, Refusal
from services.auth.domain import throttle
from services.auth.domain.throttle import FRESH, Policy, Record
from services.auth.settings import AuthSettings
from services.auth.store import ThrottleDocument

TRIES = 8
"""Rounds of compare-and-set; who loses that often shares the key with a storm of attempts."""

FIRST_WAIT_MS = 1_000


class Throttles:
    """Kinds of attempt, each with a policy of its own."""

    def __init__(self, settings: AuthSettings, secret: bytes) -> None:
        self._secret = secret
        longest = int(settings.throttle_longest_seconds * 1_000)
        memory = int(settings.throttle_memory_seconds * 1_000)

        def policy(free: int) -> Policy:
            return Policy(free=free, first=FIRST_WAIT_MS, longest=longest, memory=memory)

        self._policies = {
            "account": policy(settings.login_free_tries),
            "address": policy(settings.address_free_tries),
            "names": policy(settings.names_free_tries),
            "registrations": policy(settings.registrations_free),
        }

    @asynccontextmanager
    async def password_tried(self, key: str, address: str, at: Millis) -> AsyncGenerator[None]:
        """Counts one try at the password of the account `key`, unless the block goes well."""
        async with self.tried("address", address, at), self.tried("account", key, at):
            yield

    @asynccontextmanager
    async def tried(self, kind: str, whom: str, at: Millis) -> AsyncGenerator[None]:
        """Counts an attempt before the block; takes it back where the block goes well.

        A block that could not be carried through (the server was busy) does not count either.

        Raises:
            Refusal: `auth.throttled` with `retry_after`, before the block.
        """
        if kind != "account":
            whom = throttle.network_of(whom)
        if not whom:  # a service on its own behalf has no address
            yield
            return
        await self.count(kind, whom, at)
        try:
            yield
        except Refusal as refusal:
            if refusal.code is Code.UNAVAILABLE:
                await self._release(kind, whom, at)
            raise
        await self._release(kind, whom, at)

    async def count(self, kind: str, whom: str, at: Millis) -> None:
        """Counts an attempt for good.

        Raises:
            Refusal: `auth.throttled` with `retry_after`; then it does not count.
        """
        policy = self._policies[kind]
        key = throttle.key_of(kind, whom, self._secret)
        for _ in range(TRIES):
            version, record = await self._read(key)
            if wait := throttle.waiting(record, at):
                raise Refusal(Code.THROTTLED, retry_after=wait / 1_000)
            if await self._write(key, version, throttle.attempted(record, at, policy), policy):
                return
        raise Refusal(Code.THROTTLED, retry_after=1.0)

    async def _release(self, kind: str, whom: str, at: Millis) -> None:
        policy = self._policies[kind]
        key = throttle.key_of(kind, whom, self._secret)
        if kind == "account":
            # Who knows the password is no guesser: the slate is clean.
            await ThrottleDocument.get_motor_collection().delete_one({"_id": key})
            return
        for _ in range(TRIES):
            version, record = await self._read(key)
            if await self._write(key, version, throttle.released(record, at), policy):
                return

    async def sweep(self, at: Millis) -> None:
        """Deletes what is forgotten."""
        await ThrottleDocument.find({"forgotten_at": {"$lte": at}}).delete()

    async def _read(self, key: str) -> tuple[int, Record]:
        found = await ThrottleDocument.get(key)
        if found is None:
            return 0, FRESH
        return found.version, Record(failures=found.failures, until=found.until)

    async def _write(self, key: str, version: int, record: Record, policy: Policy) -> bool:
        collection = ThrottleDocument.get_motor_collection()
        document = {
            "_id": key,
            "version": version + 1,
            "failures": record.failures,
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
