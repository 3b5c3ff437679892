"""Whatever a client sends, it gets a named answer, and others notice nothing."""

import asyncio

import pytest

from contracts.frames import MAX_FRAME_BYTES, Ping
from contracts.rooms import ListMyRooms
from gateway.app import Gateway
from tests.integration.gateway.town import browser, greeted, person, room_of, wire

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


@pytest.mark.parametrize(
    ("data", "request_id", "code"),
    [
        ("garbage", "", "request.malformed"),
        (b"\x00\xff\xfe", "", "request.malformed"),
        (b'{"id":"7","request":{"t":"nope"}}', "7", "request.unknown"),
        ('{"id":"7","request":{"t":"nope"}}', "7", "request.unknown"),
        (r'{"id":"7\n","request":{"t":"session.ping"}}', "", "request.invalid"),
        ('{"id":"7","request":{"t":"auth.log_in","name":"a","password":"b"}}', "7",
         "request.unknown"),
        ('{"id":"7","request":{"t":"session.ping","more":1}}', "7", "request.invalid"),
        ('{"id":"7","request":{"t":"chat.post","room":"x","client_id":"abcdefgh","text":"a"}}',
         "7", "request.invalid"),
    ],
)  # fmt: skip
async def test_a_bad_frame_is_refused_by_name_and_the_connection_lives_on(
    gateway: Gateway, data, request_id, code
):
    async with greeted(gateway, await person(gateway)) as client:
        await client.send(data)
        assert (await client.answer(request_id))["code"] == code
        assert (await client.ask(Ping()))["t"] == "session.pong"


TOO_GREAT = [2**53, 2**63 - 1, 2**63, 2**64, int("9" * 40)]


@pytest.mark.parametrize("number", TOO_GREAT)
async def test_a_number_past_what_a_browser_holds_is_refused_by_either_way(
    gateway: Gateway, number: int
):
    ann = await person(gateway)
    async with greeted(gateway, ann) as client, browser(gateway, ann) as http:
        room = await room_of(client)
        for command in (
            {"t": "chat.history", "after": number},
            {"t": "chat.history", "before": number},
            {"t": "chat.history", "around": number},
            {"t": "chat.since", "after": number},
            {"t": "chat.mark_read", "seq": number},
        ):
            refused = await client.ask({"room": room, **command})
            assert (command, refused["code"]) == (command, "request.invalid")
        followed = await client.ask(
            {"t": "session.follow", "places": [{"room": room, "after": number}]}
        )
        assert followed["code"] == "request.invalid"
        for place in ("before", "after", "around"):
            refused = await http.get(f"/api/rooms/{room}/history", params={place: number})
            assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")


async def test_a_number_that_is_as_great_as_may_be_is_answered(gateway: Gateway):
    ann = await person(gateway)
    async with greeted(gateway, ann) as client:
        room = await room_of(client)
        most = 2**53 - 1
        page = await client.ask({"t": "chat.history", "room": room, "after": most})
        assert (page["t"], page["messages"]) == ("chat.history_found", [])
        since = await client.ask({"t": "chat.since", "room": room, "after": most})
        assert (since["t"], since["recovered"]) == ("chat.since_found", False)
        marked = await client.ask({"t": "chat.mark_read", "room": room, "seq": most})
        assert marked["code"] == "chat.entry_unknown"
        assert (await client.follow(room, most))["recovered"] is False


async def test_text_that_is_not_utf8_is_refused_and_the_connection_lives_on(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        await client.socket.send(b'{"id":"8","request":{"t":"chat.typing\xff"}}', text=True)
        assert (await client.answer("8"))["code"] == "request.malformed"
        assert (await client.ask(Ping()))["t"] == "session.pong"


async def test_binary_frames_are_read_as_text_is(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        await client.send(b'{"id":"b","request":{"t":"rooms.mine"}}')
        assert (await client.answer("b"))["t"] == "rooms.mine_found"


async def test_a_message_in_pieces_is_one_message(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        await client.socket.send(iter(['{"id":"b","requ', 'est":{"t":"session', '.ping"}}']))
        assert (await client.answer("b"))["t"] == "session.pong"


@pytest.mark.parametrize("greets", [True, False])
async def test_a_frame_past_the_limit_ends_the_connection_with_its_own_code(
    gateway: Gateway, greets
):
    ann = await person(gateway)
    async with greeted(gateway, ann) if greets else wire(gateway) as client:
        await client.send("x" * MAX_FRAME_BYTES)
        assert (await client.answer(""))["t"] == "error"
        await client.send("x" * (MAX_FRAME_BYTES + 1))
        assert await client.closed() == 4503


async def test_pieces_that_grow_past_the_limit_end_the_connection_too(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        await client.socket.send(iter(["x" * 40_000, "x" * 40_000]))
        assert await client.closed() == 4503


async def test_flooding_with_bad_frames_ends_the_connection(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        for _ in range(130):
            await client.send("garbage")
        assert await client.closed() == 4504


async def test_many_requests_at_once_are_each_answered_once(gateway: Gateway):
    async with greeted(gateway, await person(gateway)) as client:
        for number in range(80):
            await client.send(b'{"id":"n%d","request":{"t":"rooms.mine"}}' % number)
        answers = [await client.next() for _ in range(80)]
        assert sorted(a["id"] for a in answers) == sorted(f"n{n}" for n in range(80))
        kinds = {a["reply"].get("code", a["reply"]["t"]) for a in answers}
        assert kinds <= {"rooms.mine_found", "request.rate_limited"}
        assert (await client.ask(ListMyRooms()))["t"] == "rooms.mine_found"


async def test_one_who_misbehaves_disturbs_nobody(gateway: Gateway):
    ann, bob = await person(gateway), await person(gateway)
    async with greeted(gateway, ann) as good, greeted(gateway, bob) as bad:
        await asyncio.gather(*(bad.send("garbage") for _ in range(50)))
        assert (await good.ask(Ping()))["t"] == "session.pong"
        bad.socket.transport.abort()
        assert (await good.ask(Ping()))["t"] == "session.pong"
