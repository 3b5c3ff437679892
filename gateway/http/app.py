"""The ASGI application of a gateway: the routes, and what is wrapped around them."""

from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException

from contracts.auth import AccessClaims
from contracts.errors import Refusal
from gateway.exchange import Exchange
from gateway.http.auth import AuthController
from gateway.http.desk import Desk
from gateway.http.doors import App, Doors
from gateway.http.health import health
from gateway.http.problems import on_failure, on_http_exception, on_refusal
from gateway.http.website import website
from gateway.http.websocket import connect
from gateway.settings import GatewaySettings
from gateway.static import Site

MAX_BODY_BYTES = 64 * 1024 + 1
"""A picture of the greatest size, and one byte to see that it is greater."""


def make_app(
    exchange: Exchange, settings: GatewaySettings, verify: Callable[[str], AccessClaims]
) -> App:
    """Everything that the public port answers."""
    desk = Desk(exchange.services, verify)
    site = Site(settings.web_root)
    inner = Litestar(
        route_handlers=[connect, AuthController, health, *website],
        dependencies={
            "exchange": _given(exchange),
            "settings": _given(settings),
            "desk": _given(desk),
            "site": _given(site),
        },
        exception_handlers={
            Refusal: on_refusal,
            HTTPException: on_http_exception,
            Exception: on_failure,
        },
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    return Doors(inner, settings)  # pyright: ignore[reportArgumentType]


def _given(part: Any) -> Provide:
    return Provide(lambda: part, sync_to_thread=False, use_cache=True)
