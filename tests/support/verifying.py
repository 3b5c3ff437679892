"""A verifier of access tokens, beside those of gateways."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from contracts.auth import PublicKey, Revocation
from contracts.streams import KEYS, REVOKED
from runtime.bus import Bus
from runtime.readmodel import ReadModel
from runtime.tokens import Verifier


@asynccontextmanager
async def open_verifier(bus: Bus) -> AsyncGenerator[Verifier]:
    """A verifier on mirrors of `KEYS` and `REVOKED`; waits until auth has made them."""
    keys = ReadModel(bus, KEYS, PublicKey)
    revoked = ReadModel(bus, REVOKED, Revocation)
    try:
        await keys.start()
        await revoked.start()
        yield Verifier(keys.get, revoked.get)
    finally:
        await keys.stop()
        await revoked.stop()
