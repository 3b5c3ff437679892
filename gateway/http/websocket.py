"""`/ws`: the handshake. What comes after it goes past ASGI, straight to a socket."""

from typing import Any

from litestar import WebSocket, websocket
from litestar.di import NamedDependency

from gateway.addresses import counted
from gateway.exchange import Exchange
from gateway.http.desk import agent_of
from gateway.protocol import EXTENSION, Wire


@websocket("/ws")
async def connect(socket: WebSocket[Any, Any, Any], exchange: NamedDependency[Exchange]) -> None:
    """Accepts a websocket of a page that may connect; any other gets HTTP 403."""
    state = socket.scope["state"]
    if not state["page_allowed"]:
        await socket.close()
        return
    extensions: Any = socket.scope["extensions"]
    wire = extensions[EXTENSION]
    await socket.accept()
    if isinstance(wire, Wire) and not wire.disconnected:
        address: str = state["address"]
        agent = agent_of(socket.headers.get("user-agent"))
        exchange.admit(wire, address, counted(address), agent)
