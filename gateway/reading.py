"""Reads what a client sends, as strictly as anything in the system."""

import re

import msgspec

from contracts.base import Command, tag_of
from contracts.contract import Contract, Via
from contracts.errors import Code, Refusal
from contracts.frames import RequestFrame
from contracts.ids import Request, RequestId
from contracts.registry import BY_TAG, CONTRACTS, SESSION
from runtime.codec import strict

_by_socket = [c.command for c in (*SESSION, *CONTRACTS) if Via.SOCKET in c.via]
_command = strict(_by_socket)
_frame = msgspec.json.Decoder(RequestFrame)


class _Id(msgspec.Struct):
    """Reads nothing but the id of a frame, from whatever is around it."""

    id: Request


_id = msgspec.json.Decoder(_Id)
_ID_FIRST = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9_-]{1,32})"')


def read_frame(data: bytes) -> RequestFrame:
    """The request in a frame.

    Raises:
        Refusal: it is not JSON in UTF-8, or not a request.
    """
    try:
        return _frame.decode(data)
    except msgspec.ValidationError as error:
        raise Refusal(Code.INVALID, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(Code.MALFORMED) from None


def read_command(request: msgspec.Raw) -> tuple[Contract, Command]:
    """The command of a request, and its contract.

    Raises:
        Refusal: of no kind that a browser may send here, or not as its type says.
    """
    command = _command(request)
    return BY_TAG[tag_of(type(command))], command


def request_id(data: bytes) -> RequestId | None:
    """The id of a frame that could not be read as a whole, where that much can be."""
    try:
        return _id.decode(data).id
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Broken further on, by half of an emoji in a text for example: the beginning may do.
        begins = _ID_FIRST.match(data)
        return RequestId(begins.group(1).decode()) if begins else None
