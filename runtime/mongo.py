"""The one seam in front of storage: a motor client, and beanie's documents on it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from beanie import Document, init_beanie
from bson.codec_options import TypeDecoder, TypeRegistry
from bson.int64 import Int64
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import ConnectionFailure, ServerSelectionTimeoutError

from runtime.settings import StoreSettings

Database = AsyncIOMotorDatabase[dict[str, Any]]
Client = AsyncIOMotorClient[dict[str, Any]]


class _PlainInt(TypeDecoder):
    """Whole numbers come back as `int`, not as a kind of it that other encoders don't know."""

    @property
    def bson_type(self) -> type[Int64]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Int64

    def transform_bson(self, value: Any) -> int:
        return int(value)


async def connect(
    settings: StoreSettings, documents: Sequence[type[Document]], patience: float = 30.0
) -> tuple[Client, Database]:
    """Opens the store and makes the documents' indexes; waits for a store that is not up yet.

    Raises:
        TimeoutError: no store within `patience` seconds.
    """
    client: Client = AsyncIOMotorClient(
        settings.mongodb_url,
        # A dead store is a refusal after seconds ("away for now"), not a hang of half a minute.
        serverSelectionTimeoutMS=3_000,
        connectTimeoutMS=2_000,
        maxPoolSize=20,
        tz_aware=True,
        type_registry=TypeRegistry([_PlainInt()]),
    )
    database = client[settings.mongodb_database]
    async with asyncio.timeout(patience):
        while True:
            try:
                await database.command("ping")
            except (ConnectionFailure, ServerSelectionTimeoutError):
                await asyncio.sleep(0.2)
            else:
                break
    await init_beanie(database=database, document_models=list(documents))  # pyright: ignore[reportArgumentType]
    return client, database
