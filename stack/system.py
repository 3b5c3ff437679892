"""The whole system on one machine: what there is, in which order it starts, and how it stops."""

import asyncio
import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stack.addresses import names_of
from stack.certificate import certificate
from stack.children import ChildFailed
from stack.data import DataFolder
from stack.logs import LogFolder
from stack.nats import NatsServer, quoted
from stack.permissions import OPERATOR, authorization, password_variable
from stack.ports import OwnPort
from stack.processes import ServiceProcess
from stack.report import Report
from stack.serving import SERVICES
from stack.store import StoreServer
from stack.supervisor import Supervised
from stack.turn import TurnServer, installed

DEFAULT_PORT = 8080
WEB_ROOT = Path(__file__).parents[1] / "web" / "dist"


class NoPlace(Exception):
    """Where it was asked to listen, nothing of ours can."""


@dataclass(frozen=True)
class Wishes:
    """What the person who starts the system asked for."""

    data: Path
    host: str = "127.0.0.1"
    port: int | None = None
    """None for the default one, or another where that is taken; 0 for any free one."""
    gateways: int = 1
    https: bool = False
    verbose: bool = False
    nats_url: str = field(default_factory=lambda: os.environ.get("NATS_URL", ""))
    mongodb_url: str = field(default_factory=lambda: os.environ.get("MONGODB_URL", ""))
    turn_urls: str = field(default_factory=lambda: os.environ.get("PARLEY_TURN_URLS", ""))
    """TURN servers that exist; without any, ours is started."""
    turn_relay_only: bool = False
    """Whether every call goes through a relay: hides addresses, or proves that the relay works."""
    turn_loopback: bool = field(
        default_factory=lambda: os.environ.get("PARLEY_TURN_LOOPBACK") == "true"
    )
    """For tests alone: lets the relay reach this machine's own addresses."""


