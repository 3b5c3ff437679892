"""The server's half of "why does my call not work": relays, certificate, clock, and a real call."""

import ssl
import time
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aioice import stun
from cryptography import x509

from contracts.errors import Refusal
from services.signaling.ice import credential
from stack.bot.account import NotSignedIn
from stack.bot.caller import Sends
from stack.bot.crowd import Orders, Outcome, send
from stack.findings import Finding, absent, bad, good
from stack.reach import Target
from stack.relays import Way, allocate, mapped_address, ways_of

_CREDENTIAL_SECONDS = 120
_CALL_SECONDS = 6.0
_LIGHT = Sends(size=(160, 120), rate=10)
_CLOCK_MS = 2_000
"""Credentials for TURN begin with the time: a clock that is minutes off opens nothing, and one that
is seconds off is on its way there."""
_RENEW_DAYS = 14
_INSTALL = (
    "apt-get install coturn, then start again; or set PARLEY_TURN_URLS and PARLEY_TURN_SECRET"
)


async def examine_calls(target: Target, trust: ssl.SSLContext, *, call: bool) -> list[Finding]:
    """Ask everything that a call stands on; `call` makes one."""
    found = await _relays(target.calls, trust)
    for url in target.gateways:
        if url.startswith("https"):
            found.append(_certificate(url))
    if call and target.gateways:
        found += await _call(target, trust)
    return found


async def _relays(settings: Mapping[str, str], trust: ssl.SSLContext) -> list[Finding]:
    found = [await _stun(way) for way in ways_of(settings.get("PARLEY_STUN_URLS", ""))]
    relays = ways_of(settings.get("PARLEY_TURN_URLS", ""))
    if not relays:
        detail = "none: calls work only where a direct route exists"
        return [*found, absent("turn", detail, _INSTALL)]
    name = f"{int(time.time()) + _CREDENTIAL_SECONDS}:doctor"
    word = credential(settings.get("PARLEY_TURN_SECRET", ""), name)
    return found + [await _turn(way, name, word, trust) for way in relays]


async def _stun(way: Way) -> Finding:
    return await _asked(f"stun {way.host}:{way.port}", way, mapped_address(way), "sees us at")


async def _turn(way: Way, name: str, word: str, trust: ssl.SSLContext) -> Finding:
    what = f"turn {way.transport} {way.host}:{way.port}"
    return await _asked(what, way, allocate(way, name, word, trust), "gave a relay at")


async def _asked(what: str, way: Way, asked: Awaitable[tuple[str, int]], verb: str) -> Finding:
    kind = "UDP" if way.transport in {"stun", "udp"} else "TCP"
    unreachable = f"is it running, and does a firewall pass {kind} port {way.port}?"
    try:
        host, port = await asked
    except stun.TransactionFailed as refused:
        code = refused.response.error_code
        mend = (
            "its static-auth-secret and PARLEY_TURN_SECRET must be the same, and its clock right"
            if code == 401
            else "look at coturn's log"
        )
        return bad(what, f"refused with {code}", mend)
    except ssl.SSLError as error:
        mend = "give it a certificate for this name that browsers trust"
        return bad(what, error.reason or str(error), mend)
    except (stun.TransactionError, OSError, TimeoutError) as error:
        return bad(what, str(error) or "no answer", unreachable)
    return good(what, f"{verb} {host}:{port}")


def _certificate(url: str) -> Finding:
    at = urlsplit(url)
    what = f"certificate {at.netloc}"
    try:
        pem = ssl.get_server_certificate((at.hostname or "", at.port or 443), timeout=5)
    except (OSError, ValueError) as error:
        return bad(what, str(error), "is the gateway's PARLEY_TLS_CERT a PEM file it can read?")
    shown = x509.load_pem_x509_certificate(pem.encode())
    left = (shown.not_valid_after_utc - datetime.now(UTC)).days
    if left < _RENEW_DAYS:
        return bad(what, f"{left} days left", "renew it; `parley up --https` does so at its start")
    if shown.issuer == shown.subject:
        detail = f"self-signed, {left} days left: browsers ask once, and refuse it for turns:"
        return absent(what, detail, "a certificate of a public authority, by a proxy in front")
    return good(what, f"{left} days left")


async def _call(target: Target, trust: ssl.SSLContext) -> list[Finding]:
    what = "call of two bots"
    https = target.gateways[0].startswith("https")
    orders = Orders(
        urls=target.gateways,
        seconds=_CALL_SECONDS,
        sends=_LIGHT,
        trust=trust if https else None,
    )
    try:
        outcome = await send(orders)
    except (NotSignedIn, TimeoutError) as error:
        return [bad(what, str(error), "look at the log of the gateway and of auth")]
    except Refusal as refusal:
        return [bad(what, refusal.message, "look at the log of signaling")]
    return [_clock(outcome), _heard(what, outcome)]


def _clock(outcome: Outcome) -> Finding:
    ahead = max((caller.clock_ahead_ms for caller in outcome.callers), key=abs)
    detail = f"the server's is {ahead} ms ahead of this machine's"
    if abs(ahead) > _CLOCK_MS:
        return bad("clock", detail, "have both follow NTP: credentials carry the time")
    return good("clock", detail)


def _heard(what: str, outcome: Outcome) -> Finding:
    if outcome.faults:
        mend = "`parley bot` tells more; without a direct route, a call needs TURN"
        return bad(what, "; ".join(outcome.faults), mend)
    peer = outcome.callers[0].peers[0]
    route = "relayed" if "relay" in peer.route else "direct"
    ages = peer.video.age_ms or (0, 0, 0)
    detail = f"{route}, connected in {peer.connected_ms} ms, picture {ages[0]} ms old"
    return good(what, detail)
