"""The public port with its two protocols around an application of the test: no bus, no store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from gateway.listener import Listener
from gateway.settings import GatewaySettings

App = Callable[[Any, Any, Any], Awaitable[None]]


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[Listener]:
    """The port, until the test is through with it."""
    listener = Listener(app, GatewaySettings(port=0, drain_seconds=1))
    listener.open()
    await listener.opened()
    try:
        yield listener
    finally:
        await listener.close()
