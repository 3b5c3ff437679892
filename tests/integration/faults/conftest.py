"""One system for all kills: starting it and registering a score of people takes a while."""

from collections.abc import Iterator

import pytest

from tests.support.clients import CHEAP_PASSWORDS, Person, register_many
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

PEOPLE = 20


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A whole system with two gateways; whoever kills a process of it waits until it is back."""
    running = RunningSystem(tmp_path_factory.mktemp("system") / "data")
    background.run(running.start("--port", "0", "--gateways", "2", env=CHEAP_PASSWORDS))
    yield running
    background.run(running.stop())


@pytest.fixture(scope="module")
def people(background: BackgroundLoop, system: RunningSystem) -> list[Person]:
    """A score of people with accounts."""
    return background.run(register_many(system.url, PEOPLE))
