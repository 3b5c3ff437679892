"""Parley under test: the whole system as `parley up` runs it, people in it, and its processes."""

import asyncio
import itertools
import json
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.dialects import PARLEY
from stack.children import Child, ChildFailed

READY_SECONDS = 60.0

SETTINGS = {
    "PARLEY_RATE_FACTOR": "0",
    "PARLEY_REQUESTS_PER_SESSION": "100000",
    "PARLEY_CONNECTIONS_PER_ACCOUNT": "0",
    "PARLEY_CONNECTIONS_PER_ADDRESS": "0",
    "PARLEY_HTTP_PER_MINUTE": "0",
    "PARLEY_REGISTRATIONS_FREE": "1000000",
    "PARLEY_ARGON2_TIME_COST": "1",
    "PARLEY_ARGON2_MEMORY_KIB": "8192",
    "PARLEY_CHAT_PERSON_RATE": "1000000",
    "PARLEY_CHAT_PERSON_BURST": "1000000",
    "PARLEY_CHAT_ROOM_RATE": "1000000",
    "PARLEY_CHAT_ROOM_BURST": "1000000",
}
"""Settings for the load: limits against floods are raised, since one address plays thousands of
people, and sign-ups, which are not measured, are quick. Everything else, fsync of each message
included, is as it is for anybody."""


@dataclass(frozen=True)
class Person:
    """An account that is signed in."""

    user: str
    token: str


class Parley:
    """A system that runs, and what its processes are."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.url: str = ready["url"].replace("localhost", "127.0.0.1")
        self.gateways: list[str] = [
            url.replace("localhost", "127.0.0.1") for url in ready["gateways"]
        ]
        self.pids: dict[str, int] = ready["pids"]
        self._http = httpx.AsyncClient(
            base_url=self.url, headers={"Origin": self.url}, trust_env=False, timeout=60
        )
        self._names = itertools.count(1)

    async def people(self, count: int) -> list[Person]:
        """So many new accounts."""
        lanes = asyncio.Semaphore(4)

        def form() -> dict[str, Any]:
            # A fresh name for each try: one whose answer was late may have made the account.
            return {"name": f"bench{next(self._names)}", "password": "quite long and not common"}

        async def one() -> Person:
            async with lanes:
                told = await self._call("POST", "/api/auth/register", form)
            return Person(user=told["profile"]["user"], token=told["access_token"])

        return list(await asyncio.gather(*(one() for _ in range(count))))

    async def room(self, owner: Person, name: str) -> str:
        """A new public room."""
        form = {"name": name, "capacity": 100_000}
        told = await self._call("POST", "/api/rooms", lambda: form, token=owner.token)
        return str(told["info"]["room"])

    async def join(self, people: Sequence[Person], *rooms: str) -> None:
        """Makes people members of rooms."""
        lanes = asyncio.Semaphore(4)

        async def one(person: Person) -> None:
            async with lanes:
                asked = [{"t": "rooms.join", "room": room} for room in rooms]
                await PARLEY.ask(self.url, person.token, *asked)

        await asyncio.gather(*map(one, people))

    async def _call(
        self, method: str, path: str, form: Callable[[], dict[str, Any]], *, token: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        while True:
            answer = await self._http.request(method, path, json=form(), headers=headers)
            if answer.is_success:
                return answer.json()
            pause = answer.json().get("retry_after")
            if not pause:
                raise ChildFailed(f"{method} {path}: {answer.text}")
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """Closes the connections of HTTP."""
        await self._http.aclose()


@asynccontextmanager
async def running(
    gateways: int = 1, settings: Mapping[str, str] | None = None
) -> AsyncGenerator[Parley]:
    """A system on a folder of its own, started here and stopped at the end."""
    ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def read(_name: str, line: str) -> None:
        if not line.startswith("{"):
            return
        told = json.loads(line)
        if ready.done():
            return
        if told["event"] == "ready":
            ready.set_result(told)
        elif told["event"] == "failed":
            ready.set_exception(ChildFailed(told["message"]))

    with tempfile.TemporaryDirectory(prefix="parley-bench-") as data:
        argv = [sys.executable, "-m", "stack.cli", "up", "--json", "--port", "0", "--data", data]
        argv += ["--gateways", str(gateways)]
        folder = Path(__file__).parents[1]
        child = Child(
            "parley", argv, env={**SETTINGS, **(settings or {})}, cwd=folder, on_line=read
        )
        await child.start()
        try:
            parley = Parley(await asyncio.wait_for(ready, READY_SECONDS))
            yield parley
            await parley.close()
        finally:
            await child.stop(grace=60)
