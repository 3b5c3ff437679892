"""Finding people, and who they are."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from contracts import auth
from gateway.http.bodies import command_of
from gateway.http.desk import Desk

AnyRequest = Request[Any, Any, Any]


@get("/api/people", tags=["people"])
async def people(
    request: AnyRequest,
    desk: NamedDependency[Desk],
    prefix: FromQuery[str],
    limit: FromQuery[int | None] = None,
) -> auth.Profiles:
    """People whose name begins so."""
    asked = command_of(auth.FindPeople, {"prefix": prefix, "limit": limit})
    return await desk.ask(request, asked, auth.Profiles)


@get("/api/profiles", tags=["people"])
async def profiles(
    request: AnyRequest, desk: NamedDependency[Desk], users: FromQuery[str]
) -> auth.Profiles:
    """Who these people are; `users` are ids with commas between them."""
    asked = command_of(auth.FetchProfiles, {"users": [user for user in users.split(",") if user]})
    return await desk.ask(request, asked, auth.Profiles)
