"""One's own profile and picture, and everybody's pictures."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts import auth
from contracts.errors import Code, Refusal
from gateway.http.bodies import command_of, read_body, taking, taking_picture
from gateway.http.desk import Desk
from gateway.static import FOREVER

AnyRequest = Request[Any, Any, Any]


class MeController(Controller):
    """What everyone may know of me."""

    path = "/api/me"
    tags = ("me",)

    @get()
    async def me(self, request: AnyRequest, desk: NamedDependency[Desk]) -> auth.Profile:
        """One's own profile."""
        asked = auth.FetchProfiles(users=[desk.person(request).user])
        found = await desk.ask(request, asked, auth.Profiles)
        if not found.profiles:
            raise Refusal(Code.USER_UNKNOWN)
        return found.profiles[0]

    @patch(operation_class=taking(auth.UpdateProfile))
    async def update(self, request: AnyRequest, desk: NamedDependency[Desk]) -> auth.Profile:
        """Changes what is given and leaves the rest."""
        command = await read_body(request, auth.UpdateProfile)
        return (await desk.ask(request, command, auth.ProfileChanged)).profile

    @put("/avatar", operation_class=taking_picture())
    async def set_avatar(self, request: AnyRequest, desk: NamedDependency[Desk]) -> auth.Profile:
        """Sets one's picture: a PNG, JPEG or WebP of at most 64 KiB, as the request's body."""
        picture = await request.body()
        if not 0 < len(picture) <= auth.MAX_AVATAR_BYTES:
            raise Refusal(Code.AVATAR_INVALID)
        command = auth.SetAvatar(picture=picture)
        return (await desk.ask(request, command, auth.ProfileChanged)).profile

    @delete("/avatar", status_code=200)
    async def remove_avatar(self, request: AnyRequest, desk: NamedDependency[Desk]) -> auth.Profile:
        """Removes one's picture."""
        command = auth.SetAvatar(picture=None)
        return (await desk.ask(request, command, auth.ProfileChanged)).profile


@get("/api/avatars/{user:str}/{digest:str}", tags=["me"], media_type="image/*")
async def avatar(
    request: AnyRequest, desk: NamedDependency[Desk], user: FromPath[str], digest: FromPath[str]
) -> Response[bytes]:
    """A person's picture. A new picture has a new address, so that this one never changes."""
    found = await desk.ask(request, command_of(auth.FetchAvatar, {"user": user}), auth.Avatar)
    if found.digest != digest:
        raise Refusal(Code.USER_UNKNOWN)
    return Response(found.picture, media_type=found.media_type, headers={"cache-control": FOREVER})
