"""Signing in and out, and one's devices."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts import auth
from contracts.base import Done, Millis
from contracts.errors import Code, Refusal
from contracts.ids import Device, Room
from gateway.http import cookies
from gateway.http.bodies import command_of, read_body, taking
from gateway.http.desk import Desk
from gateway.settings import GatewaySettings
from runtime import ids

AnyRequest = Request[Any, Any, Any]

_COOKIE_IS_DEAD = (Code.TOKEN_INVALID, Code.TOKEN_EXPIRED, Code.REFRESH_REUSED, Code.REVOKED)


class SignedInPage(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in as a page sees it. The refresh token is in a cookie, out of its reach."""

    profile: auth.Profile
    device: Device
    access_token: str
    access_expires_at: Millis
    guest_room: Room | None


class AuthController(Controller):
    """What begins and ends a sign-in."""

    path = "/api/auth"
    tags = ("auth",)

    @post("/register", operation_class=taking(auth.Register), status_code=201)
    async def register(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[SignedInPage]:
        """Makes an account and signs in."""
        command = await read_body(request, auth.Register)
        signed_in = await desk.ask(request, command, auth.SignedIn)
        return _page(signed_in, settings, 201)

    @post("/login", operation_class=taking(auth.LogIn), status_code=200)
    async def log_in(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[SignedInPage]:
        """Signs in with name and password."""
        command = await read_body(request, auth.LogIn)
        return _page(await desk.ask(request, command, auth.SignedIn), settings)

    @post("/guest", operation_class=taking(auth.EnterAsGuest), status_code=201)
    async def enter_as_guest(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[SignedInPage]:
        """Signs in without an account, by an invite that allows guests."""
        command = await read_body(request, auth.EnterAsGuest)
        return _page(await desk.ask(request, command, auth.SignedIn), settings, 201)

    @post("/refresh", status_code=200)
    async def refresh(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[SignedInPage]:
        """Goes on with the sign-in that the cookie holds: a new access token, a new cookie."""
        token = request.cookies.get(cookies.NAME)
        if not token:
            raise Refusal(Code.SIGN_IN_REQUIRED)
        command = command_of(auth.Refresh, {"refresh_token": token})
        try:
            signed_in = await desk.ask(request, command, auth.SignedIn)
        except Refusal as refusal:
            if refusal.code in _COOKIE_IS_DEAD:
                request.scope["state"]["cookies"] = [cookies.dropped(secure=settings.secure)]
            raise
        return _page(signed_in, settings)

    @post("/logout", status_code=204)
    async def log_out(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[None]:
        """Ends this device's sign-in and its live connections."""
        await desk.ask(request, auth.LogOut(), Done)
        return _gone(settings)

    @post("/logout-everywhere", status_code=204)
    async def log_out_everywhere(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[None]:
        """Ends every sign-in of this person."""
        await desk.ask(request, auth.LogOutEverywhere(), Done)
        return _gone(settings)

    @post("/password", operation_class=taking(auth.ChangePassword), status_code=204)
    async def change_password(self, request: AnyRequest, desk: NamedDependency[Desk]) -> None:
        """Sets a new password; other devices are signed out."""
        await desk.ask(request, await read_body(request, auth.ChangePassword), Done)

    @delete("/account", operation_class=taking(auth.DeleteAccount), status_code=204)
    async def delete_account(
        self,
        request: AnyRequest,
        desk: NamedDependency[Desk],
        settings: NamedDependency[GatewaySettings],
    ) -> Response[None]:
        """Removes the account for good."""
        await desk.ask(request, await read_body(request, auth.DeleteAccount), Done)
        return _gone(settings)

    @get("/devices")
    async def devices(self, request: AnyRequest, desk: NamedDependency[Desk]) -> auth.Devices:
        """One's signed-in devices."""
        return await desk.ask(request, auth.ListDevices(), auth.Devices)

    @delete("/devices/{device:str}", status_code=204)
    async def revoke_device(
        self, request: AnyRequest, desk: NamedDependency[Desk], device: FromPath[str]
    ) -> None:
        """Signs out another device of one's own."""
        await desk.ask(request, command_of(auth.RevokeDevice, {"device": device}), Done)


def _page(
    signed_in: auth.SignedIn, settings: GatewaySettings, status: int = 200
) -> Response[SignedInPage]:
    page = SignedInPage(
        profile=signed_in.profile,
        device=signed_in.device,
        access_token=signed_in.access_token,
        access_expires_at=signed_in.access_expires_at,
        guest_room=signed_in.guest_room,
    )
    cookie = cookies.kept(signed_in, secure=settings.secure, now=ids.now_ms())
    return Response(page, status_code=status, cookies=[cookie])


def _gone(settings: GatewaySettings) -> Response[None]:
    return Response(None, status_code=204, cookies=[cookies.dropped(secure=settings.secure)])
