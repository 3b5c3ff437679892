"""Every command is answered by somebody, and by nobody twice."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest

import services
from contracts.base import Command
from contracts.contract import Contract, Via
from contracts.frames import RequestFrame
from contracts.ids import RequestId
from contracts.registry import CONTRACTS, SESSION
from contracts.subjects import service
from gateway.reading import read_command, read_frame
from stack.permissions import grant
from tests.contract import samples

pytestmark = pytest.mark.contract

ALL = (*SESSION, *CONTRACTS)


def modules_of(name: str) -> Iterator[ModuleType]:
    """Every module of a service."""
    package = importlib.import_module(f"services.{name}")
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def blank(kind: type) -> Any:
    """An object whose methods can be named, not called."""
    return kind.__new__(kind)


def tables_of(name: str) -> Iterator[dict[type[Command], Any]]:
    """What the tables of a service say: methods of handler classes, or functions of them."""
    for module in modules_of(name):
        for _, owner in inspect.getmembers(module, inspect.isclass):
            if owner.__module__ == module.__name__ and "table" in vars(owner):
                yield blank(owner).table()
        made = vars(module).get("table")
        if inspect.isfunction(made) and made.__module__ == module.__name__:
            yield made(*(blank(kind) for kind in _parameters(made)))


def _parameters(function: Any) -> list[type]:
    hints = inspect.get_annotations(function, eval_str=True)
    return [hints[name] for name in inspect.signature(function).parameters]


def answered_by(name: str) -> list[type[Command]]:
    """The commands in a service's tables."""
    return [kind for table in tables_of(name) for kind in table if issubclass(kind, Command)]


SERVICES = sorted(
    found.name
    for found in pkgutil.iter_modules(services.__path__)
    if any(contract.service == found.name for contract in CONTRACTS)
)


@pytest.mark.parametrize("name", SERVICES)
def test_service_answers_exactly_its_commands(name: str) -> None:
    own = [contract.command for contract in CONTRACTS if contract.service == name]
    answered = answered_by(name)
    assert sorted(kind.__name__ for kind in answered) == sorted(kind.__name__ for kind in own)


def test_every_command_has_a_service() -> None:
    assert {contract.service for contract in CONTRACTS} == set(SERVICES)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.tag)
def test_handlers_promise_the_reply_of_the_contract(contract: Contract) -> None:
    handler = next(
        table[contract.command]
        for table in tables_of(contract.service)
        if contract.command in table
    )
    hints = inspect.get_annotations(handler, eval_str=True)
    assert hints["return"] is contract.reply
    assert contract.command in hints.values()


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.tag)
def test_gateway_reads_what_browsers_may_send_and_nothing_else(contract: Contract) -> None:
    sample = samples.versions(contract.tag)[-1].read_bytes()
    frame = RequestFrame(id=RequestId("7"), request=msgspec.Raw(sample))
    read = read_frame(msgspec.json.encode(frame))
    if Via.SOCKET in contract.via:
        assert read_command(read.request)[0] is contract
    else:
        with pytest.raises(Exception, match=r"request\.unknown"):
            read_command(read.request)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.tag)
def test_broker_lets_the_command_through(contract: Contract) -> None:
    subject = service(contract.command)
    assert f"svc.{contract.service}.*" in grant(contract.service).subscribe
    if any(via is not Via.BUS for via in contract.via):
        assert subject in grant("gateway").publish
