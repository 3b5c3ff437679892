"""A crowd of followers, as a benchmark sees it: a process that is told what to do."""

import asyncio
import json
import sys
from typing import Any, Self

ANSWER_BYTES = 64 * 1024 * 1024
"""The longest answer: some hundred thousand latencies."""

CONNECT_SECONDS = 300.0
ANSWER_SECONDS = 60.0


class CrowdFailed(Exception):
    """The crowd could not do as it was told."""


class Followers:
    """Followers in a process of their own, so that their cost is not the servers'."""

    def __init__(self, dialect: str, url: str) -> None:
        self._dialect = dialect
        self._url = url
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.crowd",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=ANSWER_BYTES,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def join(self, tokens: list[str], room: str, count: int, sampled: int = 0) -> None:
        """Connects `count` more followers of `room`; without a room they are online and idle."""
        await self._tell(
            CONNECT_SECONDS,
            do="join",
            dialect=self._dialect,
            url=self._url,
            tokens=tokens,
            room=room,
            count=count,
            sampled=sampled,
        )

    async def begin(self) -> None:
        """Counts from zero."""
        await self._tell(do="begin")

    async def counted(self) -> int:
        """Messages that all followers have got together since the beginning."""
        answer = await self._tell(do="count")
        if answer["lost"]:
            raise CrowdFailed(f"{answer['lost']} followers lost their connection")
        return int(answer["counted"])

    async def end(self) -> list[float]:
        """The latencies that the sampled followers saw, in milliseconds."""
        answer = await self._tell(do="end")
        return [nanoseconds / 1e6 for nanoseconds in answer["latencies"]]

    async def leave(self) -> None:
        """Closes every connection."""
        await self._tell(do="leave")

    async def _tell(self, within: float = ANSWER_SECONDS, /, **order: Any) -> dict[str, Any]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        line = await asyncio.wait_for(process.stdout.readline(), within)
        if not line:
            raise CrowdFailed("the followers' process ended")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise CrowdFailed(answer["failed"])
        return answer
