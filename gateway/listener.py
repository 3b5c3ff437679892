"""The public port: uvicorn on a socket of ours, told when to begin and when to end."""

import asyncio
import socket
from typing import Any

import uvicorn

from contracts.frames import MAX_FRAME_BYTES
from gateway.http_protocol import PatientHttp
from gateway.protocol import Wire
from gateway.settings import GatewaySettings
from runtime.health import QuietServer

BACKLOG = 2048
"""All clients of a gateway that died knock within a second or two."""


class Listener:
    """Accepts connections for an ASGI application until it is closed."""

    def __init__(self, app: Any, settings: GatewaySettings) -> None:
        self._settings = settings
        config = uvicorn.Config(
            app,
            ws=Wire,
            ws_max_size=MAX_FRAME_BYTES,
            # 50 KiB a connection and a cost per frame, for messages of some hundred bytes.
            ws_per_message_deflate=False,
            # Sessions have heartbeats of their own, on one shared timer.
            ws_ping_interval=None,
            http=PatientHttp,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=max(1, int(settings.drain_seconds)),
            backlog=BACKLOG,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
        self._server = _Server(config)
        self._socket: socket.socket | None = None
        self.port = settings.port
        """Where it listens, once it is open."""
        self._serving: asyncio.Task[None] | None = None

    def open(self) -> "asyncio.Task[None]":
        """Listens; the task that it gives serves until the listener is closed.

        Raises:
            OSError: the address can't be had.
        """
        host, port = self._settings.host, self._settings.port
        self._socket = socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=BACKLOG,
            # `::` is every address of this machine, those of IPv4 too.
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])
        serving = self._server.serve(sockets=[self._socket])
        self._serving = asyncio.get_running_loop().create_task(serving, name="listener")
        return self._serving

    @property
    def listening(self) -> bool:
        """Whether connections are accepted."""
        return self._server.started and not self._server.should_exit

    async def opened(self) -> None:
        """Returns once connections are accepted."""
        await self._server.open.wait()

    def refuse(self) -> None:
        """Accepts no more connections; those there are live on."""
        for server in self._server.servers:
            server.close()

    async def close(self) -> None:
        """Finishes the requests under way, and ends."""
        self._server.should_exit = True
        if self._serving is not None:
            await asyncio.gather(self._serving, return_exceptions=True)


class _Server(QuietServer):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.open.set()
