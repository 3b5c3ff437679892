"""The refresh token's cookie: out of reach for scripts and for other sites' requests."""

from litestar.datastructures import Cookie

from contracts.auth import SignedIn

NAME = "parley_refresh"
PATH = "/api/auth"


def kept(signed_in: SignedIn, *, secure: bool, now: int) -> Cookie:
    """Keeps the refresh token for as long as it holds."""
    seconds = max(0, (signed_in.refresh_expires_at - now) // 1000)
    return _cookie(signed_in.refresh_token, seconds, secure=secure)


def dropped(*, secure: bool) -> Cookie:
    """Takes the cookie away."""
    return _cookie("", 0, secure=secure)


def _cookie(value: str, seconds: int, *, secure: bool) -> Cookie:
    return Cookie(
        key=NAME,
        value=value,
        path=PATH,
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite="strict",
    )
