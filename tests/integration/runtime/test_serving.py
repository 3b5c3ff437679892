"""A process answers everything it is asked, and stops without dropping what it took."""

import asyncio

import httpx
import pytest

from contracts.auth import ListDevices
from contracts.base import Command, Done
from contracts.callers import HEADER, Account, Anonymous, Guest
from contracts.chat import CountUnread, Type
from contracts.errors import Code, Refusal
from contracts.ids import DeviceId, RoomId, UserId
from contracts.rooms import BrowseRooms, DeleteRoom
from contracts.subjects import service
from runtime.bus import Bus
from runtime.ids import new_id
from runtime.process import Process
from runtime.serve import Call
from runtime.settings import ProcessSettings
from stack.ports import OwnPort
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration]

ROOM = RoomId(new_id())
ALICE = Account(user=UserId(new_id()), device=DeviceId(new_id()))
GUEST = Guest(user=UserId(new_id()), device=DeviceId(new_id()), room=ROOM)


class Works:
    """Handlers that do what a test wants to see."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.begun = 0

    async def fine(self, call: Call, command: Command) -> Done:
        return Done()

    async def slow(self, call: Call, command: Command) -> Done:
        self.begun += 1
        await self.release.wait()
        return Done()

    async def refuses(self, call: Call, command: Command) -> Done:
        raise Refusal(Code.BANNED, retry_after=3.5)

    async def breaks(self, call: Call, command: Command) -> Done:
        raise ZeroDivisionError

    def table(self) -> dict:
        return {
            Type: self.fine,
            CountUnread: self.slow,
            DeleteRoom: self.refuses,
            BrowseRooms: self.breaks,
        }


def settings(url: str, **more: object) -> ProcessSettings:
    return ProcessSettings(nats_url=url, **more)


async def opened(url: str) -> Bus:
    bus = Bus("gateway", settings(url))
    await bus.connect()
    return bus


async def code_of(asking: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await asking
    return caught.value


async def test_each_request_gets_one_named_answer(nats_url: str):
    works = Works()
    async with Process("chat", settings(nats_url)) as process:
        await process.serve(works.table())
        bus = await opened(nats_url)
        assert await bus.ask(Type(room=ROOM), Done, caller=ALICE) == Done()

        banned = await code_of(bus.ask(DeleteRoom(room=ROOM), Done, caller=ALICE))
        assert (banned.code, banned.retry_after) == (Code.BANNED, 3.5)

        broken = await code_of(bus.ask(BrowseRooms(), Done, caller=ALICE))
        assert broken.code is Code.INTERNAL
        assert broken.answer.incident
        assert len(broken.answer.incident) == 32

        nobody = await code_of(bus.ask(ListDevices(), Done, caller=ALICE))
        assert nobody.code is Code.UNAVAILABLE

        headers = bus.headers(ALICE)
        garbage = await bus.ask_raw(service(Type), b"\xff", headers)
        assert b'"request.malformed"' in garbage
        empty = await bus.ask_raw(service(Type), b"{}", headers)
        assert b'"request.invalid"' in empty
        await bus.close()


async def test_who_may_ask_is_decided_before_the_handler(nats_url: str):
    async with Process("chat", settings(nats_url)) as process:
        await process.serve(Works().table())
        bus = await opened(nats_url)
        asked = bus.ask(Type(room=ROOM), Done, caller=Anonymous(address="::1"))
        assert (await code_of(asked)).code is Code.SIGN_IN_REQUIRED
        asked = bus.ask(DeleteRoom(room=ROOM), Done, caller=GUEST)
        assert (await code_of(asked)).code is Code.GUEST_FORBIDDEN
        headers = {k: v for k, v in bus.headers(ALICE).items() if k != HEADER}
        bare = await bus.ask_raw(service(Type), b'{"t":"chat.typing"}', headers)
        assert b'"auth.required"' in bare
        await bus.close()


async def test_requests_run_beside_each_other_under_a_bound(nats_url: str):
    """Two at once, sixteen waiting, the rest told at once that the service is too busy."""
    works = Works()
    async with Process("chat", settings(nats_url, concurrency=2)) as process:
        await process.serve(works.table())
        bus = await opened(nats_url)
        command = CountUnread(rooms=[ROOM])
        asking = [asyncio.create_task(bus.ask(command, Done, caller=ALICE)) for _ in range(30)]
        await wait_until(lambda: sum(task.done() for task in asking) == 12)
        assert works.begun == 2
        works.release.set()
        answers = await asyncio.gather(*asking, return_exceptions=True)
        assert answers.count(Done()) == 18
        refusals = [a.code for a in answers if isinstance(a, Refusal)]
        assert refusals == [Code.UNAVAILABLE] * 12
        await bus.close()


async def test_draining_finishes_what_was_taken(nats_url: str):
    works = Works()
    process = Process("chat", settings(nats_url))
    async with process:
        await process.serve(works.table())
        bus = await opened(nats_url)
        command = CountUnread(rooms=[ROOM])
        asking = [asyncio.create_task(bus.ask(command, Done, caller=ALICE)) for _ in range(20)]
        await wait_until(lambda: works.begun == 20)
        closing = asyncio.create_task(process.__aexit__(None, None, None))
        await wait_until(lambda: not process.health.ready)
        works.release.set()
        await closing
        assert await asyncio.gather(*asking) == [Done()] * 20
        late = await code_of(bus.ask(Type(room=ROOM), Done, caller=ALICE))
        assert late.code is Code.UNAVAILABLE
        await bus.close()


async def test_serving_goes_on_after_the_broker_was_killed(fresh_nats):
    server = await fresh_nats()
    async with Process("chat", settings(server.url)) as process:
        await process.serve(Works().table())
        bus = await opened(server.url)
        back = asyncio.Event()

        async def heard() -> None:
            back.set()

        bus.on_reconnect(heard)
        await server.kill()
        await server.start()

        async def answered() -> bool:
            try:
                return await bus.ask(Type(room=ROOM), Done, caller=ALICE, timeout=0.5) == Done()
            except Refusal:
                return False

        await wait_until(answered, 15)
        await wait_until(back.is_set)
        await bus.close()


async def test_a_process_stops_while_its_broker_is_away(fresh_nats):
    server = await fresh_nats()
    async with Process("chat", settings(server.url)) as process:
        await process.serve(Works().table())
        await server.kill()
        await wait_until(lambda: not process.bus.connected, missing="the loss of the broker")
    assert process.bus.nc.is_closed


async def test_health_tells_alive_from_ready(nats_url: str):
    own = OwnPort()
    port = own.number
    process = Process("chat", settings(nats_url, health_port=port))
    async with process, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def alive() -> bool:
            try:
                return (await client.get("/healthz")).status_code == 200
            except httpx.ConnectError:
                return False

        await wait_until(alive)
        waiting = await client.get("/readyz")
        assert (waiting.status_code, waiting.text) == (503, "started\n")
        process.health.ready = True
        assert (await client.get("/readyz")).status_code == 200
        process.health.require("moon", lambda: False)
        assert (await client.get("/readyz")).text == "moon\n"
        assert "parley_requests_in_flight" in (await client.get("/metrics/")).text
        assert (await client.get("/etc/passwd")).status_code == 404


async def test_a_reply_that_can_not_be_encoded_is_our_failure_and_answered(nats_url: str):
    async def odd(call: Call, command: Command) -> Done:
        return object()  # type: ignore[return-value]

    bus = await opened(nats_url)
    try:
        async with Process("rooms", settings(nats_url)) as process:
            await process.serve({BrowseRooms: odd})
            body = bus.ask(BrowseRooms(), Done, caller=ALICE)
            assert (await code_of(body)).code is Code.INTERNAL
    finally:
        await bus.close()
