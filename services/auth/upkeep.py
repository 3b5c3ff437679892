"""What happens by itself: people are seen, guests' time runs out, old throttles are forgotten."""

import asyncio

from pymongo.errors import PyMongoError

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import UserId
from contracts.presence import UserCameOnline, UserWentOffline
from contracts.rooms import RoomEnded
from runtime import ids, log
from runtime.facts import FactTable
from services.auth.accounts import Accounts
from services.auth.domain import account as accounts_
from services.auth.domain.account import Account
from services.auth.outbox import Outbox
from services.auth.throttles import Throttles

SWEEP_SECONDS = 60.0

_logger = log.get("upkeep")


class Upkeep:
    """Follows presence, and sweeps what time has ended."""

    def __init__(self, accounts: Accounts, throttles: Throttles, outbox: Outbox) -> None:
        self._accounts = accounts
        self._throttles = throttles
        self._outbox = outbox

    def facts(self) -> FactTable:
        """The facts of others that are followed here."""
        return {
            UserCameOnline: self.seen,
            UserWentOffline: self.seen,
            RoomEnded: self.room_ended,
        }

    async def seen(self, fact: UserCameOnline | UserWentOffline) -> None:
        """Keeps when somebody was online last."""
        try:
            await self._accounts.change(fact.user, lambda known: accounts_.seen(known, fact.at))
        except Refusal as refusal:
            # A person of a store that is no more; anything else is tried again.
            if refusal.code is not Code.REVOKED:
                raise

    async def room_ended(self, fact: RoomEnded) -> None:
        """Ends the guests of a room that is over: there is nowhere else that they may be."""
        while users := await self._accounts.guests_of(fact.room):
            for user in users:
                await self._outbox.flush(await self._end_guest(user, ids.now_ms()))

    async def run(self) -> None:
        """Sweeps now and then."""
        while True:
            try:
                await self.sweep(ids.now_ms())
            except (PyMongoError, Refusal) as error:
                _logger.warning("upkeep.sweep_failed", kind=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self, at: Millis) -> None:
        """Ends guests whose day is over, and forgets old throttles."""
        await self._throttles.sweep(at)
        while users := await self._accounts.guests_over(at):
            for user in users:
                await self._outbox.flush(await self._end_guest(user, at))

    async def _end_guest(self, user: UserId, at: Millis) -> Account:
        return await self._accounts.change(
            user, lambda known: accounts_.deleted(known, "logged_out", at)
        )
