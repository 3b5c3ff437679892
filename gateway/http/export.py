"""The whole history of a room, a page of it in memory at a time."""

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from litestar import Request

from contracts.chat import MAX_HISTORY, History, ReadHistory
from contracts.errors import Refusal
from gateway.http.bodies import command_of
from gateway.http.desk import Desk
from gateway.http.problems import problem_of

AnyRequest = Request[Any, Any, Any]

MEDIA_TYPE = "application/x-ndjson"


async def first_page(request: AnyRequest, desk: Desk, room: str) -> History:
    """The beginning. Asked for before anything is sent, so that a refusal is a plain one.

    Raises:
        Refusal: the room's history is not for whoever asks.
    """
    asked = {"room": room, "after": 0, "limit": MAX_HISTORY}
    return await desk.ask(request, command_of(ReadHistory, asked), History)


async def lines(request: AnyRequest, desk: Desk, page: History) -> AsyncGenerator[bytes, None]:
    """Every message, a line each.

    What fails on the way becomes a last line `{"problem": …}`: an export without one is whole.
    """
    while True:
        for message in page.messages:
            yield msgspec.json.encode(message) + b"\n"
        if not page.more_after or not page.messages:
            return
        after = page.messages[-1].seq
        asked = ReadHistory(room=page.room, after=after, limit=MAX_HISTORY)
        try:
            page = await desk.ask(request, asked, History)
        except Refusal as refusal:
            yield msgspec.json.encode({"problem": problem_of(refusal)}) + b"\n"
            return
