"""The one seam in front of storage: a motor client, and beanie's documents on it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from beanie import Document, init_beanie
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import ConnectionFailure, ServerSelectionTimeoutError

from runtime.settings import StoreSettings

Database = AsyncIOMotorDatabase[dict[str, Any]]
Client = AsyncIOMotorClient[dict[str, Any]]


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
