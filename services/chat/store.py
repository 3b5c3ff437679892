"""Calling the store so that its absence is a refusal, and costs others no waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import WriteConcern
from pymongo.errors import ConnectionFailure, ExecutionTimeout

from contracts.errors import Code, Refusal
from runtime.mongo import Database
from services.chat.documents import (
    CursorDocument,
    DeedDocument,
    MarkerDocument,
    MessageDocument,
)

R = TypeVar("R")
Collection = AsyncIOMotorCollection[dict[str, Any]]

PATIENCE = 2.0
"""Seconds for one call; the slowest honest one is a page of a long room, 50 ms."""

COOL_SECONDS = 1.0
"""After a failure calls are refused at once for so long, so that a store that is away does not
cost every request `PATIENCE`."""

_UNJOURNALED = WriteConcern(w=1, j=False)
# With `w`, or the embedded store stays as the last write concern has left it.


class Store:
    """The collections of the index, and the one way to call them."""

    def __init__(self, database: Database, *, index_journaled: bool = True) -> None:
        self.messages = database[MessageDocument.get_settings().name or ""]
        self.deeds = database[DeedDocument.get_settings().name or ""]
        self.cursors = database[CursorDocument.get_settings().name or ""]
        self.markers = database[MarkerDocument.get_settings().name or ""]
        self._index_journaled = index_journaled
        self._away_until = 0.0

    def for_projector(self, collection: Collection) -> Collection:
        """The collection, to write to what the log can make again."""
        if self._index_journaled:
            return collection
        return collection.with_options(write_concern=_UNJOURNALED)

    @property
    def away(self) -> bool:
        """Whether the last call failed so lately that the next is not worth trying."""
        return time.monotonic() < self._away_until

    async def call(self, work: Callable[[], Awaitable[R]], patience: float = PATIENCE) -> R:
        """Does `work`, which calls the store.

        Raises:
            Refusal: the store is away (`request.unavailable`).
        """
        if self.away:
            raise Refusal(Code.UNAVAILABLE, retry_after=COOL_SECONDS)
        try:
            async with asyncio.timeout(patience):
                return await work()
        except (ConnectionFailure, ExecutionTimeout, TimeoutError):
            self._away_until = time.monotonic() + COOL_SECONDS
            raise Refusal(Code.UNAVAILABLE, retry_after=COOL_SECONDS) from None


Document = dict[str, Any]
