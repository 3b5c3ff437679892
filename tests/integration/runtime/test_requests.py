"""Each request is answered once, and nothing of it stays behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError, MaxPayloadError, NoRespondersError
from nats.errors import TimeoutError as NatsTimeout

from runtime.bus import taken_in
from runtime.requests import Requests
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration]


@dataclass
class Bench:
    """Someone who asks, and someone who may answer."""

    requests: Requests
    asker: Client
    other: Client

    async def answers(self, subject: str, *, with_what: bytes = b"") -> None:
        """Has the other one answer with `with_what`, or with what they are asked."""

        async def answer(message: Msg) -> None:
            await message.respond(with_what or message.data)

        await self._listens(subject, answer)

    async def hears(self, subject: str) -> list[Msg]:
        """Has the other one listen without a word."""
        heard: list[Msg] = []

        async def hear(message: Msg) -> None:
            heard.append(message)

        await self._listens(subject, hear)
        return heard

    async def _listens(self, subject: str, hear: Callable[[Msg], Awaitable[None]]) -> None:
        await self.other.subscribe(subject, cb=hear)
        await taken_in(self.other)

    async def ask(self, subject: str, body: bytes = b"", seconds: float = 5.0) -> Msg:
        return await self.requests.ask(subject, body, None, seconds)


@asynccontextmanager
async def bench_of(url: str) -> AsyncIterator[Bench]:
    asker, other = await nats.connect(url), await nats.connect(url)
    requests = Requests(asker)
    await requests.open()
    try:
        yield Bench(requests, asker, other)
    finally:
        await requests.close()
        await asker.close()
        await other.close()


async def test_many_at_once_each_get_their_own_answer(nats_url: str):
    async with bench_of(nats_url) as bench:
        await bench.answers("echo")
        bodies = [str(number).encode() for number in range(500)]
        answers = await asyncio.gather(*(bench.ask("echo", body) for body in bodies))
        assert [answer.data for answer in answers] == bodies
        assert len(bench.requests) == 0


async def test_without_waiting_the_order_is_kept_and_headers_arrive(nats_url: str):
    async with bench_of(nats_url) as bench:
        heard = await bench.hears("log")
        await bench.answers("log")
        told: list[Msg | Exception] = []
        bodies = [str(number).encode() for number in range(200)]
        for body in bodies:
            bench.requests.ask_then("log", body, {"By": "me"}, 5.0, told.append)
        await wait_until(lambda: len(told) == len(bodies))
        assert [message.data for message in heard] == bodies
        assert {(message.headers or {}).get("By") for message in heard} == {"me"}
        assert len(bench.requests) == 0


async def test_nobody_there_is_told_at_once(nats_url: str):
    async with bench_of(nats_url) as bench:
        with pytest.raises(NoRespondersError):
            await bench.ask("nobody", seconds=60)
        told: list[Msg | Exception] = []
        bench.requests.ask_then("nobody", b"", None, 60, told.append)
        await wait_until(lambda: told)
        assert isinstance(told[0], NoRespondersError)
        assert len(bench.requests) == 0


async def test_silence_ends_in_time_and_a_late_answer_is_nobodys(nats_url: str):
    async with bench_of(nats_url) as bench:
        heard = await bench.hears("silent")
        told: list[Msg | Exception] = []
        bench.requests.ask_then("silent", b"", None, 0.1, told.append)
        with pytest.raises(NatsTimeout):
            await bench.ask("silent", seconds=0.1)
        await wait_until(lambda: told)
        assert isinstance(told[0], NatsTimeout)
        for message in heard:
            await message.respond(b"late")
        await bench.answers("echo")
        assert (await bench.ask("echo", b"next")).data == b"next"
        assert len(told) == 1
        assert len(bench.requests) == 0


async def test_one_that_is_cancelled_leaves_nothing_and_others_go_on(nats_url: str):
    async with bench_of(nats_url) as bench:
        heard = await bench.hears("slow")
        given_up = asyncio.ensure_future(bench.ask("slow"))
        patient = asyncio.ensure_future(bench.ask("slow"))
        await wait_until(lambda: len(heard) == 2)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert len(bench.requests) == 1
        for message in heard:
            await message.respond(b"there")
        assert (await patient).data == b"there"
        assert len(bench.requests) == 0


async def test_what_can_not_be_sent_is_told_to_who_asked(nats_url: str):
    async with bench_of(nats_url) as bench:
        await bench.answers("echo")
        much = b"x" * (bench.asker.max_payload + 1)
        told: list[Msg | Exception] = []
        bench.requests.ask_then("echo", much, None, 5.0, told.append)
        with pytest.raises(MaxPayloadError):
            await bench.ask("echo", much)
        await wait_until(lambda: told)
        assert isinstance(told[0], MaxPayloadError)
        # The sender lives on.
        bench.requests.ask_then("echo", b"less", None, 5.0, told.append)
        await wait_until(lambda: len(told) == 2)
        assert len(bench.requests) == 0


async def test_who_can_not_take_an_answer_harms_nobody_else(nats_url: str):
    async with bench_of(nats_url) as bench:
        await bench.answers("echo")
        told: list[Msg | Exception] = []

        def breaks(answer: Msg | Exception) -> None:
            told.append(answer)
            raise ZeroDivisionError

        bench.requests.ask_then("echo", b"one", None, 5.0, breaks)
        await wait_until(lambda: told)
        assert (await bench.ask("echo", b"two")).data == b"two"


async def test_at_the_end_everyone_who_waits_is_told(nats_url: str):
    async with bench_of(nats_url) as bench:
        heard = await bench.hears("slow")
        waiting = asyncio.ensure_future(bench.ask("slow", seconds=60))
        told: list[Msg | Exception] = []
        bench.requests.ask_then("slow", b"", None, 60, told.append)
        await wait_until(lambda: len(heard) == 2)
        await bench.requests.close()
        with pytest.raises(ConnectionClosedError):
            await waiting
        assert isinstance(told[0], ConnectionClosedError)
        with pytest.raises(ConnectionClosedError):
            await bench.ask("slow")
        assert len(bench.requests) == 0
