"""Signing in over HTTP: with an account, as a guest by an invite, or with one made for it."""

import secrets
import ssl
from typing import Any, Self

import httpx
import msgspec

from contracts.ids import RoomId, UserId
from runtime.ids import now_ms
from stack.bot.proofs import Prover

_PATIENCE = 30.0
_LABEL = "Parley's bot"
_RENEW_AT = 0.7
"""Of a token's life, when the next one is fetched."""


class NotSignedIn(Exception):
    """The server did not let us in; the message is its own sentence."""


class _Page(msgspec.Struct):
    profile: dict[str, Any]
    access_token: str
    access_expires_at: int
    guest_room: str | None = None


class Account:
    """Somebody signed in on a device. `token` is fresh as long as `keep_fresh` is called."""

    def __init__(self, url: str, trust: ssl.SSLContext | None, *, password: str = "") -> None:
        """`password` is that of an account which goes when we go."""
        self.prover = Prover()
        """The device's key. Peers remember it, and take another one there for a forgery."""
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Origin": url},
            verify=trust or True,
            trust_env=False,
            timeout=_PATIENCE,
        )
        self._page: _Page | None = None
        self._taken_at = 0
        self._password = password

    @classmethod
    async def log_in(
        cls, url: str, name: str, password: str, trust: ssl.SSLContext | None = None
    ) -> Self:
        """Signs in with name and password."""
        form = {"name": name, "password": password, "device_label": _LABEL}
        account = cls(url, trust)
        await account.enter("/api/auth/login", form)
        return account

    @classmethod
    async def visit(
        cls, url: str, invite: str, name: str, trust: ssl.SSLContext | None = None
    ) -> Self:
        """Comes as a guest into the one room that the invite leads to."""
        form = {"invite": invite, "display_name": name, "device_label": _LABEL}
        account = cls(url, trust)
        await account.enter("/api/auth/guest", form)
        return account

    @classmethod
    async def make(cls, url: str, trust: ssl.SSLContext | None = None) -> Self:
        """A new account for the time being; `leave` deletes it."""
        account = cls(url, trust, password=secrets.token_urlsafe(24))
        name = f"bot-{secrets.token_hex(6)}"
        form = {"name": name, "password": account._password, "device_label": _LABEL}
        await account.enter("/api/auth/register", form)
        return account

    @property
    def token(self) -> str:
        """What a connection says hello with."""
        return self._known().access_token

    @property
    def user(self) -> UserId:
        """Who one is."""
        return UserId(self._known().profile["user"])

    @property
    def name(self) -> str:
        """The name one signs in by; others see it where there is no better one."""
        return str(self._known().profile["name"])

    @property
    def guest_room(self) -> RoomId | None:
        """The one room of a guest."""
        room = self._known().guest_room
        return RoomId(room) if room else None

    @property
    def fresh_for(self) -> float:
        """Seconds until the token should be renewed."""
        life = self._known().access_expires_at - self._taken_at
        return max(0.0, (self._taken_at + life * _RENEW_AT - now_ms()) / 1000)

    async def refresh(self) -> str:
        """Trades the cookie for a fresh token."""
        await self.enter("/api/auth/refresh", None)
        return self.token

    async def leave(self) -> None:
        """Signs this device out; an account made for the time being is deleted."""
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            if self._password:
                body = {"password": self._password}
                await self._http.request("DELETE", "/api/auth/account", json=body, headers=headers)
            else:
                await self._http.post("/api/auth/logout", headers=headers)
        finally:
            await self._http.aclose()

    async def enter(self, path: str, form: dict[str, str] | None) -> None:
        """Signs in by one of the ways that HTTP has.

        Raises:
            NotSignedIn: the server did not answer, or said no.
        """
        try:
            answer = await self._http.post(path, json=form)
        except httpx.HTTPError as error:
            raise NotSignedIn(f"{self._http.base_url}: {error or 'no answer'}") from error
        if not answer.is_success:
            raise NotSignedIn(_sentence(answer))
        self._taken_at = now_ms()
        self._page = msgspec.json.decode(answer.content, type=_Page)

    def _known(self) -> _Page:
        assert self._page is not None, "signed in by one of the class methods"
        return self._page


def _sentence(answer: httpx.Response) -> str:
    try:
        problem: dict[str, Any] = answer.json()
    except ValueError:
        return f"status {answer.status_code}"
    return str(problem.get("detail") or problem.get("title") or answer.status_code)
