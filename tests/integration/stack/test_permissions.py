"""Every service may say and hear exactly what it is granted: proved on a real server."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from contracts import subjects
from contracts.contract import Via
from contracts.registry import CONTRACTS
from runtime.bus import taken_in
from stack.nats import quoted
from stack.permissions import SERVICES, USERS, authorization, grant, inbox
from tests.support.servers import FreshNats
from tests.support.waiting import wait_until

ULID = "01jd0000000000000000000000"
# What nobody but the operator may touch, whatever a service is granted.
NOBODYS = (
    f"room.{ULID}.timeline",
    "$JS.API.STREAM.DELETE.TIMELINE_0",
    "$JS.API.STREAM.PURGE.EVENTS",
    "$JS.API.STREAM.MSG.DELETE.TIMELINE_0",
    "$JS.API.STREAM.DELETE.KV_MEMBERS",
    "$JS.API.STREAM.CREATE.OTHER",
    "$SYS.REQ.SERVER.PING",
    "anything",
)
PASSWORDS = {user: f"secret-of-{user}" for user in USERS}

Connect = Callable[[str], "Connection"]


def concrete(pattern: str) -> str:
    """A subject that the pattern matches."""
    return pattern.replace("*", ULID).replace(">", f"{ULID}.x")


def matches(pattern: str, subject: str) -> bool:
    expression = re.escape(pattern).replace(">", ".+").replace(r"\*", "[^.>]+")
    return re.fullmatch(expression, subject) is not None


class Connection:
    """One user's connection, and every refusal that the server sent it."""

    def __init__(self, client: Client, refused: list[str]) -> None:
        self.client = client
        self.refused = refused


@pytest.fixture
async def connect(fresh_nats: FreshNats) -> AsyncIterator[Connect]:
    server = await fresh_nats(
        authorization({user: quoted(word) for user, word in PASSWORDS.items()})
    )
    async with AsyncExitStack() as open_connections:

        async def connect(user: str) -> Connection:
            refused: list[str] = []

            async def note(error: Exception) -> None:
                found = re.search(r'permissions violation for \w+ to "([^"]+)"', str(error), re.I)
                assert found, error
                refused.append(found[1].lower())

            client = await nats.connect(
                server.url,
                user=user,
                password=PASSWORDS[user],
                inbox_prefix=inbox(user).encode(),
                error_cb=note,
            )
            open_connections.push_async_callback(client.close)
            return Connection(client, refused)

        yield connect


@pytest.mark.parametrize("user", SERVICES)
async def test_each_forbidden_publish_is_refused_and_each_allowed_one_is_not(
    user: str, connect: Connect
) -> None:
    connection = await connect(user)
    allowed = grant(user).publish
    everything = {
        *NOBODYS,
        *(concrete(pattern) for other in SERVICES for pattern in grant(other).publish),
        *(f"{inbox(other)}.answer" for other in USERS),
    }
    forbidden = {s for s in everything if not any(matches(pattern, s) for pattern in allowed)}
    assert set(NOBODYS) <= forbidden
    for subject in everything:
        await connection.client.publish(subject, b"")
    await taken_in(connection.client)
    expected = {subject.lower() for subject in forbidden}
    await wait_until(
        lambda: expected <= set(connection.refused),
        missing=lambda: f"refusals of {sorted(expected - set(connection.refused))}",
    )
    assert set(connection.refused) == expected


@pytest.mark.parametrize("user", SERVICES)
async def test_each_forbidden_subscription_is_refused_and_each_allowed_one_is_not(
    user: str, connect: Connect
) -> None:
    connection = await connect(user)
    allowed = grant(user).subscribe
    # Not "user.>": to the server that is within "user.*", and nobody may publish deeper there.
    wildcards = (">", "svc.>", "log.>", "room.>", "evt.>", "$KV.>", "$JS.>")
    everything = {
        *wildcards,
        *(pattern for other in SERVICES for pattern in grant(other).subscribe),
        *(concrete(pattern) for other in SERVICES for pattern in grant(other).publish),
        subjects.TIMELINE_LOG,
    }
    forbidden = {s for s in everything if not any(matches(pattern, s) for pattern in allowed)}
    assert set(wildcards) <= forbidden
    for subject in everything:
        await connection.client.subscribe(subject)
    await taken_in(connection.client)
    expected = {subject.lower() for subject in forbidden}
    await wait_until(
        lambda: expected <= set(connection.refused),
        missing=lambda: f"refusals of {sorted(expected - set(connection.refused))}",
    )
    assert set(connection.refused) == expected


async def test_every_command_reaches_its_service_and_is_answered(connect: Connect) -> None:
    """The gateway asks all that a browser may; a service asks what is there for services."""

    async def answer(message: Msg) -> None:
        await message.respond(message.subject.encode())

    connections = {user: await connect(user) for user in SERVICES}
    for service in {contract.service for contract in CONTRACTS}:
        client = connections[service].client
        await client.subscribe(f"svc.{service}.*", queue=service, cb=answer)
        await taken_in(client)
    asked = 0
    for contract in CONTRACTS:
        subject = subjects.service(contract.command)
        by_gateway = any(via is not Via.BUS for via in contract.via)
        askers = {"gateway"} if by_gateway else set()
        if Via.BUS in contract.via:
            askers |= set(SERVICES) - {contract.service, "gateway"}
        for asker in askers:
            reply = await connections[asker].client.request(subject, b"", timeout=5)
            assert reply.data == subject.encode()
            asked += 1
    assert asked >= len(CONTRACTS)
    assert not any(connection.refused for connection in connections.values())


async def test_a_wrong_password_is_refused(fresh_nats: FreshNats) -> None:
    server = await fresh_nats(authorization({user: quoted("right") for user in USERS}))
    with pytest.raises(nats.errors.Error, match=r"[Aa]uthorization"):
        await nats.connect(
            server.url, user="chat", password="wrong", allow_reconnect=False, connect_timeout=5
        )
