"""One of our own processes as a child: started, and waited for until it says it is ready."""

import asyncio
import sys
from collections.abc import Mapping

import httpx

from stack.children import Child, ChildFailed, OnLine
from stack.ports import OwnPort, listens

_READY_WITHIN = 30.0
_LOOK_EVERY = 0.05
# Past the ten seconds that a process gives its requests under way.
_STOP_GRACE = 15.0


class ServiceProcess:
    """A service or a gateway with an environment and a health port that stay over restarts."""

    def __init__(
        self,
        name: str,
        entry: str,
        env: Mapping[str, str],
        *,
        port: OwnPort | None = None,
        on_line: OnLine | None = None,
    ) -> None:
        """`entry` is what `parley serve` calls it; `port` is where it must listen, if anywhere."""
        self.name = name
        self._health_port, self._port = OwnPort(), port
        self.env = {**env, "PARLEY_HEALTH_PORT": str(self.health_port)}
        if port:
            self.env["PARLEY_PORT"] = str(port.number)
        self._entry = entry
        self._on_line = on_line
        self.child: Child | None = None

    @property
    def port(self) -> int | None:
        """Where it serves people, if it does."""
        return self._port and self._port.number

    @property
    def health_port(self) -> int:
        """Where it answers those who watch it."""
        return self._health_port.number

    @property
    def health_url(self) -> str:
        """Where it answers `/healthz`, `/readyz` and `/metrics`."""
        return f"http://127.0.0.1:{self.health_port}"

    async def start(self) -> None:
        """Start it and wait until it is ready for work.

        Raises:
            ChildFailed: it ended instead, was not ready in time, or a stranger has its port.
        """
        argv = [sys.executable, "-m", "stack.serving", self._entry]
        child = Child(self.name, argv, env=self.env, on_line=self._on_line)
        self.child = child
        await child.start()
        try:
            async with asyncio.timeout(_READY_WITHIN):
                await self._until_ready(child)
        except TimeoutError:
            await child.kill()
            raise ChildFailed(f"{self.name} was not ready in time:\n{child.last_words()}") from None
        if self.port and not await asyncio.to_thread(listens, child.pid, self.port):
            await child.kill()
            raise ChildFailed(f"port {self.port} is answered by something that is not ours")

    async def _until_ready(self, child: Child) -> None:
        async with httpx.AsyncClient(base_url=self.health_url, trust_env=False) as client:
            while True:
                if not child.is_running:
                    await child.wait()
                    raise ChildFailed(f"{self.name} ended at once:\n{child.last_words()}")
                try:
                    answer = await client.get("/readyz", timeout=2)
                except httpx.HTTPError:
                    pass
                else:
                    if answer.is_success:
                        return
                await asyncio.sleep(_LOOK_EVERY)

    async def stop(self) -> None:
        """Let it drain and end."""
        if self.child is not None:
            await self.child.stop(_STOP_GRACE)

    async def kill(self) -> None:
        """End it as a crash would."""
        if self.child is not None:
            await self.child.kill()
