"""Keeps what accounts promise: facts are recorded, tokens revoked, people told.

A promise is stored with the change that made it, so a crash or a broker that is away delays it and
does not lose it. Each can be kept twice without harm.
"""

import asyncio

from nats.errors import Error as NatsError
from pymongo.errors import PyMongoError

from contracts import subjects
from contracts.auth import AccountCreated, AccountDeleted, ProfileUpdated, Revocation
from contracts.base import Millis
from contracts.errors import Refusal
from contracts.ids import UserId
from contracts.notices import SignedOut
from contracts.streams import REVOKED
from runtime import ids, log
from runtime.bus import Bus
from runtime.codec import encode
from runtime.tokens import LEEWAY_SECONDS, device_key, user_key
from services.auth.accounts import Accounts
from services.auth.domain.account import Account, DropPictures, Promise, RevokeTokens, kept
from services.auth.pictures import Pictures

REVOKED_FOR_SLACK = 60
"""Seconds that a revocation outlives the last token it ends."""

SWEEP_SECONDS = 15.0
OTHERS_TIME_MS = 10_000
"""What waits for less is being told by whoever made the change; older, its teller has died."""

RETRY_SECONDS = 0.5
ON_ITS_WAY_MS = 60_000

_logger = log.get("outbox")


class Outbox:
    """Tells what the accounts' outboxes hold."""

    def __init__(
        self, bus: Bus, accounts: Accounts, pictures: Pictures, access_seconds: int
    ) -> None:
        self._bus = bus
        self._accounts = accounts
        self._pictures = pictures
        self._revoked_for = access_seconds + LEEWAY_SECONDS + REVOKED_FOR_SLACK
        self._behind = asyncio.Event()

    async def flush(self, account: Account) -> None:
        """Keeps the promises of an account now; where that fails, `run` does it soon."""
        if not account.outbox:
            return
        try:
            await self._keep(account)
        except (NatsError, OSError, PyMongoError, Refusal) as error:
            _logger.warning("outbox.behind", kind=type(error).__name__)
            self._behind.set()

    async def run(self) -> None:
        """Keeps what was left behind: at start, after a failure, and now and then."""
        patience = 0
        while True:
            try:
                while waiting := await self._accounts.waiting(ids.now_ms() - patience):
                    for account in waiting:
                        await self._keep(account)
                self._behind.clear()
                patience = OTHERS_TIME_MS
                await asyncio.wait_for(self._behind.wait(), SWEEP_SECONDS)
                patience = 0
            except TimeoutError:
                continue
            except (NatsError, OSError, PyMongoError, Refusal) as error:
                _logger.warning("outbox.still_behind", kind=type(error).__name__)
                patience = 0
            await asyncio.sleep(RETRY_SECONDS)

    async def _keep(self, account: Account) -> None:
        for promise in account.outbox:
            await self._tell(account, promise)
        last = account.outbox[-1].seq
        await self._accounts.change(account.id, lambda found: kept(found, last))

    async def _tell(self, account: Account, promise: Promise) -> None:
        match promise.word:
            case AccountCreated() | AccountDeleted() | ProfileUpdated() as fact:
                await self._bus.record(fact, f"auth.{account.id}.{promise.seq}")
            case SignedOut() as notice:
                await self._bus.tell(subjects.user(account.id), notice)
            case RevokeTokens(device=device, before=before):
                key = user_key(account.id) if device is None else device_key(device)
                await self._revoke(key, Revocation(before=before))
            case DropPictures():
                await self._drop_pictures(account.id, promise.at)

    async def _drop_pictures(self, user: UserId, at: Millis) -> None:
        account = await self._accounts.get(user)
        if account is None:
            return
        # A picture is stored before it is named: one that is on its way must not be taken for old.
        before = ids.now_ms() if account.gone else at - ON_ITS_WAY_MS
        await self._pictures.drop(user, but=account.avatar, before=before)

    async def _revoke(self, key: str, revocation: Revocation) -> None:
        # A put with a time to live, which the client library offers for `create` alone.
        await self._bus.js.publish(
            f"$KV.{REVOKED.name}.{key}",
            encode(revocation),
            stream=f"KV_{REVOKED.name}",
            msg_ttl=self._revoked_for,
        )
