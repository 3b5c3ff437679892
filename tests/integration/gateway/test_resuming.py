"""A session outlives its connection, on whatever gateway its client comes back."""

import asyncio

import pytest
from nats.errors import Error as NatsError
from nats.js.errors import KeyNotFoundError

from contracts.presence import SessionLease
from contracts.streams import LEASES
from gateway.app import Gateway
from runtime.codec import decode_as
from stack.ports import OwnPort
from stack.processes import ServiceProcess
from tests.integration.gateway.town import PASSWORD, Town, browser, greeted, person, wire
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


async def lease_of(asker: Asker, session: str) -> SessionLease:
    store = await asker.bus.bucket(LEASES)
    entry = await store.get(f"session.{session}")
    assert entry.value
    return decode_as(SessionLease, entry.value)


async def test_a_dropped_connection_keeps_its_seat_and_comes_back_to_it(
    gateway: Gateway, asker: Asker
):
    ann = await person(gateway)
    async with wire(gateway) as first:
        session = (await first.hello(ann))["session"]
        assert (await lease_of(asker, session)).dropped_at is None
        first.socket.transport.abort()

    async def dropped() -> bool:
        return (await lease_of(asker, session)).dropped_at is not None

    await wait_until(dropped)
    async with wire(gateway) as second:
        welcome = await second.hello(ann, session)
        assert (welcome["session"], welcome["resumed"]) == (session, True)
        lease = await lease_of(asker, session)
        assert (lease.dropped_at, lease.gateway) == (None, gateway.exchange.id)


async def test_another_gateway_takes_the_session_over_and_the_old_connection_ends(
    town: Town, gateway: Gateway, asker: Asker
):
    other = await town.gateway()
    ann = await person(gateway)
    async with wire(gateway) as first, wire(other) as second:
        session = (await first.hello(ann))["session"]
        welcome = await second.hello(ann, session)
        assert (welcome["session"], welcome["resumed"]) == (session, True)
        assert await first.closed() == 4005
        await wait_until(lambda: not gateway.exchange.sockets)
        lease = await lease_of(asker, session)
        assert (lease.gateway, lease.dropped_at) == (other.exchange.id, None)
        assert len(gateway.exchange.leases) == 0


async def test_the_same_gateway_too_gives_a_session_to_one_connection_only(gateway: Gateway):
    ann = await person(gateway)
    async with wire(gateway) as first, wire(gateway) as second:
        session = (await first.hello(ann))["session"]
        assert (await second.hello(ann, session))["resumed"] is True
        assert await first.closed() == 4005
        assert len(gateway.exchange.leases) == 1


def set_of_ungreeted(gateway: Gateway) -> set:
    return {socket for socket in gateway.exchange.sockets if socket.session.id is None}


async def test_nobody_takes_a_session_that_is_not_theirs(gateway: Gateway):
    ann, eve = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, wire(gateway) as stranger:
        (her_socket,) = gateway.exchange.sockets - set_of_ungreeted(gateway)
        wanted = her_socket.session.id
        welcome = await stranger.hello(eve, wanted)
        assert welcome["resumed"] is False
        assert welcome["session"] != wanted
        assert (await hers.ask({"t": "session.ping"}))["t"] == "session.pong"


async def test_a_session_that_nobody_knows_is_begun_anew(gateway: Gateway):
    ann = await person(gateway)
    async with wire(gateway) as client:
        welcome = await client.hello(ann, "0" * 26)
        assert (welcome["resumed"], welcome["session"] == "0" * 26) == (False, False)


async def test_a_dead_gateways_session_goes_on_at_another(town: Town, gateway: Gateway):
    port = OwnPort()
    dying = ServiceProcess("gateway", "gateway", {"NATS_URL": town.nats_url}, port=port)
    await dying.start()
    ann = await person(gateway)
    async with wire(port.number) as first:
        session = (await first.hello(ann))["session"]
        await dying.kill()
        assert await first.closed() == 1006
    async with wire(gateway) as second:
        assert (await second.hello(ann, session))["resumed"] is True


async def test_many_come_back_at_once_each_to_their_own(town: Town, gateway: Gateway):
    other = await town.gateway()
    ann = await person(gateway)

    async def first() -> str:
        async with wire(gateway) as client:
            return (await client.hello(ann))["session"]

    async def again(session: str) -> tuple[str, bool]:
        async with wire(other) as client:
            welcome = await client.hello(ann, session)
            return welcome["session"], welcome["resumed"]

    sessions = await asyncio.gather(*(first() for _ in range(20)))
    back = await asyncio.gather(*(again(session) for session in sessions))
    assert back == [(session, True) for session in sessions]


async def test_a_seat_that_nobody_comes_back_to_ends_by_itself(
    gateway: Gateway, asker: Asker, monkeypatch
):
    monkeypatch.setattr("gateway.leases.SESSION_GRACE_SECONDS", 1)
    ann = await person(gateway)
    async with wire(gateway) as first:
        session = (await first.hello(ann))["session"]
    store = await asker.bus.bucket(LEASES)

    async def over() -> bool:
        try:
            return not (await store.get(f"session.{session}")).value
        except KeyNotFoundError:
            return True

    await wait_until(over)
    async with wire(gateway) as late:
        assert (await late.hello(ann, session))["resumed"] is False


async def test_leases_are_written_again_when_their_bucket_is_gone(gateway: Gateway, asker: Asker):
    ann = await person(gateway)
    async with wire(gateway) as first:
        session = (await first.hello(ann))["session"]
        await asker.bus.js.delete_key_value(LEASES.name)

        async def back() -> bool:
            try:
                return (await lease_of(asker, session)).gateway == gateway.exchange.id
            except (NatsError, AssertionError):
                return False

        await wait_until(back, 15)
        async with wire(gateway) as second:
            assert (await second.hello(ann, session))["resumed"] is True


async def test_a_renewed_token_keeps_the_session(gateway: Gateway, asker: Asker):
    ann = await person(gateway)
    async with browser(gateway) as http, wire(gateway) as client:
        credentials = {"name": ann.name, "password": PASSWORD}
        signed_in = (await http.post("/api/auth/login", json=credentials)).json()
        hello = {"t": "session.hello", "token": signed_in["access_token"], "versions": [1]}
        session = (await client.ask(hello))["session"]
        before = await lease_of(asker, session)
        fresh = (await http.post("/api/auth/refresh")).json()["access_token"]
        renewed = await client.ask({"t": "session.renew", "token": fresh})
        assert renewed["t"] == "done"
        other = await client.ask({"t": "session.renew", "token": ann.token})
        assert other["code"] == "auth.token_invalid"
        assert await lease_of(asker, session) == before
