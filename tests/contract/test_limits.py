"""What types let in, looked at in every field of everything that crosses a process."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta, inspect

from contracts.base import MAX_NUMBER
from contracts.registry import CONTRACTS, SESSION
from tests.contract import samples

pytestmark = pytest.mark.contract


def values(info: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """The type of every single value in a message, and where it stands."""
    match info:
        case inspect.Metadata(type=inner):
            yield from values(inner, path)
        case inspect.UnionType(types=kinds):
            for kind in kinds:
                yield from values(kind, path)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            yield from values(item, f"{path}[...]")
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from values(field.type, f"{path}.{field.encode_name}")
        case _:
            yield path, info


def patterned() -> Iterator[Any]:
    for name, kind in samples.types().items():
        for path, info in values(inspect.type_info(kind)):
            if isinstance(info, inspect.StrType) and info.pattern is not None:
                yield pytest.param(info.pattern, id=f"{name} {path}")


@pytest.mark.parametrize("pattern", list(patterned()))
def test_nothing_comes_after_an_id(pattern: str) -> None:
    """It would be no token of a subject, and break the frame around an answer."""
    decoder = msgspec.json.Decoder(Annotated[str, Meta(pattern=pattern)])
    sample = samples.BY_PATTERN[pattern]
    assert decoder.decode(msgspec.json.encode(sample)) == sample
    for more in ("\n", "\n\n", "\r", "\r\n", "\u2028", " ", "\0"):
        with pytest.raises(msgspec.ValidationError, match="regex"):
            decoder.decode(msgspec.json.encode(sample + more))


def numbers() -> Iterator[Any]:
    for contract in (*SESSION, *CONTRACTS):
        for path, info in values(inspect.type_info(contract.command)):
            if isinstance(info, inspect.IntType):
                yield pytest.param(info, id=f"{contract.tag} {path}")


@pytest.mark.parametrize("info", list(numbers()))
def test_a_number_that_is_asked_with_has_bounds(info: inspect.IntType) -> None:
    """What is past them is the asker's mistake; past what the store takes it would be ours."""
    assert info.ge is not None
    assert info.le is not None
    assert -MAX_NUMBER <= info.ge <= info.le <= MAX_NUMBER
