"""Samples of everything that crosses a process, kept as the bytes that travel.

`samples/<name>.<version>.json` is one message as it was encoded when that version was written. The
newest of a name is what today's code encodes; the older ones are what peers and disks still hold.
Run as a module it writes a new version beside each sample that is not what the code encodes now.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from contracts.frames import RequestFrame
from contracts.ids import CLIENT_ID_PATTERN, CODE_PATTERN, REQUEST_ID_PATTERN, ULID_PATTERN
from contracts.registry import CONTRACTS, EVENTS, FACTS, REPLIES, SESSION
from contracts.schema import CALLERS, GATEWAYS, STORED

FOLDER = Path(__file__).parent / "samples"

BY_PATTERN = {
    ULID_PATTERN: "01k9vd3m8qnb2w5x7yzrjc4h0t",
    CLIENT_ID_PATTERN: "Zm9vYmFyYmF6-_42",
    CODE_PATTERN: "k3y_0f-an_invite_X9",
    REQUEST_ID_PATTERN: "7",
}
_TEXTS = {
    "text": 'Bonjour "Åsa" \\o/ 👋🏽\n<@01k9vd3m8qnb2w5x7yzrjc4h0t>',
    "emoji": "👍🏽",
    "prev": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
    "address": "2001:db8::1",
    "code": "rooms.unknown",
    "incident": "01k9vd3m8qnb2w5x7yzrjc4h0t",
    "field": "$.text",
    "error": "rooms.not_member",
    "avatar": "/api/avatars/01k9vd3m8qnb2w5x7yzrjc4h0t/1f2e3d",
}
_TIMES = ("at", "now", "since", "muted_until", "last_online")
_NUMBERS = {"version": 1, "after": 41, "seconds": 600, "limit": 20}
A_TIME = 1_763_700_000_123


def types() -> dict[str, type[msgspec.Struct]]:
    """Every type that crosses a process by the name of its samples: its tag, or its own name."""
    known: dict[str, type[msgspec.Struct]] = {"frame.request": RequestFrame}
    tagged = (
        *(contract.command for contract in (*SESSION, *CONTRACTS)),
        *REPLIES,
        *EVENTS,
        *FACTS,
        *CALLERS,
        *GATEWAYS,
    )
    for kind in tagged:
        known[str(kind.__struct_config__.tag)] = kind
    known |= {f"stored.{kind.__name__}": kind for kind in STORED}
    return dict(sorted(known.items()))


def versions(name: str) -> list[Path]:
    """The samples of this name, the oldest first."""
    found = FOLDER.glob(f"{name}.*.json")
    own = [path for path in found if path.name.removesuffix(".json").rpartition(".")[0] == name]
    return sorted(own, key=lambda path: int(path.name.split(".")[-2]))


def encoded(kind: type[msgspec.Struct]) -> bytes:
    """A message of this type with every field filled, as it travels."""
    return msgspec.json.encode(_struct(inspect.type_info(kind)))


def _struct(info: Any) -> Any:
    fields = {field.name: _value(field.name, field.type) for field in info.fields}
    return info.cls(**fields)


def _value(name: str, info: Any) -> Any:  # noqa: C901 - one branch for each kind of type
    match info:
        case inspect.Metadata(type=inner):
            return _value(name, inner)
        case inspect.UnionType(types=kinds):
            return _value(name, next(k for k in kinds if not isinstance(k, inspect.NoneType)))
        case inspect.StrType(pattern=str(pattern)):
            return BY_PATTERN[pattern]
        case inspect.StrType():
            return _TEXTS.get(name, f"a {name.replace('_', ' ')}")
        case inspect.BoolType():
            return True
        case inspect.IntType(ge=least, le=most):
            number = _NUMBERS.get(name, A_TIME if name in _TIMES or name.endswith("_at") else 42)
            return min(max(number, least or 0), number if most is None else most)
        case inspect.FloatType():
            return 1.5
        case inspect.BytesType():
            return b"\x89PNG\r\n\x1a\n"
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.EnumType(cls=cls):
            return next(iter(cls))
        case inspect.ListType(item_type=inspect.RawType()):
            return [msgspec.Raw(encoded(EVENTS[0]))]
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [_value(name, item)]
        case inspect.StructType():
            return _struct(info)
        case inspect.RawType():
            return msgspec.Raw(encoded(SESSION[2].command))
        case _:
            raise TypeError(f"no sample of {name}: {info}")


def _to_write() -> Iterator[tuple[Path, bytes]]:
    for name, kind in types().items():
        kept = versions(name)
        if not kept or kept[-1].read_bytes() != encoded(kind):
            yield FOLDER / f"{name}.{len(kept) + 1}.json", encoded(kind)


def main() -> None:
    """Write what is missing; nothing that was written is ever changed."""
    for path, data in list(_to_write()):
        path.write_bytes(data)


if __name__ == "__main__":
    main()
