"""What of a running system answers: the broker and what is kept there, the store, each process."""

import asyncio
import os
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import nats
from motor.motor_asyncio import AsyncIOMotorClient
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js.errors import NotFoundError
from pymongo.errors import PyMongoError

from contracts import subjects
from contracts.registry import CONTRACTS
from contracts.streams import BUCKETS, STREAMS, Bucket
from stack.findings import Finding, absent, bad, good
from stack.gateway_socket import LOST, address, to_gateway
from stack.permissions import OPERATOR, inbox, password_variable

_PATIENCE = 3.0


class Target:
    """A running system, as its folder or the environment describes it."""

    def __init__(self, running: Mapping[str, Any] | None) -> None:
        own = running["environment"][OPERATOR] if running else {}
        self.nats_url: str = own.get("NATS_URL") or os.environ.get("NATS_URL", "")
        self.user: str = own.get("NATS_USER") or os.environ.get("NATS_USER", OPERATOR)
        self.password: str | None = (
            own.get("NATS_PASSWORD")
            or os.environ.get(password_variable(OPERATOR))
            or os.environ.get("NATS_PASSWORD")
        )
        self.mongodb_url: str = own.get("MONGODB_URL") or os.environ.get("MONGODB_URL", "")
        self.gateways: Sequence[str] = running["gateways"] if running else ()
        signaling = running["environment"]["signaling"] if running else {}
        self.calls: Mapping[str, str] = {**os.environ, **signaling}
        """What signaling reads from its environment."""

    @property
    def is_known(self) -> bool:
        """Whether anything says where a system runs."""
        return bool(self.nats_url or self.mongodb_url)


async def examine_system(target: Target) -> list[Finding]:
    """Ask everything that should answer."""
    found = await _broker(target)
    found.append(await _mongodb(target))
    for url in target.gateways:
        found += [await _page(url), await _socket(url)]
    return found


async def _broker(target: Target) -> list[Finding]:
    if not target.nats_url:
        return [absent("nats", "nothing says where one runs", "set NATS_URL")]
    credentials = {"user": target.user, "password": target.password} if target.password else {}
    errors: list[Exception] = []

    async def note(error: Exception) -> None:
        errors.append(error)

    try:
        client = await asyncio.wait_for(
            nats.connect(
                target.nats_url.split(","),
                allow_reconnect=False,
                error_cb=note,
                inbox_prefix=inbox(OPERATOR).encode(),
                **credentials,
            ),
            _PATIENCE,
        )
    except (OSError, NatsError, TimeoutError) as error:
        mend = "start it, mend NATS_URL, or give the operator's password in the environment"
        return [bad("nats", f"{target.nats_url}: {error or 'no answer'}", mend)]
    try:
        at = client.connected_server_version
        version = f"{at.major}.{at.minor}.{at.patch}"
        found = [good("nats", f"{target.nats_url}, version {version}")]
        found += await _kept(client)
        found += [await _service(client, name) for name in dict.fromkeys(_services())]
    finally:
        await client.close()
    return found


async def _kept(client: Client) -> list[Finding]:
    context = client.jetstream(timeout=_PATIENCE)
    try:
        account = await context.account_info()
    except (NatsError, TimeoutError) as error:
        mend = "switch JetStream on: deploy/nats/nats.conf shows how"
        return [bad("jetstream", str(error) or "no answer", mend)]
    found = [good("jetstream", f"{account.streams} streams, {account.storage} bytes on disk")]
    for kept in (*STREAMS, *BUCKETS):
        is_bucket = isinstance(kept, Bucket)
        what = f"{'bucket' if is_bucket else 'stream'} {kept.name}"
        try:
            info = await context.stream_info(f"KV_{kept.name}" if is_bucket else kept.name)
        except NotFoundError:
            found.append(absent(what, f"not there: {kept.owner} makes it when it needs it"))
        except (NatsError, TimeoutError) as error:
            found.append(bad(what, str(error) or "no answer", "look at the NATS server's log"))
        else:
            found.append(good(what, f"{info.state.messages} entries"))
    return found


def _services() -> list[str]:
    return [contract.service for contract in CONTRACTS]


async def _service(client: Client, name: str) -> Finding:
    """A service refuses what does not decode, so any answer at all shows that it is alive."""
    subject = next(subjects.service(c.command) for c in CONTRACTS if c.service == name)
    mend = f"`parley serve {name}`, and look at its log"
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        await client.request(subject, b"{}", timeout=_PATIENCE)
    except NoRespondersError:
        return bad(name, "nobody listens on its subjects", mend)
    except (NatsError, TimeoutError):
        return bad(name, "it does not answer", mend)
    return good(name, f"answered in {(loop.time() - began) * 1000:.1f} ms")


async def _mongodb(target: Target) -> Finding:
    if not target.mongodb_url:
        return absent("mongodb", "nothing says where one runs", "set MONGODB_URL")
    milliseconds = int(_PATIENCE * 1000)
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        target.mongodb_url, serverSelectionTimeoutMS=milliseconds
    )
    try:
        answer: Mapping[str, Any] = await client.admin.command("buildInfo")
    except PyMongoError as error:
        return bad("mongodb", str(error)[:200], "start it, or mend MONGODB_URL")
    finally:
        client.close()
    return good("mongodb", f"version {answer.get('version', 'unknown')}")


async def _page(url: str) -> Finding:
    what, mend = f"page {url}", "`parley serve gateway`, and look at its log"
    try:
        # Our own certificate is signed by nobody, and this asks for nothing secret.
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:  # noqa: S501
            answer = await client.get(url, timeout=_PATIENCE)
    except httpx.HTTPError as error:
        return bad(what, str(error) or "no answer", mend)
    if answer.is_success:
        return good(what, f"{len(answer.content)} bytes")
    return bad(what, f"status {answer.status_code}", "make web, then start again")


async def _socket(url: str) -> Finding:
    what, mend = f"socket {address(url)}", "does a proxy in between pass websockets on?"
    try:
        async with asyncio.timeout(_PATIENCE), to_gateway(url, _any_certificate()):
            return good(what, "opened")
    except LOST as error:
        return bad(what, str(error) or "no answer", mend)


def _any_certificate() -> ssl.SSLContext:
    """Trusts whoever answers: our own certificate is signed by nobody."""
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    return trust
