"""Small verbs for tests of a session: what was sent, why it ends, who it is."""

from typing import Any

import msgspec

from contracts.auth import AccessClaims
from contracts.base import Command
from contracts.closing import Closing
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, GatewayId, RequestId, RoomId, SessionId, UserId
from gateway.effects import Claim, Effect, Send, Shut
from gateway.session import Rules, Session
from runtime.codec import encode
from runtime.ids import new_id

NOW = 86_400_000
"""A steady clock's, a day after it began; it knows nothing of the time of day."""
WALL = 1_700_000_000_000
SESSION = SessionId(new_id())
CLAIMS = AccessClaims(
    sub=UserId(new_id()), dev=DeviceId(new_id()), iat=WALL // 1000, exp=WALL // 1000 + 600
)
TOKENS = {"good": CLAIMS}
REFUSED = {
    "expired": Code.TOKEN_EXPIRED,
    "revoked": Code.REVOKED,
    "forged": Code.TOKEN_INVALID,
}
RULES = Rules(
    gateway=GatewayId(new_id()),
    hello_ms=5_000,
    heartbeat_ms=25_000,
    requests=4,
    rate_factor=1.0,
    mesh_limit=9,
    listener_limit=4,
)


def verify(token: str) -> AccessClaims:
    if token in REFUSED:
        raise Refusal(REFUSED[token])
    return TOKENS[token]


def renewed_claims(seconds: int, **changed: object) -> AccessClaims:
    later = msgspec.structs.replace(CLAIMS, iat=CLAIMS.iat + seconds, exp=CLAIMS.exp + seconds)
    return msgspec.structs.replace(later, **changed)


def fresh(**rules: Any) -> Session:
    """A session that nobody has greeted."""
    rules_ = Rules(**{**{f: getattr(RULES, f) for f in Rules.__slots__}, **rules})
    return Session(rules_, verify, NOW, "192.0.2.1", "test")


def frame(command: Command | dict[str, Any] | bytes, request: str = "1") -> bytes:
    """A request frame around a command, or around anything else."""
    if isinstance(command, dict):
        command = msgspec.json.encode(command)
    elif isinstance(command, Command):
        command = encode(command)
    return b'{"id":"%b","request":%b}' % (request.encode(), command)


def hello(token: str = "good", **fields: Any) -> bytes:
    return frame({"t": "session.hello", "token": token, "versions": [1], **fields})


def greeted(claims: AccessClaims = CLAIMS, **rules: Any) -> Session:
    """A session that is up."""
    session = fresh(**rules)
    TOKENS["this"] = claims
    (claim,) = session.received(hello("this"), NOW, WALL)
    assert isinstance(claim, Claim)
    session.seated(claim.request, SESSION, False, WALL)
    return session


def sent(effects: list[Effect]) -> list[Any]:
    """What goes to the client, decoded."""
    return [msgspec.json.decode(e.data) for e in effects if isinstance(e, Send)]


def replies(effects: list[Effect]) -> list[tuple[str, str]]:
    """The id of each answer, and its tag; of an error, its code."""
    answers = [(one["id"], one["reply"]) for one in sent(effects)]
    return [(i, reply.get("code") if reply["t"] == "error" else reply["t"]) for i, reply in answers]


def closes(effects: list[Effect], closing: Closing) -> bool:
    """Whether the connection ends last of all, for this reason."""
    return bool(effects) and effects[-1] == Shut(closing)


def request(text: str) -> RequestId:
    return RequestId(text)


def room() -> RoomId:
    return RoomId(new_id())
