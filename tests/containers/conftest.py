"""A broker in a container, and a whole system that stands on it."""

from collections.abc import Iterator

import pytest

from tests.containers.broker import Broker, nats_image
from tests.support.clients import CHEAP_PASSWORDS, Person, register_many
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

PEOPLE = 8


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_image(tmp_path_factory.mktemp("image")) as tag:
        yield tag


@pytest.fixture(scope="module")
def broker(image: str) -> Iterator[Broker]:
    """Whoever begins a fault of it ends it, too."""
    broker = Broker(image)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """Two gateways and every service, on the broker in its container."""
    running = RunningSystem(tmp_path_factory.mktemp("system") / "data")
    env = {**CHEAP_PASSWORDS, "NATS_URL": broker.url}
    background.run(running.start("--port", "0", "--gateways", "2", env=env))
    yield running
    background.run(running.stop())


@pytest.fixture(scope="module")
def people(background: BackgroundLoop, system: RunningSystem) -> list[Person]:
    return background.run(register_many(system.url, PEOPLE))
