"""Bytes to messages and back. Decoders are built once, since building one costs more than using it.

At the browser's edge a field that is not known is refused (`strict`); between services it is
ignored, so that a newer sender and an older reader get along while a deployment rolls.
"""

import re
from collections.abc import Iterable
from typing import Any, Generic, TypeVar, Union, cast

import msgspec

from contracts.base import Command, Message, tag_of, type_field
from contracts.contract import Contract
from contracts.errors import Code, Refusal
from contracts.registry import BY_TAG

M = TypeVar("M", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder()
_PATH = re.compile(r" - at `([^`]*)`$")

encode = _encoder.encode
"""A message as JSON bytes, its tag first."""


class _Tagged(msgspec.Struct):
    """Reads nothing but the tag of a message."""

    t: str


class Decoder(Generic[M]):
    """Decodes one of several message types; whatever fails is a `Refusal`."""

    def __init__(self, types: Iterable[type[M]]) -> None:
        self._decoder: msgspec.json.Decoder[M] = msgspec.json.Decoder(Union[tuple(types)])  # noqa: UP007

    def __call__(self, data: bytes | msgspec.Raw) -> M:
        """The message in `data`.

        Raises:
            Refusal: it is not JSON in UTF-8, or of no known type, or breaks a limit.
        """
        try:
            return self._decoder.decode(data)
        except msgspec.DecodeError as error:
            raise refusal_of(error, data) from None
        except (UnicodeDecodeError, RecursionError):
            raise Refusal(Code.MALFORMED) from None


def strict(commands: Iterable[type[Command]]) -> Decoder[Command]:
    """A decoder of these commands that refuses unknown fields."""
    return Decoder([_strict_twin(command) for command in commands])


def _strict_twin(command: type[Command]) -> type[Command]:
    twin = msgspec.defstruct(
        command.__name__,
        [],
        bases=(command,),
        tag=tag_of(command),
        tag_field=type_field,
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
    )
    return cast("type[Command]", twin)


def refusal_of(error: msgspec.DecodeError, data: bytes | msgspec.Raw) -> Refusal:
    """Why bytes did not decode, in the vocabulary of `contracts.errors`."""
    if not isinstance(error, msgspec.ValidationError):
        return Refusal(Code.MALFORMED)
    sentence = str(error)
    found = _PATH.search(sentence)
    field = found.group(1) if found else "$"
    reason = sentence[: found.start()] if found else sentence
    if field == f"$.{type_field}":
        return Refusal(Code.UNKNOWN, field=field)
    contract = _contract_of(data)
    code = contract.invalid.get((field, _problem(reason))) if contract else None
    if code is not None:
        return Refusal(code, field=field)
    return Refusal(Code.INVALID, reason, field=field)


def _problem(reason: str) -> str:
    if "of length >=" in reason:
        return "short"
    if "of length <=" in reason:
        return "long"
    return "pattern" if "matching regex" in reason else "type"


def _contract_of(data: bytes | msgspec.Raw) -> Contract | None:
    try:
        return BY_TAG.get(msgspec.json.decode(data, type=_Tagged).t)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decode_as(kind: type[M], data: bytes) -> M:
    """One value of a known type, from a peer of ours: a failure here is our own bug."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return decoder.decode(data)


_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}

__all__ = ["Decoder", "Message", "decode_as", "encode", "refusal_of", "strict"]
