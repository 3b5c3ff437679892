"""The keys that sign access tokens: kept in the store, their public halves in KV `KEYS`."""

import asyncio
import base64
import contextlib

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.errors import Error as NatsError
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue
from pymongo.errors import DuplicateKeyError, PyMongoError

from contracts.auth import AccessClaims, PublicKey
from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.streams import KEYS
from runtime import ids, log, watch
from runtime.bus import Bus
from runtime.codec import decode_as, encode
from runtime.tokens import ALGORITHM, LEEWAY_SECONDS
from services.auth.domain.keys import Plan, Rotation, SigningKey, plan
from services.auth.settings import AuthSettings
from services.auth.store import SigningKeyDocument

LEAD_MS = 120_000
"""A new key is known everywhere two minutes before it signs; replicas read the keys far oftener."""

LOOK_SECONDS = 20.0
DAY_MS = 86_400_000

_logger = log.get("keyring")


class Keyring:
    """Signs with the key of the moment, and replaces it in time."""

    def __init__(self, bus: Bus, settings: AuthSettings, *, lead_ms: int = LEAD_MS) -> None:
        self._bus = bus
        # An old key verifies while a token that a slow replica signed late can be alive.
        tail = (settings.access_seconds + LEEWAY_SECONDS) * 1_000 + lead_ms
        every = max(int(settings.key_days * DAY_MS), lead_ms)
        self._rotation = Rotation(every=every, lead=lead_ms, tail=tail)
        self._look = asyncio.Event()
        self._signs: tuple[str, Ed25519PrivateKey] | None = None

    def sign(self, claims: AccessClaims) -> str:
        """The token that says this."""
        if self._signs is None:
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0)
        kid, private = self._signs
        said = {k: v for k, v in msgspec.to_builtins(claims).items() if v is not None}
        return jwt.encode(said, private, ALGORITHM, headers={"kid": kid})

    async def look(self, at: Millis) -> None:
        """Brings keys, KV `KEYS` and the signing key to what holds at `at`.

        A key signs here only once it has been published.
        """
        plan = await self._planned(at)
        await self._publish(plan)
        for key in plan.remove:
            await SigningKeyDocument.find({"_id": key.generation}).delete()
            _logger.info("keyring.removed", kid=key.kid)
        if plan.signs is not None:
            private = Ed25519PrivateKey.from_private_bytes(plan.signs.private)
            self._signs = (plan.signs.kid, private)

    async def run(self) -> None:
        """Looks again and again, and at once after `look_soon`."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), LOOK_SECONDS)
            self._look.clear()
            try:
                await self.look(ids.now_ms())
            except (PyMongoError, NatsError, OSError) as error:
                # The present key goes on signing, and verifies until long after its time.
                _logger.warning("keyring.look_failed", kind=type(error).__name__)

    async def look_soon(self) -> None:
        """Has `run` look now: the broker is back, and may have lost what it held."""
        self._look.set()

    async def _planned(self, at: Millis) -> Plan:
        found = plan(await self._stored(), at, self._rotation)
        if found.wanted is None:
            return found
        generation, signs_from = found.wanted
        try:
            await _new_key(generation, at, signs_from).insert()
            _logger.info("keyring.made", generation=generation)
        except DuplicateKeyError:
            _logger.info("keyring.made_by_another", generation=generation)
        return plan(await self._stored(), at, self._rotation)

    async def _stored(self) -> list[SigningKey]:
        return [
            SigningKey(
                generation=found.id,
                kid=found.kid,
                private=found.private,
                public=found.public,
                created_at=found.created_at,
                signs_from=found.signs_from,
            )
            for found in await SigningKeyDocument.find_all().to_list()
        ]

    async def _publish(self, plan: Plan) -> None:
        bucket = await self._bus.ensure_bucket(KEYS)
        wanted = {
            key.kid: PublicKey(
                x=base64.urlsafe_b64encode(key.public).rstrip(b"=").decode(),
                created_at=key.created_at,
                retired_at=plan.retired.get(key.kid),
            )
            for key in plan.verifies
        }
        published = set(await watch.keys(self._bus, KEYS))
        for kid, key in wanted.items():
            await _put(bucket, kid, key)
        for kid in published - wanted.keys():
            await bucket.delete(kid)


async def _put(bucket: KeyValue, kid: str, key: PublicKey) -> None:
    try:
        entry = await bucket.get(kid)
    except KeyNotFoundError:
        entry = None
    if entry is not None and entry.value and decode_as(PublicKey, entry.value) == key:
        return
    try:
        if entry is None:
            await bucket.create(kid, encode(key))
        else:
            await bucket.update(kid, encode(key), last=entry.revision)
    except KeyWrongLastSequenceError:
        # Another replica wrote in between, and from the same stored keys.
        _logger.info("keyring.published_by_another", kid=kid)


def _new_key(generation: int, at: Millis, signs_from: Millis) -> SigningKeyDocument:
    private = Ed25519PrivateKey.generate()
    return SigningKeyDocument(
        id=generation,
        kid=ids.new_id(),
        private=private.private_bytes_raw(),
        public=private.public_key().public_bytes_raw(),
        created_at=at,
        signs_from=signs_from,
    )
