"""How connections end by someone's will: signed out, the gateway stops, the broker was away."""

import asyncio

import pytest
from nats.errors import Error as NatsError

from contracts.presence import GetPresence, SessionLease
from contracts.streams import LEASES
from gateway.app import Gateway
from runtime.codec import decode_as
from runtime.watch import keys
from tests.integration.gateway.town import (
    Town,
    browser,
    greeted,
    person,
    room_of,
    wire,
)
from tests.support.asking import Asker
from tests.support.servers import FreshNats
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


async def test_signing_out_ends_the_devices_connections_on_every_gateway(
    town: Town, gateway: Gateway
):
    other = await town.gateway()
    ann, bob = await person(gateway), await person(gateway)
    async with (
        greeted(gateway, ann) as here,
        greeted(other, ann) as there,
        greeted(other, bob) as his,
    ):
        async with browser(gateway, ann) as http:
            assert (await http.post("/api/auth/logout")).status_code == 204
        assert await asyncio.gather(here.closed(), there.closed()) == [4501, 4501]
        assert (await his.ask({"t": "session.ping"}))["t"] == "session.pong"
        async with wire(other) as late:
            assert (await late.hello(ann))["code"] == "auth.revoked"
            assert await late.closed() == 4501


async def test_signing_out_everywhere_ends_every_device(gateway: Gateway):
    ann = await person(gateway)
    async with browser(gateway) as http:
        second = await http.post(
            "/api/auth/login",
            json={"name": ann.name, "password": "correct horse battery staple"},
        )
    token = second.json()["access_token"]
    async with greeted(gateway, ann) as first, wire(gateway) as other:
        await other.ask({"t": "session.hello", "token": token, "versions": [1]})
        async with browser(gateway, ann) as http:
            assert (await http.post("/api/auth/logout-everywhere")).status_code == 204
        assert await asyncio.gather(first.closed(), other.closed()) == [4501, 4501]


async def test_a_stopping_gateway_tells_its_clients_and_leaves_no_ghosts(
    town: Town, gateway: Gateway, asker: Asker
):
    stopping, process = await town.gateway_process()
    ann, bob = await person(gateway), await person(gateway)
    async with (
        greeted(gateway, ann) as hers,
        wire(stopping) as his,
        greeted(stopping, await person(gateway)) as stays,
    ):
        session = (await his.hello(bob))["session"]
        room = await room_of(hers, his)
        await process.__aexit__(None, None, None)
        for client in (his, stays):
            assert (await client.event("session.going_away"))["delay_ms"] >= 0
            assert await client.closed() == 4000
        with pytest.raises(OSError, match="onnect"):
            async with wire(stopping):
                pass
        async with wire(gateway) as back:
            assert (await back.hello(bob, session))["resumed"] is True

            async def both_online() -> bool:
                return (await hers.ask(GetPresence(room=room)))["online"] == 2

            await wait_until(both_online)
        leased = await keys(asker.bus, LEASES)
        assert f"gateway.{stopping.exchange.id}" not in leased
        assert f"gateway.{gateway.exchange.id}" in leased


async def test_requests_under_way_are_answered_before_the_gateway_stops(town: Town):
    stopping, process = await town.gateway_process()
    ann = await person(stopping)
    under_way = stopping.listener._server.server_state.tasks
    async with browser(stopping, ann) as http:
        await http.get("/api/health")
        asked = asyncio.create_task(http.get("/api/auth/devices"))
        await wait_until(lambda: under_way or asked.done())
        await process.__aexit__(None, None, None)
        assert (await asked).status_code == 200


async def test_after_the_broker_was_gone_clients_come_back_and_miss_nothing(
    fresh_nats: FreshNats, mongodb_url: str, mongodb_database: str
):
    server = await fresh_nats()
    async with Town(server.url, mongodb_url, mongodb_database) as town:
        gateway = await town.gateway()
        ann = await person(gateway)
        async with wire(gateway) as first:
            session = (await first.hello(ann))["session"]
            room = await room_of(first)
            await first.follow(room)
            await first.say(room, "before")
            await server.kill()
            assert (await first.ask({"t": "session.ping"}))["t"] == "session.pong"
            await server.start()
            assert await first.closed() == 4006

        async def back() -> bool:
            async with wire(gateway) as again:
                welcome = await again.hello(ann, session)
                if welcome.get("resumed") is not True:
                    return False
                followed = await again.follow(room)
                said = await again.say(room, "after")
                return followed["error"] is None and said["t"] == "chat.appended"

        # The memory of leases went with the broker, and was written again by the gateway.
        await wait_until(back, 20)
        async with greeted(gateway, ann) as again:
            texts = [entry["text"] for entry in (await again.follow(room))["entries"]]
            assert texts[0] == "before"
            assert set(texts[1:]) == {"after"}


async def test_a_hello_while_the_broker_is_away_is_told_to_come_back(
    fresh_nats: FreshNats, mongodb_url: str, mongodb_database: str
):
    server = await fresh_nats()
    async with Town(server.url, mongodb_url, mongodb_database) as town:
        gateway = await town.gateway()
        ann = await person(gateway)
        await server.kill()
        async with wire(gateway) as client:
            answer = await client.hello(ann)
            assert (answer["code"], answer["retryable"]) == ("request.unavailable", True)
            assert await client.closed() == 4006
        async with browser(gateway, ann) as http:
            away = await http.get("/api/auth/devices")
            assert away.status_code == 503
            assert away.json()["code"] == "request.unavailable"
            await server.start()

            async def served(path: str) -> bool:
                return (await http.get(path)).status_code == 200

            for path in ("/api/auth/devices", "/api/rooms"):
                await wait_until(lambda path=path: served(path), 20)


async def test_who_is_lost_while_the_broker_is_away_keeps_a_seat_for_the_grace_alone(
    fresh_nats: FreshNats, mongodb_url: str, mongodb_database: str
):
    server = await fresh_nats()
    async with Town(server.url, mongodb_url, mongodb_database) as town:
        gateway, process = await town.gateway_process()
        ann = await person(gateway)
        async with wire(gateway) as first:
            session = (await first.hello(ann))["session"]
            await server.kill()
            first.socket.transport.abort()
        await wait_until(lambda: not gateway.exchange.sockets)
        await server.start()

        async def dropped() -> bool:
            try:
                entry = await (await process.bus.bucket(LEASES)).get(f"session.{session}")
            except (NatsError, TimeoutError):
                return False
            return decode_as(SessionLease, entry.value or b"").dropped_at is not None

        await wait_until(dropped, 20)
        async with wire(gateway) as second:
            assert (await second.hello(ann, session))["resumed"] is True
