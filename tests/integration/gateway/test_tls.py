"""HTTPS and secure websockets by the gateway itself."""

import datetime
import ssl
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from contracts import subjects
from contracts.ids import UserId
from gateway.hub import user_key
from runtime.ids import new_id
from stack.certificate import certificate
from tests.integration.gateway.town import Town, Wire
from tests.support.asking import Asker
from tests.support.clients import PASSWORD
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


@pytest.fixture
def pem(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path, datetime.datetime.now(datetime.UTC))


async def test_the_gateway_speaks_https_where_it_has_a_certificate(
    town: Town, asker: Asker, pem: tuple[Path, Path]
):
    cert, key = pem
    gateway = await town.gateway(tls_cert=cert, tls_key=key, outbox_bytes=64 * 1024)
    trust = ssl.create_default_context(cafile=str(cert))
    trust.check_hostname = False
    base = f"https://127.0.0.1:{gateway.port}"
    async with httpx.AsyncClient(base_url=base, verify=trust, trust_env=False) as http:
        made = await http.post(
            "/api/auth/register", json={"name": f"p{new_id()[-8:]}", "password": PASSWORD}
        )
        assert made.status_code == 201
        assert "secure" in made.headers["set-cookie"].lower()
        assert "strict-transport-security" in made.headers
        assert "cross-origin-opener-policy" in made.headers
    body = made.json()
    user = UserId(body["profile"]["user"])
    address = f"wss://127.0.0.1:{gateway.port}/ws"
    async with connect(address, ssl=trust, compression=None, proxy=None) as socket:
        wire = Wire(socket)
        hello = {"t": "session.hello", "token": body["access_token"], "versions": [1]}
        assert (await wire.ask(hello))["t"] == "session.welcome"
        # An answer by way of the broker: by then it also knows of the gateway's subscription.
        assert (await wire.ask({"t": "auth.devices"}))["t"] == "auth.devices_found"
        await asker.bus.nc.publish(subjects.user(user), b'{"t":"notice.mentioned"}')
        await wire.event("notice.mentioned")
        # A secure connection has a write buffer of its own, with the same bound.
        socket.transport.pause_reading()
        payload = b'{"t":"notice.mentioned","x":"' + b"x" * 60_000 + b'"}'

        async def let_go() -> bool:
            for _ in range(20):
                await asker.bus.nc.publish(subjects.user(user), payload)
            await asker.bus.nc.flush()
            return gateway.exchange.hub.count(user_key(user)) == 0

        await wait_until(let_go, 20)
        await wait_until(lambda: not gateway.listener._server.server_state.connections)
        socket.transport.abort()
