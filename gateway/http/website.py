"""The web client's files, and its own pages behind deep links."""

from typing import Any

from litestar import Request, Response, get, head
from litestar.di import NamedDependency

from contracts.errors import Code, Refusal
from gateway.static import File, Site

AnyRequest = Request[Any, Any, Any]

_NOT_BUILT = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Parley</title></head><body>
<h1>The web client is not built</h1>
<p>The gateway runs, but there are no pages to show. Build them with <code>make web</code>,
or set <code>PARLEY_WEB_ROOT</code> to the folder of a build, and reload this page.</p>
</body></html>
"""


@get(["/", "/{path:path}"], include_in_schema=False)
async def page(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
    """A file of the web client, or its index."""
    return _answer(request, site)


@head(["/", "/{path:path}"], include_in_schema=False)
async def page_head(request: AnyRequest, site: NamedDependency[Site]) -> Response[None]:
    """What `GET` would say, without the body."""
    whole = _answer(request, site)
    headers = {**whole.headers, "content-length": str(len(whole.content))}
    return Response(
        None, status_code=whole.status_code, headers=headers, media_type=whole.media_type
    )


def _answer(request: AnyRequest, site: Site) -> Response[bytes]:
    path = request.scope["path"].removeprefix("/")
    if path == "api" or path.startswith("api/"):
        raise Refusal(Code.UNKNOWN)
    if not site.built:
        return Response(
            _NOT_BUILT,
            status_code=503,
            media_type="text/html",
            headers={"cache-control": "no-store"},
        )
    found = site.find(path)
    if found is None:
        return Response(b"Not here.\n", status_code=404, media_type="text/plain")
    return _file(request, found)


def _file(request: AnyRequest, file: File) -> Response[bytes]:
    headers = {"cache-control": file.cache, "etag": file.etag}
    if len(file.bodies) > 1:
        headers["vary"] = "accept-encoding"
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=file.media_type)
    accepted = request.headers.get("accept-encoding", "")
    encoding = next((e for e in ("br", "gzip") if e in file.bodies and e in accepted), "")
    if encoding:
        headers["content-encoding"] = encoding
    return Response(file.bodies[encoding], headers=headers, media_type=file.media_type)


website = (page, page_head)
