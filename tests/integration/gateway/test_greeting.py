"""How a connection begins: the page, the hello, the seat, the caps."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from contracts.frames import Ping
from contracts.presence import QueryPresence
from gateway.app import Gateway
from tests.integration.gateway.town import Town, greeted, person, url_of, wire
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


async def test_a_hello_is_welcomed_and_the_person_is_online(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:

        async def online() -> bool:
            found = await his.ask(QueryPresence(users=[ann.user]))
            return found["people"][0]["is_connected"]

        await wait_until(online)
        assert (await hers.ask(Ping()))["t"] == "session.pong"
    assert gateway.exchange.id


async def test_who_says_nothing_is_closed(town: Town):
    gateway = await town.gateway(hello_seconds=0.1)
    async with wire(gateway) as silent:
        assert await silent.closed() == 4003


async def test_a_forged_token_is_refused_for_good(gateway: Gateway):
    async with wire(gateway) as stranger:
        answer = await stranger.ask({"t": "session.hello", "token": "x.y.z", "versions": [1]})
        assert answer["code"] == "auth.token_invalid"
        assert await stranger.closed() == 4500


async def test_a_page_of_another_site_gets_403(town: Town):
    own = await town.gateway()
    listed = await town.gateway(public_origins=("https://talk.example",))
    ann = await person(own)
    for gateway, origin in (
        (own, "https://evil.example"),
        (own, "null"),
        (listed, "https://evil.example"),
        (listed, url_of(listed)),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with wire(gateway, origin=origin):
                pass
        assert refused.value.response.status_code == 403
    async with greeted(own, ann, origin=url_of(own)):
        pass
    async with greeted(listed, ann, origin="https://talk.example"):
        pass


async def test_an_account_and_an_address_have_only_so_many_connections(town: Town):
    gateway = await town.gateway(connections_per_account=2, connections_per_address=4)
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann), greeted(gateway, ann):
        async with wire(gateway) as third:
            assert (await third.hello(ann))["code"] == "request.rate_limited"
            assert await third.closed() == 4007
        async with greeted(gateway, bob), wire(gateway), wire(gateway) as fifth:
            assert await fifth.closed() == 4007
    async with greeted(gateway, ann):
        pass


async def test_a_storm_of_hellos_is_seated_once_each(gateway: Gateway):
    ann = await person(gateway)

    async def visit() -> str:
        async with wire(gateway) as visitor:
            return (await visitor.hello(ann))["session"]

    sessions = await asyncio.gather(*(visit() for _ in range(30)))
    assert len(set(sessions)) == 30
