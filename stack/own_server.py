"""A server that we bring ourselves: a child on free ports, which stay its own over restarts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from stack.children import Child, ChildFailed, OnLine
from stack.ports import OwnPort


class OwnServer(ABC):
    """What NATS, the store and the relay have in common: how they start, and how they end."""

    attempts = 3
    """How often ports are chosen: some of them may be taken between the look and the bind."""

    def __init__(self, name: str, ready_within: float, on_line: OnLine | None) -> None:
        """`ready_within` is in seconds; `on_line` takes what the server writes."""
        self.name = name
        self.port = 0
        """Where it serves; the same one once it was started."""
        self.child: Child | None = None
        self._held: list[OwnPort] = []
        self._ready_within = ready_within
        self._on_line = on_line

    @abstractmethod
    def _choose_ports(self) -> None:
        """Sets `port`, and whatever other ports there are."""

    def _hold(self, port: OwnPort) -> int:
        """Keeps a port for as long as there is this server; its number."""
        self._held.append(port)
        return port.number

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """The command line that serves on these ports; what the server reads is written first.

        Raises:
            ChildFailed: this machine has no such server.
        """

    async def start(self) -> None:
        """Start it and wait until it serves.

        Raises:
            ChildFailed: it ended instead, or somebody else answers on its port.
        """
        if self.port:
            await self._start_once()
            return
        for attempt in range(self.attempts):
            self._choose_ports()
            try:
                await self._start_once()
                return
            except ChildFailed:
                self.port = 0
                self._held.clear()
                if attempt == self.attempts - 1:
                    raise

    async def _start_once(self) -> None:
        child = Child(self.name, self._command(), on_line=self._on_line)
        self.child = child
        await child.start()
        await child.until_listening(self.port, self._ready_within)

    async def stop(self) -> None:
        """Let it finish what it holds, and end."""
        if self.child is not None:
            await self.child.stop()

    async def kill(self) -> None:
        """End it as a crash would."""
        if self.child is not None:
            await self.child.kill()
