"""Passwords are hashed off the event loop, a bounded number at a time, after a bounded wait."""

import asyncio
import base64
import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from contracts.errors import Code, Refusal
from services.auth.domain import passwords
from services.auth.settings import AuthSettings

T = TypeVar("T")

HASH_SECONDS = 0.2
"""What a hash is taken to cost before the first was measured (0.15–0.18 s on a small machine)."""

NEWEST_COUNTS = 0.2
"""Weight of the last hash in the running mean: a machine that gets busy is noticed in a few."""


@cache
def common_passwords() -> frozenset[str]:
    """The 30 000 commonest passwords, folded. The first call takes 40 ms: not at start."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(password.casefold() for password in FREQUENCY_LISTS["passwords"])


class Hasher:
    """Argon2id (RFC 9106) with the parameters of the settings."""

    def __init__(self, settings: AuthSettings) -> None:
        cost, memory, lanes = (
            settings.argon2_time_cost,
            settings.argon2_memory_kib,
            settings.argon2_parallelism,
        )
        self._hashes = PasswordHash((Argon2Hasher(cost, memory, lanes),))
        # Verified where there is no account: as slow as a real one, and right for no password.
        self._nobodys = f"$argon2id$v=19$m={memory},t={cost},p={lanes}${_random(16)}${_random(32)}"
        self._lane = asyncio.Semaphore(settings.hash_lanes)
        self._lanes = settings.hash_lanes
        self._longest_wait = settings.hash_wait_seconds
        self._seconds = HASH_SECONDS
        self._inside = 0

    async def hash(self, password: str) -> str:
        """The hash to be stored.

        Raises:
            Refusal: `request.unavailable`, with when to come back, where too many wait already.
        """
        return await self._run(lambda: self._hashes.hash(passwords.normal(password)))

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash where the stored one has old parameters.

        Without a stored hash the answer is no, after as much work.

        Raises:
            Refusal: as `hash`.
        """
        against = stored or self._nobodys
        return await self._run(
            lambda: self._hashes.verify_and_update(passwords.normal(password), against)
        )

    async def easy_to_guess(self, password: str, key: str) -> bool:
        """Whether the password is refused for being common or hardly more than the name."""
        common = await asyncio.to_thread(common_passwords)
        return passwords.easy_to_guess(passwords.normal(password), key, common)

    async def _run(self, work: Callable[[], T]) -> T:
        wait = self._seconds * max(0, self._inside + 1 - self._lanes) / self._lanes
        if wait > self._longest_wait:
            raise Refusal(Code.UNAVAILABLE, retry_after=round(wait, 1))
        self._inside += 1
        try:
            async with self._lane:
                began = time.perf_counter()
                result = await asyncio.to_thread(work)
                taken = time.perf_counter() - began
        finally:
            self._inside -= 1
        self._seconds += (taken - self._seconds) * NEWEST_COUNTS
        return result


def _random(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
