"""Commands out of HTTP requests: read as strictly as on the websocket, documented for OpenAPI."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from litestar import Request
from litestar.openapi.spec import (
    OpenAPIMediaType,
    Operation,
    Reference,
    RequestBody,
    Schema,
)

from contracts.base import Command, tag_of, type_field
from contracts.errors import Code, Refusal
from runtime.codec import Decoder, strict

C = TypeVar("C", bound=Command)


def command_of(kind: type[C], fields: Mapping[str, Any]) -> C:
    """A command made of fields from anywhere in a request; none of them is trusted.

    Raises:
        Refusal: a field is missing, unknown, or breaks its limits.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    return cast("C", _decoder(kind)(msgspec.json.encode({**given, type_field: tag_of(kind)})))


async def read_body(
    request: Request[Any, Any, Any], kind: type[C], fields: Mapping[str, Any] | None = None
) -> C:
    """The command in a request's JSON body; `fields` are those that its path gives.

    Raises:
        Refusal: it is not JSON, or not such a command.
    """
    body = await request.body()
    try:
        given = msgspec.json.decode(body) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(Code.MALFORMED) from None
    if not isinstance(given, dict):
        raise Refusal(Code.INVALID, "Expected an object")
    if type_field in given or any(name in given for name in fields or ()):
        raise Refusal(Code.INVALID, "The path says what this is about")
    return command_of(kind, {**given, **(fields or {})})


@cache
def _decoder(kind: type[Command]) -> Decoder[Command]:
    return strict([kind])


def taking(kind: type[Command], *, beside: tuple[str, ...] = ()) -> type[Operation]:
    """The operation of a handler whose body is this command, without the fields in `beside`."""

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                required=True,
                content={"application/json": OpenAPIMediaType(schema=_schema(kind, beside))},
            )

    return Taking


def taking_picture() -> type[Operation]:
    """The operation of a handler whose body is a picture."""
    binary = OpenAPIMediaType(schema=Schema())

    @dataclass
    class TakingPicture(Operation):
        def __post_init__(self) -> None:
            kinds = ("image/png", "image/jpeg", "image/webp")
            self.request_body = RequestBody(required=True, content=dict.fromkeys(kinds, binary))

    return TakingPicture


def _schema(kind: type[Command], beside: tuple[str, ...]) -> Schema | Reference:
    (_,), components = msgspec.json.schema_components([kind])
    schema = components[kind.__name__]
    left_out = {type_field, *beside}
    properties = {k: v for k, v in schema["properties"].items() if k not in left_out}
    required = [name for name in schema.get("required", ()) if name not in left_out]
    return cast("Schema", _Plain(title=kind.__name__, of=properties, needs=required))


@dataclass
class _Plain(Schema):
    """A schema that msgspec wrote, in place of one that Litestar would."""

    of: dict[str, Any] | None = None
    needs: list[str] | None = None

    def to_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "title": self.title,
            "properties": self.of,
            "required": self.needs,
            "additionalProperties": False,
        }
