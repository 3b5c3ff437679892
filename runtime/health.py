"""`/healthz` (alive), `/readyz` (ready for work) and `/metrics` (Prometheus) of one process."""

import asyncio
import contextlib
from collections.abc import Callable, Generator
from typing import cast

import uvicorn
from prometheus_client import make_asgi_app
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

Check = Callable[[], bool]


class Health:
    """Serves the three paths on a port of its own, so that they never reach the public."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._checks: dict[str, Check] = {}
        self._metrics = cast("ASGI3Application", make_asgi_app())
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.ready = False
        """Set once the process has started, taken back when it drains."""

    def require(self, name: str, check: Check) -> None:
        """Readiness also needs `check` to be true."""
        self._checks[name] = check

    def missing(self) -> list[str]:
        """What stands in the way of being ready."""
        lacking = [name for name, check in self._checks.items() if not check()]
        return lacking if self.ready else ["started", *lacking]

    async def start(self) -> None:
        """Listens, where a port was given."""
        if not self._port:
            return
        config = uvicorn.Config(
            self._app,
            host=self._host,
            port=self._port,
            log_level="warning",
            lifespan="off",
            interface="asgi3",
        )
        self._server = QuietServer(config)
        self._task = asyncio.get_running_loop().create_task(self._server.serve())

    async def stop(self) -> None:
        """Stops listening."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)

    async def _app(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith("/metrics"):
            await self._metrics(scope, receive, send)
            return
        if path == "/healthz":
            status, body = 200, b"alive\n"
        elif path == "/readyz":
            missing = self.missing()
            status = 503 if missing else 200
            body = (", ".join(missing) or "ready").encode() + b"\n"
        else:
            status, body = 404, b"not here\n"
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"text/plain; charset=utf-8")],
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})


class QuietServer(uvicorn.Server):
    """Leaves the signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
