"""The directory of rooms, their history, and where an invite leads."""

from typing import Annotated, Any

from litestar import Controller, Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from contracts import chat, rooms
from contracts.base import Done
from gateway.http.bodies import command_of, read_body, taking
from gateway.http.desk import Desk
from gateway.http.export import MEDIA_TYPE, first_page, lines

AnyRequest = Request[Any, Any, Any]


class RoomsController(Controller):
    """Rooms, as far as they need no live connection."""

    path = "/api/rooms"
    tags = ("rooms",)

    @get()
    async def browse(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        search: Annotated[str | None, QueryParameter(name="query")] = None,
        sort: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> rooms.RoomsPage:
        """A page of the public rooms."""
        asked = {"query": search, "sort": sort, "cursor": cursor, "limit": limit}
        command = command_of(rooms.BrowseRooms, asked)
        return await desk.ask(request, command, rooms.RoomsPage)

    @post(operation_class=taking(rooms.CreateRoom), status_code=201)
    async def create(self, request: AnyRequest, desk: NamedDependency[Desk]) -> rooms.RoomChanged:
        """Makes a room and joins it as its owner."""
        command = await read_body(request, rooms.CreateRoom)
        return await desk.ask(request, command, rooms.RoomChanged)

    @get("/{room:str}")
    async def room(
        self, request: AnyRequest, desk: NamedDependency[Desk], room: FromPath[str]
    ) -> rooms.RoomFound:
        """A room; a private one only for its members."""
        command = command_of(rooms.GetRoom, {"room": room})
        return await desk.ask(request, command, rooms.RoomFound)

    @patch("/{room:str}", operation_class=taking(rooms.UpdateRoom, beside=("room",)))
    async def update(
        self, request: AnyRequest, desk: NamedDependency[Desk], room: FromPath[str]
    ) -> rooms.RoomChanged:
        """Changes what is given and leaves the rest."""
        command = await read_body(request, rooms.UpdateRoom, {"room": room})
        return await desk.ask(request, command, rooms.RoomChanged)

    @delete("/{room:str}", status_code=204)
    async def end(
        self, request: AnyRequest, desk: NamedDependency[Desk], room: FromPath[str]
    ) -> None:
        """Ends a room for everyone."""
        await desk.ask(request, command_of(rooms.DeleteRoom, {"room": room}), Done)

    @get("/{room:str}/history")
    async def history(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        room: FromPath[str],
        before: FromQuery[int | None] = None,
        after: FromQuery[int | None] = None,
        around: FromQuery[int | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> chat.History:
        """A run of messages as they stand now; without a place, the newest."""
        asked = {"room": room, "before": before, "after": after, "around": around, "limit": limit}
        return await desk.ask(request, command_of(chat.ReadHistory, asked), chat.History)

    @get("/{room:str}/export", media_type=MEDIA_TYPE)
    async def export(
        self, request: AnyRequest, desk: NamedDependency[Desk], room: FromPath[str]
    ) -> Stream:
        """The whole history, a message a line (NDJSON), from the first message on."""
        page = await first_page(request, desk, room)
        return Stream(
            lines(request, desk, page),
            media_type=MEDIA_TYPE,
            headers={"content-disposition": f'attachment; filename="{page.room}.ndjson"'},
        )


@get("/api/invites/{code:str}", tags=["rooms"])
async def invite(
    request: AnyRequest, desk: NamedDependency[Desk], code: FromPath[str]
) -> rooms.InviteFound:
    """Where an invite leads, before it is used."""
    command = command_of(rooms.LookUpInvite, {"code": code})
    return await desk.ask(request, command, rooms.InviteFound)