class System:
    """NATS and the store, then the services side by side, then the gateways."""

    def __init__(self, wishes: Wishes, folder: DataFolder, report: Report) -> None:
        self._wishes = wishes
        self._folder = folder
        self._report = report
        self._logs = LogFolder(folder.logs, echo=wishes.verbose)
        self._stages: list[list[Supervised]] = []
        self._passwords = folder.nats_passwords()
        self._nats: NatsServer | None = None
        self._store: StoreServer | None = None
        if not wishes.nats_url:
            users = {user: quoted(word) for user, word in self._passwords.items()}
            self._nats = NatsServer(
                folder.nats, authorization=authorization(users), on_line=self._logs.write
            )
        if not wishes.mongodb_url:
            self._store = StoreServer(folder.store, on_line=self._logs.write)
        self._tls = certificate(folder.tls, datetime.now(UTC)) if wishes.https else None
        self._turn: TurnServer | None = None
        self._no_turn = ""

    async def start(self) -> None:
        """Start everything; returns when every process is ready.

        Raises:
            ChildFailed: a process never became ready. What was started is left to `stop`.
            NoPlace: the port asked for is taken, or the host is not one of this machine's.
        """
        ports = self._gateway_ports()
        await self._start_stage([part for part in (self._nats, self._store) if part is not None])
        await self._start_turn()
        services = [
            ServiceProcess(name, name, self._environment(name), on_line=self._logs.write)
            for name in SERVICES
        ]
        await self._start_stage(services)
        gateways = self._gateways(ports)
        await self._start_stage(gateways)
        system = self._describe(services, gateways)
        self._folder.write_running(
            {**system, "environment": {name: self._environment(name) for name in self._users()}}
        )
        self._report.ready(system)

    async def stop(self) -> None:
        """Stop everything in the reverse order, each stage side by side."""
        while self._stages:
            await asyncio.gather(*(supervised.stop() for supervised in self._stages.pop()))
        self._logs.close()
        self._report.stopped()

    async def kill(self) -> None:
        """End everything at once."""
        while self._stages:
            await asyncio.gather(*(supervised.kill() for supervised in self._stages.pop()))

    async def _start_turn(self) -> None:
        """Start the relay where there is one; calls on one network do without.

        Raises:
            ChildFailed: calls must go through a relay, and there is none.
        """
        if self._wishes.turn_urls:
            return
        if installed():
            await self._try_turn()
        else:
            self._no_turn = "coturn is not installed (apt-get install coturn)"
        if self._no_turn and self._wishes.turn_relay_only:
            raise ChildFailed(f"no call could go through a relay: {self._no_turn}")

    async def _try_turn(self) -> None:
        turn = TurnServer(
            self._folder.turn,
            self._wishes.host,
            certificate=self._tls,
            loopback_peers=self._wishes.turn_loopback,
            on_line=self._logs.write,
        )
        supervised = Supervised(turn, self._report)
        try:
            await supervised.start()
        except ChildFailed as failure:
            self._no_turn = f"coturn did not start: {failure}"
            return
        self._turn = turn
        self._stages.append([supervised])

    async def _start_stage(
        self, parts: Sequence[NatsServer | StoreServer | ServiceProcess]
    ) -> None:
        stage = [Supervised(part, self._report) for part in parts]
        self._stages.append(stage)
        async with asyncio.TaskGroup() as starting:
            for supervised in stage:
                starting.create_task(supervised.start())

    def _users(self) -> tuple[str, ...]:
        return (*SERVICES, "gateway", OPERATOR)

    def _environment(self, user: str) -> dict[str, str]:
        """What a process that acts as `user` reads from its environment."""
        environment = {
            "NATS_URL": self._wishes.nats_url or (self._nats.url if self._nats else ""),
            "MONGODB_URL": self._wishes.mongodb_url
            or (self._store.durable_url if self._store else ""),
            # A database each: nobody reads another's collections, and the embedded store keeps
            # each in a file of its own, so that one service's writes never wait for another's.
            "MONGODB_DATABASE": f"{os.environ.get('MONGODB_DATABASE', 'parley')}_{user}",
            "PARLEY_LOG_FORMAT": os.environ.get("PARLEY_LOG_FORMAT", "json"),
        }
        if self._store and user == "chat":
            # SQLite's log keeps the order of its writes over a power cut. A sync for each document
            # of the index would keep the disk from the messages' own log.
            environment["PARLEY_CHAT_INDEX_JOURNALED"] = "false"
        # A broker of the operator's own knows our users by the passwords in `deploy/nats`, or is
        # open to anybody who knows its URL.
        password = self._passwords[user] if self._nats else os.environ.get(password_variable(user))
        if password:
            environment |= {"NATS_USER": user, "NATS_PASSWORD": password}
        if user == "signaling":
            environment |= self._ways()
        return environment

    def _ways(self) -> dict[str, str]:
        """How peers of a call find a way to each other, where this system knows one."""
        ways: dict[str, str] = {}
        if self._turn is not None:
            ways["PARLEY_STUN_URLS"] = ",".join(self._turn.stun_urls)
            ways["PARLEY_TURN_URLS"] = ",".join(self._turn.turn_urls)
            ways["PARLEY_TURN_SECRET"] = self._turn.secret
        if self._wishes.turn_relay_only:
            ways["PARLEY_TURN_RELAY_ONLY"] = "true"
        return ways

    def _gateway_ports(self) -> list[OwnPort]:
        others = range(1, self._wishes.gateways)
        return [self._first_gateway_port(), *(OwnPort(self._wishes.host) for _ in others)]

    def _first_gateway_port(self) -> OwnPort:
        wished, host = self._wishes.port, self._wishes.host
        try:
            return OwnPort(host, DEFAULT_PORT if wished is None else wished)
        except OSError as failure:
            if failure.errno != errno.EADDRINUSE:
                raise NoPlace(f"cannot listen on {host}: {failure.strerror}") from None
        if wished is None:
            return OwnPort(host)
        raise NoPlace(f"port {wished} on {host} is taken: choose another, or 0 for any")

    def _gateways(self, ports: Sequence[OwnPort]) -> list[ServiceProcess]:
        numbers = [port.number for port in ports]
        environment = {
            **self._environment("gateway"),
            "PARLEY_HOST": self._wishes.host,
            # Behind a proxy of the operator's, pages come from its address as well.
            "PARLEY_PUBLIC_ORIGINS": ",".join(
                filter(None, (*self._urls(numbers), os.environ.get("PARLEY_PUBLIC_ORIGINS")))
            ),
            "PARLEY_WEB_ROOT": os.environ.get("PARLEY_WEB_ROOT") or str(WEB_ROOT),
        }
        if self._tls is not None:
            cert, key = self._tls
            environment |= {"PARLEY_TLS_CERT": str(cert), "PARLEY_TLS_KEY": str(key)}
        return [
            ServiceProcess(
                "gateway" if len(ports) == 1 else f"gateway-{number}",
                "gateway",
                environment,
                port=port,
                on_line=self._logs.write,
            )
            for number, port in enumerate(ports, start=1)
        ]

    def _urls(self, ports: Sequence[int]) -> list[str]:
        """Every address a browser may use; a page of one gateway may go on with another."""
        scheme = "https" if self._wishes.https else "http"
        return [
            f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"
            for name in names_of(self._wishes.host)
            for port in ports
        ]

    def _describe(
        self, services: Sequence[ServiceProcess], gateways: Sequence[ServiceProcess]
    ) -> Mapping[str, Any]:
        urls = self._urls([gateway.port or 0 for gateway in gateways])
        # For a person: one address for this machine and those for others, not each one's synonyms.
        shown = [url for url in urls if "//127.0.0.1:" not in url and "//[::1]:" not in url]
        return {
            "url": urls[0],
            "urls": shown,
            "gateways": [self._urls([gateway.port or 0])[0] for gateway in gateways],
            "nats": self._wishes.nats_url or (self._nats.url if self._nats else ""),
            "nats_monitor": self._nats.monitor_url if self._nats else "",
            "mongodb": self._environment(OPERATOR)["MONGODB_URL"],
            "health": {part.name: part.health_url for part in (*services, *gateways)},
            "pids": {
                supervised.part.name: supervised.part.child.pid
                for stage in self._stages
                for supervised in stage
                if supervised.part.child is not None
            },
            "turn": {
                "urls": (
                    list(self._turn.turn_urls)
                    if self._turn
                    else [url for url in self._wishes.turn_urls.split(",") if url]
                ),
                "absent": self._no_turn,
            },
            "data": str(self._folder.path),
            "logs": str(self._folder.logs),
        }
