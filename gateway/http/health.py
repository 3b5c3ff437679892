"""Whether this gateway is up, for pages and people; machines use the health port."""

from typing import Literal

import msgspec
from litestar import get


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway answers."""

    status: Literal["ok"] = "ok"


@get("/api/health", tags=["health"])
async def health() -> Health:
    """Says that the gateway is up."""
    return Health()
