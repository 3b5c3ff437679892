"""Asks services for someone who came by HTTP."""

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Request

from contracts.auth import AccessClaims
from contracts.base import Command, Reply, tag_of
from contracts.callers import Account, Anonymous, Caller, Guest, Person
from contracts.contract import Via
from contracts.errors import Code, Error, Refusal, RefusedByPeer
from contracts.registry import BY_TAG, REPLIES
from gateway.asking import Services, header_of
from runtime.codec import Decoder, encode

R = TypeVar("R", bound=Reply)
AnyRequest = Request[Any, Any, Any]

AGENT_CHARS = 200
"""Of `User-Agent`; more would only fill logs and headers."""

_decode: Decoder[Any] = Decoder(REPLIES)


class Desk:
    """Turns a request's credentials into a caller, and a command into its reply."""

    def __init__(self, services: Services, verify: Callable[[str], AccessClaims]) -> None:
        self._services = services
        self._verify = verify

    async def ask(self, request: AnyRequest, command: Command, reply: type[R]) -> R:
        """Asks for whoever sent the request.

        Raises:
            Refusal: they may not, or the service refused.
        """
        contract = BY_TAG[tag_of(type(command))]
        if Via.HTTP not in contract.via:
            raise Refusal(Code.UNKNOWN)
        caller = self._caller(request, contract.callers)
        answer = _decode(await self._services.ask(header_of(caller), contract.tag, encode(command)))
        if isinstance(answer, Error):
            raise RefusedByPeer(answer)
        if not isinstance(answer, reply):
            raise TypeError(f"{contract.tag} was answered by {tag_of(type(answer))}")
        return answer

    def person(self, request: AnyRequest) -> Person:
        """Who is signed in.

        Raises:
            Refusal: nobody is.
        """
        caller = self._caller(request, (Account, Guest))
        if isinstance(caller, Account | Guest):
            return caller
        raise Refusal(Code.SIGN_IN_REQUIRED)

    def _caller(self, request: AnyRequest, callers: tuple[type, ...]) -> Caller:
        address: str = request.scope["state"]["address"]
        agent = agent_of(request.headers.get("user-agent"))
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token or callers == (Anonymous,):
            if Anonymous not in callers:
                raise Refusal(Code.SIGN_IN_REQUIRED)
            return Anonymous(address=address, agent=agent)
        claims = self._verify(token.strip())
        if claims.room is None:
            return Account(user=claims.sub, device=claims.dev, address=address, agent=agent)
        return Guest(
            user=claims.sub, device=claims.dev, room=claims.room, address=address, agent=agent
        )


def agent_of(header: str | None) -> str:
    """What the client calls itself, fit for a header: printable ASCII, and not long."""
    return "".join(c for c in header or "" if " " <= c <= "~")[:AGENT_CHARS]
