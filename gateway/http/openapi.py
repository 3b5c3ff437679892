"""What the HTTP API is, as OpenAPI 3.1, and a page of it for people."""

import html
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from contracts.errors import Code
from gateway.http.problems import MEDIA_TYPE, Problem

AnyRequest = Request[Any, Any, Any]

VERSION = "1"

_REFUSED = {
    "description": "It was refused, for the reason that `code` names.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_METHODS = ("get", "post", "put", "patch", "delete")


def config() -> OpenAPIConfig:
    """How Litestar describes the routes.

    Of its own pages only the plain one is left: the others load scripts from elsewhere, which the
    content security policy forbids.
    """
    return OpenAPIConfig(
        title="Parley",
        version=VERSION,
        path="/api/schema",
        use_handler_docstrings=True,
        description=(
            "Signing in, profiles, the directory of rooms and histories. What happens in a room "
            "live goes over the websocket at /ws. Refusals are application/problem+json (RFC 9457) "
            "with a stable `code`; `x-codes` lists all codes with their status."
        ),
        components=Components(
            security_schemes={
                "token": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        security=[{"token": []}, {}],
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )


def document(app: Litestar) -> bytes:
    """The description as JSON: the same bytes for the same routes."""
    described = app.openapi_schema.to_schema()
    _, schemas = msgspec.json.schema_components([Problem])
    described["components"]["schemas"] |= schemas
    for operations in described["paths"].values():
        for method in operations.keys() & set(_METHODS):
            operations[method]["responses"] |= {"default": _REFUSED}
    described["x-codes"] = {code.code: code.value.status for code in Code}
    return msgspec.json.format(msgspec.json.encode(described, order="sorted"), indent=2) + b"\n"


@get("/api/openapi.json", include_in_schema=False, sync_to_thread=False)
def as_json(request: AnyRequest) -> Response[bytes]:
    """The description for machines."""
    return Response(document(request.app), media_type="application/vnd.oai.openapi+json")


@get("/api/docs", include_in_schema=False, sync_to_thread=False)
def as_page(request: AnyRequest) -> Response[str]:
    """The description for people: what can be asked, and what it answers."""
    described: dict[str, Any] = msgspec.json.decode(document(request.app))
    rows = "".join(
        _row(path, method, operation)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    )
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Parley: HTTP API</title>'
        '<meta name="viewport" content="width=device-width"></head><body><h1>Parley: HTTP API</h1>'
        f"<p>{html.escape(described['info']['description'])}</p>"
        '<p>Types are in <a href="/api/openapi.json">openapi.json</a>.</p>'
        "<table><thead><tr><th>Method<th>Path<th>What it does<th>Parameters</tr></thead>"
        f"<tbody>{rows}</tbody></table></body></html>"
    )
    return Response(page, media_type="text/html")


def _row(path: str, method: str, operation: dict[str, Any]) -> str:
    names = ", ".join(parameter["name"] for parameter in operation.get("parameters", ()))
    cells = (method.upper(), path, operation.get("description", ""), names)
    return "<tr>" + "".join(f"<td>{html.escape(cell)}" for cell in cells) + "</tr>\n"
