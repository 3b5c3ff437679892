"""NATS in a container, and what can happen to a container.

The image is made on the spot, of nothing but the server that the wheel brought: no registry is
asked, and what is tested is the server that Parley runs on.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The reaper is one more image, which would have to be pulled; each container here is removed by a
# fixture's end.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from runtime.ids import new_id
from stack.nats import binary
from stack.ports import OwnPort

_DOCKERFILE = """\
FROM scratch
# Two runs side by side remove an image each, not one another's.
LABEL run={run}
COPY nats-server /nats-server
COPY nats.conf /nats.conf
ENTRYPOINT ["/nats-server", "-c", "/nats.conf"]
"""

_CONFIG = """\
server_name: container
listen: "0.0.0.0:4222"
jetstream { store_dir: "/data", sync_interval: always }
"""


@contextmanager
def nats_image(context: Path) -> Iterator[str]:
    """Builds the image in the folder `context`; its tag, until it is removed."""
    run = new_id()
    shutil.copy2(binary(), context / "nats-server")
    (context / "nats.conf").write_text(_CONFIG)
    (context / "Dockerfile").write_text(_DOCKERFILE.format(run=run))
    with DockerImage(path=context, tag=f"parley-test-nats:{run}") as image:
        yield str(image)


class Broker:
    """One NATS container. Its port outlives its faults, as an operator's address would."""

    def __init__(self, image: str) -> None:
        self._own_port = OwnPort()
        self._port = self._own_port.number
        self._container = DockerContainer(image).waiting_for(
            LogMessageWaitStrategy("Server is ready")
        )
        # A port of Docker's own choosing changes with each start; this machine alone may connect.
        ports: dict[str, Any] = self._container.ports
        ports["4222"] = ("127.0.0.1", self._port)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._container.start()

    def stop(self) -> None:
        self._container.stop()

    async def begin(self, fault: str) -> None:
        """The fault of this name begins: `paused`, `killed` or `cut off`."""
        container = self._container.get_wrapped_container()
        match fault:
            case "paused":
                await asyncio.to_thread(container.pause)
            case "killed":
                await asyncio.to_thread(container.kill)
            case "cut off":
                await asyncio.to_thread(self._network().disconnect, container)
            case _:
                raise ValueError(fault)

    async def end(self, fault: str) -> None:
        """The fault of this name ends."""
        container = self._container.get_wrapped_container()
        match fault:
            case "paused":
                await asyncio.to_thread(container.unpause)
            case "killed":
                await asyncio.to_thread(container.start)
            case "cut off":
                await asyncio.to_thread(self._network().connect, container)
            case _:
                raise ValueError(fault)

    def _network(self) -> Any:
        return self._container.get_docker_client().client.networks.get("bridge")
