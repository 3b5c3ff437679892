"""AsyncAPI 3.0 documents of the bus and of the websocket, derived from the registry."""

from typing import Any, cast

import msgspec

from contracts import subjects
from contracts.callers import HEADER
from contracts.catalogue import PARAMETERS, SUBJECTS, Subject
from contracts.contract import Contract, Via
from contracts.errors import Error
from contracts.frames import MAX_FRAME_BYTES
from contracts.ids import REQUEST_ID_PATTERN
from contracts.registry import CONTRACTS, EVENTS, SESSION
from contracts.schema import definitions
from contracts.streams import STREAMS, Stream

Document = dict[str, Any]

_TEMPLATE = "#/components/schemas/{name}"
_VERSION = "1"
_LICENSE = {"name": "MIT"}


def bus() -> Document:
    """The bus: each service's commands, what is told on it, and what is kept."""
    channels: Document = {}
    operations: Document = {}
    messages: Document = {"Error": _message(Error)}
    for contract in CONTRACTS:
        _add_request(contract, channels, operations, messages)
    for subject in SUBJECTS:
        _add_subject(subject, channels, operations, messages)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley: the bus",
            "version": _VERSION,
            "description": "Services talk over NATS only. Operations are seen from the side that "
            "owns a channel: a service receives its commands, and sends what it tells.",
            "license": _LICENSE,
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{address}",
                "protocol": "nats",
                "description": "NATS with JetStream; each service signs in as itself.",
                "variables": {"address": {"default": "127.0.0.1:4222"}},
                "security": [{"$ref": "#/components/securitySchemes/service"}],
            }
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": _used(messages),
            "messages": messages,
            "parameters": {
                name: {"description": description} for name, description in PARAMETERS.items()
            },
            "securitySchemes": {
                "service": {
                    "type": "userPassword",
                    "description": "One user a service, allowed its own subjects alone.",
                }
            },
            "messageTraits": {
                "asked": {
                    "headers": {
                        "type": "object",
                        "required": [HEADER],
                        "properties": {
                            HEADER: {
                                "type": "string",
                                "description": "Who asks: a `Caller` as JSON, set by the gateway "
                                "from the session, never by the browser.",
                            },
                            "traceparent": {
                                "type": "string",
                                "description": "W3C trace context.",
                            },
                        },
                    }
                }
            },
        },
        "x-streams": [_stream(stream) for stream in STREAMS],
    }


def _add_request(
    contract: Contract, channels: Document, operations: Document, messages: Document
) -> None:
    command, reply = contract.command.__name__, contract.reply.__name__
    asked, answered = f"svc.{contract.tag}", f"svc.{contract.tag}.reply"
    messages[command] = {
        **_message(contract.command),
        "traits": [{"$ref": "#/components/messageTraits/asked"}],
    }
    messages[reply] = _message(contract.reply)
    channels[asked] = {
        "address": subjects.service(contract.command),
        "servers": [{"$ref": "#/servers/broker"}],
        "messages": {command: {"$ref": f"#/components/messages/{command}"}},
        "bindings": {"nats": {}},
    }
    channels[answered] = {
        "address": None,
        "description": "The inbox that the request names.",
        "messages": {
            reply: {"$ref": f"#/components/messages/{reply}"},
            "Error": {"$ref": "#/components/messages/Error"},
        },
    }
    operations[contract.tag] = {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{asked}"},
        "summary": _first_sentence(contract.command),
        "messages": [{"$ref": f"#/channels/{asked}/messages/{command}"}],
        "bindings": {"nats": {"queue": contract.service}},
        "reply": {
            "channel": {"$ref": f"#/channels/{answered}"},
            "messages": [
                {"$ref": f"#/channels/{answered}/messages/{reply}"},
                {"$ref": f"#/channels/{answered}/messages/Error"},
            ],
        },
        "x-service": contract.service,
        "x-callers": [caller.__name__ for caller in contract.callers],
        "x-via": [via.value for via in contract.via],
        "x-errors": sorted(code.code for code in contract.errors),
    }


def _add_subject(
    subject: Subject, channels: Document, operations: Document, messages: Document
) -> None:
    for message in subject.messages:
        messages[message.__name__] = _message(message)
    channel: Document = {
        "address": subject.address,
        "description": subject.purpose,
        "servers": [{"$ref": "#/servers/broker"}],
        "messages": {
            message.__name__: {"$ref": f"#/components/messages/{message.__name__}"}
            for message in subject.messages
        },
        "x-kind": subject.kind,
        "x-listeners": subject.listeners,
    }
    if subject.parameters:
        channel["parameters"] = {
            name: {"$ref": f"#/components/parameters/{name}"} for name in subject.parameters
        }
    channels[subject.name] = channel
    operations[f"tell.{subject.name}"] = {
        "action": "send",
        "channel": {"$ref": f"#/channels/{subject.name}"},
        "summary": subject.purpose,
        "x-speakers": list(subject.speakers),
    }


