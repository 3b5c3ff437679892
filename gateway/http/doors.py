"""The doorway of every request: whose address it is, whether it may come in, how it leaves.

What it finds out stands in the scope's `state`: `address`, and `page_allowed`, whether the page
that sent the request may talk to this gateway.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from litestar.datastructures import Cookie
from litestar.utils import normalize_path

from contracts.errors import Code, Refusal
from gateway import metrics
from gateway.addresses import client_address, counted
from gateway.buckets import Bucket, Pace
from gateway.http.problems import encoded, problem_of
from gateway.origins import origin_allowed, secure_context
from gateway.settings import GatewaySettings
from runtime import ids, trace

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BURST_SECONDS = 20
"""An address that has been quiet may use so many seconds' worth of its limit at once."""

MAX_ADDRESSES = 20_000
"""Addresses whose pace is remembered; those that are rested are forgotten first."""

_SAFE = ("GET", "HEAD", "OPTIONS")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()",
    ),
]
_OPENER = (b"cross-origin-opener-policy", b"same-origin")
"""Heeded on secure pages only; on any other, browsers complain of it in the console."""
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


class Doors:
    """An ASGI application around another: address, origin, pace and headers of each request."""

    def __init__(self, inner: App, settings: GatewaySettings) -> None:
        self._inner = inner
        self._settings = settings
        self._paces: dict[str, Bucket] = {}
        self._headers = [*_HEADERS, *([_STRICT_TRANSPORT] if settings.secure else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        state = scope.setdefault("state", {})
        peer = scope["client"][0] if scope.get("client") else None
        forwarded = [v.decode("latin-1") for k, v in headers if k.lower() == b"x-forwarded-for"]
        state["address"] = client_address(peer, forwarded, self._settings.trusted_proxies)
        state["page_allowed"] = self._page_allowed(headers)
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        trace.current.set(trace.from_header(_header(headers, b"traceparent")))
        leaving = self._leaving(scope, send)
        try:
            self._check(scope)
        except Refusal as refusal:
            await _refuse(refusal, leaving)
            return
        await self._inner(scope, receive, leaving)

    def _page_allowed(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Whether the page that sent this may talk to us."""
        return origin_allowed(
            _header(headers, b"origin"),
            host=_header(headers, b"host"),
            allowed=self._settings.public_origins,
            site=_header(headers, b"sec-fetch-site"),
        )

    def _secure(self, scope: Scope) -> bool:
        """Whether the browser takes what it is answered for a page of a secure place."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        # Believed from anybody: whoever lies is the only one who is answered.
        forwarded = _header(headers, b"x-forwarded-proto") == "https"
        scheme = "https" if self._settings.secure or forwarded else scope["scheme"]
        return secure_context(scheme, _header(headers, b"host"))

    def _check(self, scope: Scope) -> None:
        state = scope["state"]
        if scope["method"] not in _SAFE and not state["page_allowed"]:
            raise Refusal(Code.FORBIDDEN, "This page may not talk to this server.")
        if self._settings.http_per_minute and _asks_api(scope):
            wait = self._bucket(counted(state["address"])).take(ids.steady_ms())
            if wait:
                raise Refusal(Code.RATE_LIMITED, retry_after=round(wait, 1))

    def _bucket(self, address: str) -> Bucket:
        bucket = self._paces.get(address)
        if bucket is None:
            now = ids.steady_ms()
            if len(self._paces) >= MAX_ADDRESSES:
                self._paces = {a: b for a, b in self._paces.items() if not b.rested(now)}
            per_second = self._settings.http_per_minute / 60
            pace = Pace(per_second, max(1.0, per_second * BURST_SECONDS))
            bucket = self._paces[address] = Bucket(pace, now)
        return bucket

    def _leaving(self, scope: Scope, send: Send) -> Send:
        api = _asks_api(scope)
        ours = [*self._headers, _OPENER] if self._secure(scope) else self._headers

        async def leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                named = {name.lower() for name, _ in headers}
                headers += [pair for pair in ours if pair[0] not in named]
                if api and b"cache-control" not in named:
                    headers.append((b"cache-control", b"no-store"))
                cookies: list[Cookie] = scope["state"].get("cookies", [])
                headers += [cookie.to_encoded_header() for cookie in cookies]
                message["headers"] = headers
                if api:
                    metrics.HTTP.labels(f"{message['status'] // 100}xx").inc()
            await send(message)

        return leave


async def _refuse(refusal: Refusal, send: Send) -> None:
    problem = problem_of(refusal)
    body, headers = encoded(problem)
    headers.append((b"content-length", str(len(body)).encode()))
    status = HTTPStatus(problem.status)
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _asks_api(scope: Scope) -> bool:
    """Whether the router will look under `/api`: to it `//api//me/` is `/api/me`."""
    path = normalize_path(scope["path"])
    return path == "/api" or path.startswith("/api/")


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> str | None:
    for key, value in headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return None
