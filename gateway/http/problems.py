"""Failures as `application/problem+json` (RFC 9457), with the codes of the websocket."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from contracts.errors import Code, Refusal, RefusedByPeer
from runtime import log, trace

MEDIA_TYPE = "application/problem+json"

_BY_STATUS = {
    400: Code.MALFORMED,
    401: Code.SIGN_IN_REQUIRED,
    403: Code.FORBIDDEN,
    404: Code.UNKNOWN,
    405: Code.UNKNOWN,
    413: Code.TOO_LARGE,
    429: Code.RATE_LIMITED,
}
_logger = log.get("http")


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused. `code` is stable; `title` is for a person."""

    code: str
    title: str
    status: int
    type: str = "about:blank"
    detail: str | None = None
    field: str | None = None
    retry_after: float | None = None
    incident: str | None = None


def problem_of(refusal: Refusal, status: int | None = None) -> Problem:
    """The problem that a refusal makes."""
    spec = refusal.code.value
    incident = refusal.answer.incident if isinstance(refusal, RefusedByPeer) else None
    return Problem(
        code=spec.code,
        title=spec.sentence,
        status=status or spec.status,
        detail=refusal.message if refusal.message != spec.sentence else None,
        field=refusal.field,
        retry_after=refusal.retry_after,
        incident=incident,
    )


def encoded(problem: Problem) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Body and headers of the answer that carries a problem."""
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"cache-control", b"no-store")]
    if problem.retry_after is not None:
        headers.append((b"retry-after", str(max(1, round(problem.retry_after))).encode()))
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return msgspec.json.encode(problem), headers


def _response(problem: Problem) -> Response[bytes]:
    body, headers = encoded(problem)
    return Response(
        body,
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={name.decode(): value.decode() for name, value in headers[1:]},
    )


def on_refusal(_: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """Something below said no."""
    return _response(problem_of(refusal))


def on_http_exception(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Litestar said no: no such path or method, a parameter that does not parse, a large body."""
    status = error.status_code
    invalid = isinstance(error, ValidationException)
    code = Code.INVALID if invalid else _BY_STATUS.get(status, Code.INTERNAL)
    if invalid:
        status = code.value.status
    return _response(problem_of(Refusal(code, _detail(error, invalid=invalid)), status))


def _detail(error: HTTPException, *, invalid: bool) -> str | None:
    if not invalid:
        return None
    extra: Any = error.extra
    first = extra[0] if isinstance(extra, list) and extra else {}
    if not isinstance(first, dict):
        return None
    return f"{first.get('key', '')}: {first.get('message', '')}"[:200]


def on_failure(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A bug of ours: the incident finds it in the logs."""
    incident = trace.current.get() or trace.new_trace()
    _logger.exception("http.failed", incident=incident, kind=type(error).__name__, exc_info=error)
    refusal = Refusal(Code.INTERNAL)
    problem = msgspec.structs.replace(problem_of(refusal), incident=incident)
    return _response(problem)