def _stream(stream: Stream) -> Document:
    return {
        "name": stream.name,
        "owner": stream.owner,
        "subjects": list(stream.subjects),
        "republish": list(stream.republish) if stream.republish else None,
        "max_age_seconds": stream.max_age_seconds,
    }


def websocket() -> Document:
    """The websocket as a gateway offers it."""
    spoken = (*SESSION, *(c for c in CONTRACTS if Via.SOCKET in c.via))
    events = {event.__name__: event for event in EVENTS}
    asked = {contract.tag: _request_frame(contract) for contract in spoken}
    answered = {f"{contract.tag}.reply": _reply_frame(contract) for contract in spoken}
    told = {name: _message(event) for name, event in events.items()}
    messages = {**asked, **answered, **told}
    socket = "#/channels/socket"
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley: the websocket",
            "version": _VERSION,
            "description": "Requests are answered by exactly one reply with their id; everything "
            f"else that arrives is an event. Frames are JSON text of at most {MAX_FRAME_BYTES} "
            "bytes. The first request is `session.hello`, within five seconds.",
            "license": _LICENSE,
        },
        "defaultContentType": "application/json",
        "servers": {
            "gateway": {
                "host": "{address}",
                "protocol": "wss",
                "variables": {"address": {"default": "localhost:8080"}},
            }
        },
        "channels": {
            "socket": {
                "address": "/ws",
                "servers": [{"$ref": "#/servers/gateway"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            **{
                contract.tag: {
                    "action": "receive",
                    "channel": {"$ref": socket},
                    "summary": _first_sentence(contract.command),
                    "messages": [{"$ref": f"{socket}/messages/{contract.tag}"}],
                    "reply": {
                        "channel": {"$ref": socket},
                        "messages": [{"$ref": f"{socket}/messages/{contract.tag}.reply"}],
                    },
                    "x-rate": contract.rate.value,
                    "x-errors": sorted(code.code for code in contract.errors),
                }
                for contract in spoken
            },
            "tell": {
                "action": "send",
                "channel": {"$ref": socket},
                "summary": "Events, sent as they happen.",
                "messages": [{"$ref": f"{socket}/messages/{name}"} for name in events],
            },
        },
        "components": {"schemas": _used(messages), "messages": messages},
    }


def _message(message: type[msgspec.Struct]) -> Document:
    tag = message.__struct_config__.tag
    return {
        "name": tag if isinstance(tag, str) else message.__name__,
        "title": message.__name__,
        "summary": _first_sentence(message),
        "payload": {"$ref": _TEMPLATE.format(name=message.__name__)},
    }


def _request_frame(contract: Contract) -> Document:
    return {
        "name": contract.tag,
        "title": contract.command.__name__,
        "summary": _first_sentence(contract.command),
        "payload": _frame("request", [contract.command]),
    }


def _reply_frame(contract: Contract) -> Document:
    return {
        "name": f"{contract.tag}.reply",
        "title": f"{contract.reply.__name__} or Error",
        "summary": _first_sentence(contract.reply),
        "payload": _frame("reply", [contract.reply, Error]),
    }


def _frame(field: str, messages: list[type[msgspec.Struct]]) -> Document:
    refs = [{"$ref": _TEMPLATE.format(name=message.__name__)} for message in messages]
    return {
        "type": "object",
        "required": ["id", field],
        "properties": {
            "id": {"type": "string", "pattern": REQUEST_ID_PATTERN},
            field: refs[0] if len(refs) == 1 else {"oneOf": refs},
        },
    }


def _used(messages: Document) -> Document:
    """The definitions that the messages lead to, in order of name."""
    known = definitions(_TEMPLATE)
    used: set[str] = set()
    waiting: list[Any] = [messages]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += cast("list[Any]", part)
        elif isinstance(part, dict):
            fields = cast("Document", part)
            name = str(fields.get("$ref", "")).rpartition("/")[2]
            if name in known and name not in used:
                used.add(name)
                waiting.append(known[name])
            waiting += fields.values()
    return {name: schema for name, schema in known.items() if name in used}


def _first_sentence(message: type[msgspec.Struct]) -> str:
    return (message.__doc__ or "").strip().partition("\n")[0]
