"""What the gateway uses of uvicorn's websocket class stays as it is used.

None of it is promised by uvicorn: a new version that changes it must fail here, not in a browser.
"""

import inspect

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway.app import Gateway
from gateway.protocol import Wire
from runtime.ids import now_ms
from tests.integration.gateway.town import greeted, person

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


def test_every_method_that_is_overridden_is_uvicorns():
    own = {"attach", "ping", "end", "_cut_soon", "_heeded", "_overflow"}
    overridden = {name for name, _ in inspect.getmembers(Wire, inspect.isfunction)} & set(
        vars(Wire)
    )
    assert overridden - own <= set(vars(WebSocketsSansIOProtocol))
    for name in overridden - own:
        theirs = inspect.signature(getattr(WebSocketsSansIOProtocol, name))
        assert inspect.signature(getattr(Wire, name)).parameters.keys() == theirs.parameters.keys()


async def test_an_open_connection_holds_no_task_no_queue_and_nothing_of_its_handshake(
    gateway: Gateway,
):
    async with greeted(gateway, await person(gateway)):
        state = gateway.listener._server.server_state
        (connection,) = state.connections
        assert isinstance(connection, Wire)
        assert not state.tasks
        assert not {"scope", "request", "response"} & set(vars(connection))
        assert not hasattr(connection.queue, "get")
        assert connection.conn.extensions == []


async def test_pings_are_answered_and_show_life(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        (socket,) = gateway.exchange.sockets
        heard = socket.session._heard
        await (await client.socket.ping())
        assert socket.session._heard >= heard
        socket.tick(heard + 30_000, now_ms())
        assert socket.session._probed
        # The client's own answer to the ping, and then another request.
        assert (await client.ask({"t": "session.ping"}))["t"] == "session.pong"
        assert not socket.session._probed
