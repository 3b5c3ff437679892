"""One JSON Schema (2020-12) of the whole protocol, derived from the registry.

Documents and the web client's types are made from it. What Python alone knows (which reply
answers which command, codes, limits) stands beside the definitions under `x-` keys.
"""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from contracts import auth, callers, chat, frames, presence, rooms, signaling
from contracts.base import type_field
from contracts.closing import Closing
from contracts.contract import Via
from contracts.errors import Code, Error
from contracts.ids import REQUEST_ID_PATTERN
from contracts.registry import (
    CONTRACTS,
    EVENTS,
    FACTS,
    REPLIES,
    SESSION,
    STATE_EVENTS,
    TIMELINE_EVENTS,
    USER_EVENTS,
)

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

STORED: tuple[type[msgspec.Struct], ...] = (
    auth.AccessClaims,
    auth.PublicKey,
    auth.Revocation,
    presence.SessionLease,
    presence.GatewayLease,
    rooms.RoomView,
    rooms.MemberView,
    signaling.CallView,
)
"""What crosses a process without a tag: values in buckets, and the claims of a token."""

GATEWAYS = (presence.SessionTaken,)
"""What gateways tell each other."""

CALLERS = (callers.Anonymous, callers.Account, callers.Guest, callers.Peer)

_SOCKET = (*SESSION, *(c for c in CONTRACTS if Via.SOCKET in c.via))
_HTTP = tuple(c for c in CONTRACTS if Via.HTTP in c.via)
_ROOTS = ("Sent", "Received", "HttpCommand", "HttpReply")


def unions() -> Mapping[str, tuple[type[msgspec.Struct], ...]]:
    """Each union of the protocol by its name; all are told apart by `t`."""
    return {
        "SocketCommand": tuple(contract.command for contract in _SOCKET),
        "SocketReply": (Error, *dict.fromkeys(contract.reply for contract in _SOCKET)),
        "SocketEvent": EVENTS,
        "HttpCommand": tuple(contract.command for contract in _HTTP),
        "HttpReply": (Error, *dict.fromkeys(contract.reply for contract in _HTTP)),
        "TimelineEntry": TIMELINE_EVENTS,
        "StateEvent": STATE_EVENTS,
        "Notice": USER_EVENTS,
        "Fact": FACTS,
        "Caller": CALLERS,
    }


def definitions(ref_template: str = "#/$defs/{name}") -> dict[str, Schema]:
    """The schema of every message, value and frame by its name, in order of name."""
    messages: list[type[msgspec.Struct]] = [
        *(contract.command for contract in (*SESSION, *CONTRACTS)),
        *REPLIES,
        *EVENTS,
        *FACTS,
        *CALLERS,
        *GATEWAYS,
        *STORED,
        frames.RequestFrame,
    ]
    _, components = msgspec.json.schema_components(messages, ref_template=ref_template)
    known: dict[str, Schema] = {name: _tidied(schema) for name, schema in components.items()}
    for name, members in unions().items():
        known[name] = _union(name, members, ref_template)
    _say_what_raw_is(known, ref_template)
    known |= _frames(ref_template)
    known["ErrorCode"] = {
        "title": "ErrorCode",
        "description": "Every code a refusal can carry; a newer server may know more.",
        "enum": sorted(code.code for code in Code),
    }
    return dict(sorted(known.items()))


def protocol() -> Schema:
    """The schema of what goes over the websocket and HTTP, whole."""
    return {
        "$schema": DIALECT,
        "title": "Protocol",
        "description": "Generated from contracts/ by `make docs`; a change by hand is lost.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in _ROOTS],
        "$defs": definitions(),
        "x-exchanges": {
            contract.tag: {
                "command": contract.command.__name__,
                "reply": contract.reply.__name__,
                "via": [via.value for via in contract.via],
                "errors": sorted(code.code for code in contract.errors),
            }
            for contract in (*SESSION, *CONTRACTS)
        },
        "x-errors": {
            code.code: {"status": code.value.status, "retryable": code.value.retryable}
            for code in Code
        },
        "x-closings": {closing.name.lower(): closing.value.code for closing in Closing},
        "x-limits": limits(),
    }


def limits() -> dict[str, int | list[int]]:
    """Numbers that both ends must agree on."""
    return {
        "protocol_versions": list(frames.PROTOCOL_VERSIONS),
        "max_frame_bytes": frames.MAX_FRAME_BYTES,
        "max_followed": frames.MAX_FOLLOWED,
        "max_history": chat.MAX_HISTORY,
        "max_avatar_bytes": auth.MAX_AVATAR_BYTES,
        "max_places": _max_items("Follow", "places"),
        "max_since": _property("ReadSince", "limit")["maximum"],
        "max_profiles": _max_items("FetchProfiles", "users"),
        "max_unread": _max_items("CountUnread", "rooms"),
        "message_chars": _property("PostMessage", "text")["maxLength"],
    }


def _property(message: str, name: str) -> Schema:
    types = [contract.command for contract in (*SESSION, *CONTRACTS)]
    _, components = msgspec.json.schema_components(types)
    return components[message]["properties"][name]


def _max_items(message: str, name: str) -> int:
    return _property(message, name)["maxItems"]


def _tidied(schema: Schema) -> Schema:
    """Descriptions without the indentation of the source they come from."""
    if "description" in schema:
        schema["description"] = inspect.cleandoc(schema["description"])
    return schema


def _union(name: str, members: Iterable[type[msgspec.Struct]], ref_template: str) -> Schema:
    return {
        "title": name,
        "oneOf": [{"$ref": ref_template.format(name=member.__name__)} for member in members],
        "discriminator": type_field,
    }


def _say_what_raw_is(known: dict[str, Schema], ref_template: str) -> None:
    """Entries pass through the gateway as stored bytes, so their Structs don't name them."""
    entries = {"type": "array", "items": {"$ref": ref_template.format(name="TimelineEntry")}}
    known["Since"]["properties"]["entries"] = entries
    known["FollowedRoom"]["properties"]["entries"] = {**entries, "default": []}
    known["RequestFrame"]["properties"]["request"] = {
        "$ref": ref_template.format(name="SocketCommand")
    }


def _frames(ref_template: str) -> dict[str, Schema]:
    request_id = {"type": "string", "pattern": REQUEST_ID_PATTERN}
    return {
        "ReplyFrame": {
            "title": "ReplyFrame",
            "description": "What answers a request: exactly one, with the request's id.",
            "type": "object",
            "properties": {
                "id": request_id,
                "reply": {"$ref": ref_template.format(name="SocketReply")},
            },
            "required": ["id", "reply"],
        },
        "Sent": {
            "title": "Sent",
            "description": "Whatever a client sends.",
            "oneOf": [{"$ref": ref_template.format(name="RequestFrame")}],
        },
        "Received": {
            "title": "Received",
            "description": "Whatever a client receives: a reply to a request, or an event.",
            "oneOf": [
                {"$ref": ref_template.format(name="ReplyFrame")},
                {"$ref": ref_template.format(name="SocketEvent")},
            ],
        },
    }
