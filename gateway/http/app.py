"""The ASGI application of a gateway: the routes, and what is wrapped around them."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from contracts.auth import MAX_AVATAR_BYTES, AccessClaims
from contracts.errors import Refusal
from gateway.exchange import Exchange
from gateway.http import openapi
from gateway.http.auth import AuthController
from gateway.http.desk import Desk
from gateway.http.doors import App, Doors
from gateway.http.health import health
from gateway.http.me import MeController, avatar
from gateway.http.people import people, profiles
from gateway.http.problems import on_failure, on_http_exception, on_refusal
from gateway.http.rooms import RoomsController, invite
from gateway.http.website import website
from gateway.http.websocket import connect
from gateway.settings import GatewaySettings
from gateway.static import Site

MAX_BODY_BYTES = MAX_AVATAR_BYTES + 1
"""A picture of the greatest size, and one byte to see that it is greater."""

ROUTES: list[ControllerRouterHandler] = [
    connect,
    AuthController,
    MeController,
    avatar,
    people,
    profiles,
    RoomsController,
    invite,
    health,
    openapi.as_json,
    openapi.as_page,
    *website,
]
"""Everything that the public port answers."""

PARTS = ("exchange", "settings", "desk", "site")
"""What handlers may ask for by these names."""


def make_app(
    exchange: Exchange, settings: GatewaySettings, verify: Callable[[str], AccessClaims]
) -> App:
    """The application, wired."""
    parts = {
        "exchange": exchange,
        "settings": settings,
        "desk": Desk(exchange.services, verify),
        "site": Site(settings.web_root),
    }
    inner: Any = Litestar(route_handlers=ROUTES, **options(parts))
    return Doors(inner, settings)


def options(parts: Mapping[str, Any]) -> dict[str, Any]:
    """How Litestar is set up; `parts` are what handlers are given."""
    return {
        "dependencies": {name: _given(parts.get(name)) for name in PARTS},
        "exception_handlers": {
            Refusal: on_refusal,
            HTTPException: on_http_exception,
            Exception: on_failure,
        },
        "request_max_body_size": MAX_BODY_BYTES,
        "openapi_config": openapi.config(),
        "logging_config": None,
    }


def _given(part: Any) -> Provide:
    return Provide(lambda: part, sync_to_thread=False, use_cache=True)
